import type { IscsiConnection } from './connection.js';
import { ChapInitiator, type ChapOptions } from './chap.js';
import { IscsiError, protocolError } from './iscsi-error.js';
import { loginRefused, LoginStatusClass } from './login-status.js';
import { OperationalNegotiation, type OperationalOffer, type SessionParameters } from './negotiation.js';
import * as pdu from './pdu.js';
import { parsePortal, type Portal } from './portal.js';
import { IscsiOpcode, LoginStage, rejectReasonText } from './protocol-values.js';
import { nextSerial } from './serial-number.js';
import { decodeTextKeys, encodeTextKeys, type TextKey } from './text-keys.js';

export interface LoginOptions {
  readonly initiatorName: string;
  /** The target to log in to; undefined for a discovery session, which only asks which targets there are. */
  readonly target: string | undefined;
  readonly chap: ChapOptions | undefined;
  /** Six bytes; the same in every login of one path, so that a new session replaces the old one at the target. */
  readonly isid: Uint8Array;
  readonly offer: OperationalOffer;
}

export interface LoggedIn {
  readonly kind: 'logged-in';
  readonly parameters: SessionParameters;
  readonly tsih: number;
  /** CmdSN of the first command, and what the target said of the window and of its next StatSN. */
  readonly cmdSn: number;
  readonly expCmdSn: number;
  readonly maxCmdSn: number;
  readonly expStatSn: number;
}

/** The target serves this session elsewhere. */
export interface Redirected {
  readonly kind: 'redirected';
  readonly portal: Portal;
  readonly permanent: boolean;
}

interface LoginAnswer {
  readonly keys: readonly TextKey[];
  readonly transit: boolean;
}

const LOGIN_TAG = 1;
const FIRST_CMD_SN = 1;
const PERMANENT_REDIRECTION = 2;
/** A login takes two to five exchanges; a peer that wants this many never comes to an end. */
const MAX_EXCHANGES = 24;
/** What a side takes before anything was declared (RFC 7143 13.12), and what all answers of a stage may add up to. */
const MAX_KEY_BYTES = 8192;
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * The login phase on a fresh connection (RFC 7143 6): security negotiation when CHAP is configured, then operational
 * parameters, up to full feature phase. Digests are on when this returns. Rejects with {@link IscsiError}.
 */
export async function login(connection: IscsiConnection, options: LoginOptions): Promise<LoggedIn | Redirected> {
  const exchange = new LoginExchange(connection, options.isid);
  try {
    let identity = identityKeys(options);
    if (options.chap !== undefined) {
      await authenticate(exchange, new ChapInitiator(options.chap), identity);
      identity = [];
    }
    const parameters = await negotiate(exchange, options, identity);
    connection.useDigests(parameters.headerDigest, parameters.dataDigest);
    return { kind: 'logged-in', parameters, ...exchange.serials };
  } catch (error) {
    if (error instanceof RedirectionAnswer) return error.redirected;
    throw error;
  }
}

function identityKeys(options: LoginOptions): TextKey[] {
  const name: TextKey = ['InitiatorName', requireIscsiName(options.initiatorName)];
  if (options.target === undefined) return [name, ['SessionType', 'Discovery']];
  return [name, ['SessionType', 'Normal'], ['TargetName', requireIscsiName(options.target)]];
}

/** Throws `ISCSI_OPTION` unless `name` is a name of the kinds iqn, eui or naa (RFC 7143). */
export function requireIscsiName(name: string): string {
  if (/^(?:iqn|eui|naa)\.[^\s\0=]+$/.test(name) && Buffer.byteLength(name) <= 223) return name;
  throw new IscsiError('ISCSI_OPTION', `"${name}" is not an iSCSI name; write one like iqn.2001-04.com.example:name`);
}

async function authenticate(exchange: LoginExchange, chap: ChapInitiator, identity: TextKey[]): Promise<void> {
  exchange.stage = LoginStage.securityNegotiation;
  // None is not offered beside CHAP: a peer that may choose could skip the proof.
  const chosen = await exchange.send([...identity, ['AuthMethod', 'CHAP']]);
  const method = new Map(chosen.keys).get('AuthMethod');
  if (method !== 'CHAP') {
    throw new IscsiError(
      'ISCSI_AUTHENTICATION',
      `The target answered AuthMethod=${method ?? '(nothing)'} to CHAP; give it an account, or configure no CHAP here`,
    );
  }
  const challenge = await exchange.send(chap.offerAlgorithms());
  const proof = chap.respond(new Map(challenge.keys));
  let answer = await exchange.send(proof, LoginStage.operationalNegotiation);
  chap.verifyTarget(new Map(answer.keys));
  while (!answer.transit) answer = await exchange.send([], LoginStage.operationalNegotiation);
}

async function negotiate(
  exchange: LoginExchange,
  options: LoginOptions,
  identity: TextKey[],
): Promise<SessionParameters> {
  exchange.stage = LoginStage.operationalNegotiation;
  const negotiation = new OperationalNegotiation(options.offer, options.target === undefined ? 'Discovery' : 'Normal');
  let keys = [...identity, ...negotiation.offer()];
  for (;;) {
    const answer = await exchange.send(keys, LoginStage.fullFeature);
    keys = negotiation.receive(answer.keys);
    if (!answer.transit) continue;
    if (keys.length > 0) throw protocolError(`the target asked for ${keys[0]?.[0] ?? ''} and ended the login at once`);
    return negotiation.result();
  }
}

/** Carries a redirection out of the middle of a stage; never leaves this file. */
class RedirectionAnswer extends Error {
  readonly redirected: Redirected;

  constructor(redirected: Redirected) {
    super('redirected');
    this.redirected = redirected;
  }
}

type LoginResponse = ReturnType<typeof pdu.loginResponse.decode>;

/** Requests and answers of one login; joins answers that come in several PDUs. */
class LoginExchange {
  stage: LoginStage = LoginStage.operationalNegotiation;
  readonly #connection: IscsiConnection;
  readonly #isid: Uint8Array;
  #tsih = 0;
  #expStatSn = 0;
  #expCmdSn = FIRST_CMD_SN;
  #maxCmdSn = FIRST_CMD_SN;
  #exchanges = 0;

  constructor(connection: IscsiConnection, isid: Uint8Array) {
    this.#connection = connection;
    this.#isid = isid;
  }

  get serials(): Pick<LoggedIn, 'tsih' | 'cmdSn' | 'expCmdSn' | 'maxCmdSn' | 'expStatSn'> {
    return {
      tsih: this.#tsih,
      // Login requests are immediate: the first command takes the number that they carried.
      cmdSn: FIRST_CMD_SN,
      expCmdSn: this.#expCmdSn,
      maxCmdSn: this.#maxCmdSn,
      expStatSn: this.#expStatSn,
    };
  }

  /** Sends keys, with `transitTo` also the wish to go on; gives the whole answer. */
  async send(keys: readonly TextKey[], transitTo?: LoginStage): Promise<LoginAnswer> {
    const text = encodeTextKeys(keys);
    if (text.length > MAX_KEY_BYTES) throw new IscsiError('ISCSI_OPTION', 'The login keys are too long for one PDU');
    const parts: Uint8Array[] = [];
    let response = await this.#exchange(text, transitTo);
    parts.push(response.data);
    while (response.header.continues) {
      if (response.header.transit) throw protocolError('a login response both continues and transits');
      // The rest is fetched with empty requests; the wish to transit is said again with the last of them by the caller.
      response = await this.#exchange(new Uint8Array(0), undefined);
      parts.push(response.data);
      if (parts.reduce((sum, part) => sum + part.length, 0) > MAX_ANSWER_BYTES) {
        throw protocolError(`the answer to one login request exceeds ${MAX_ANSWER_BYTES} bytes`);
      }
    }
    const transit = response.header.transit;
    if (transit && (transitTo === undefined || response.header.nextStage !== transitTo)) {
      throw protocolError(`the target went to login stage ${response.header.nextStage} unasked`);
    }
    return { keys: decodeTextKeys(Buffer.concat(parts)), transit };
  }

  async #exchange(text: Uint8Array, transitTo?: LoginStage): Promise<{ header: LoginResponse; data: Uint8Array }> {
    if (++this.#exchanges > MAX_EXCHANGES) throw protocolError(`no end of the login after ${MAX_EXCHANGES} exchanges`);
    this.#connection.send(
      pdu.loginRequest.encode({
        transit: transitTo !== undefined,
        currentStage: this.stage,
        nextStage: transitTo ?? 0,
        isid: this.#isid,
        tsih: this.#tsih,
        initiatorTaskTag: LOGIN_TAG,
        cmdSn: FIRST_CMD_SN,
        expStatSn: this.#expStatSn,
      }),
      text,
    );
    const received = await this.#connection.receive();
    if (received.opcode === IscsiOpcode.reject) {
      const { reason } = pdu.reject.decode(received.bhs);
      throw new IscsiError('ISCSI_LOGIN_REFUSED', `The target rejected the login request: ${rejectReasonText(reason)}`);
    }
    if (received.opcode !== IscsiOpcode.loginResponse) {
      throw protocolError(`opcode ${received.opcode.toString(16)}h came where a login response was due`);
    }
    const header = pdu.loginResponse.decode(received.bhs);
    this.#judge(header, received.data);
    return { header, data: received.data };
  }

  #judge(header: LoginResponse, data: Uint8Array): void {
    if (header.initiatorTaskTag !== LOGIN_TAG) throw protocolError('a login response carries a foreign task tag');
    if (header.statusClass === LoginStatusClass.redirection) throw redirection(header.statusDetail, data);
    if (header.statusClass !== LoginStatusClass.success) throw loginRefused(header.statusClass, header.statusDetail);
    if (header.versionActive !== 0) throw protocolError(`version ${header.versionActive} is active, 0 was offered`);
    if (header.currentStage !== this.stage) {
      throw protocolError(`the target is in login stage ${header.currentStage}, this side in ${this.stage}`);
    }
    // The serial numbers count only in a successful response.
    this.#expStatSn = nextSerial(header.statSn);
    this.#expCmdSn = header.expCmdSn;
    this.#maxCmdSn = header.maxCmdSn;
    // The session handle is given with the last response; what stands there before has no meaning.
    if (header.transit && header.nextStage === LoginStage.fullFeature) this.#tsih = header.tsih;
  }
}

function redirection(statusDetail: number, data: Uint8Array): RedirectionAnswer {
  const address = new Map(decodeTextKeys(data)).get('TargetAddress');
  if (address === undefined) throw protocolError('a redirection without TargetAddress');
  try {
    const portal = parsePortal(address);
    return new RedirectionAnswer({ kind: 'redirected', portal, permanent: statusDetail === PERMANENT_REDIRECTION });
  } catch {
    throw protocolError(`a redirection to "${address.slice(0, 80)}", which is no address`);
  }
}
