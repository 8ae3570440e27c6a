import type { Value } from '../../../scsi/layout.js';
import type { loginRequest } from '../../../transport/iscsi/pdu.js';
import { LoginStage } from '../../../transport/iscsi/protocol-values.js';
import { encodeTextKeys, type TextKey } from '../../../transport/iscsi/text-keys.js';
import { ChapTarget, type ChapAccounts } from './chap-target.js';
import type { IscsiTargetLimits } from './limits.js';
import { LoginRefusal } from './login-refusal.js';
import { OperationalKeys, type OperationalParameters, type SessionType } from './operational-keys.js';
import { LoginStatus } from './target-protocol-values.js';
import { TextAssembly } from './text-assembly.js';

export interface LoginTerms {
  readonly targetName: string;
  readonly targetAlias: string | undefined;
  /** What SendTargets tells as the address; undefined: the one that the initiator reached. */
  readonly advertisedPortal: string | undefined;
  readonly chap: ChapAccounts | undefined;
  readonly limits: IscsiTargetLimits;
}

export type LoginRequest = Value<typeof loginRequest>;

/** One answer: what goes into the login response, and after the last one who has logged in. */
export interface LoginReply {
  readonly transit: boolean;
  readonly currentStage: number;
  readonly nextStage: number;
  readonly keys: readonly TextKey[];
  readonly admitted?: AdmittedInitiator;
}

export interface AdmittedInitiator {
  readonly initiatorName: string;
  readonly sessionType: SessionType;
  readonly isid: Uint8Array;
  /** 0 asks for a new session, else the session to join. */
  readonly tsih: number;
  readonly connectionId: number;
  readonly parameters: OperationalParameters;
}

/** Longer than any login of any initiator. */
const MAX_REQUESTS = 32;
/** What an initiator takes before it has declared more (RFC 7143 13.12). */
const MAX_ANSWER_BYTES = 8192;

/** One target, one portal group. */
export const TARGET_PORTAL_GROUP_TAG = 1;

/** The login phase of one connection as the target sees it (RFC 7143 6): no I/O, one reply a request. */
export class LoginPhase {
  readonly #terms: LoginTerms;
  readonly #text = new TextAssembly();
  #first: LoginRequest | undefined;
  #requests = 0;
  #stage: number = LoginStage.securityNegotiation;
  #identity: { initiatorName: string; sessionType: SessionType } | undefined;
  #operational: OperationalKeys | undefined;
  #chap: ChapTarget | undefined;
  #authenticated = false;

  constructor(terms: LoginTerms) {
    this.#terms = terms;
  }

  /** Answers one request. Throws {@link LoginRefusal}, PeerFault, or a codec's `ISCSI_PROTOCOL`. */
  receive(request: LoginRequest, data: Uint8Array): LoginReply {
    this.#check(request);
    const { currentStage } = request;
    const keys = this.#text.add(data, request.continues);
    // More text follows: an empty answer asks for it (6.2).
    if (keys === undefined) return { transit: false, currentStage, nextStage: 0, keys: [] };
    refuseRepeated(keys);
    const answers = [
      ...this.#identify(keys),
      ...(currentStage === LoginStage.securityNegotiation ? this.#secure(keys, request.transit) : this.#operate(keys)),
    ];
    if (encodeTextKeys(answers).length > MAX_ANSWER_BYTES) throw refusal('the login text asks for too long an answer');
    const transit = request.transit && this.#authenticated;
    const nextStage = transit ? request.nextStage : 0;
    if (transit) this.#stage = nextStage;
    const reply = { transit, currentStage, nextStage, keys: answers };
    return nextStage === LoginStage.fullFeature ? { ...reply, admitted: this.#admit(request) } : reply;
  }

  #check(request: LoginRequest): void {
    const first = (this.#first ??= request);
    this.#requests += 1;
    if (this.#requests > MAX_REQUESTS) throw refusal(`no end of the login after ${MAX_REQUESTS} requests`);
    if (request.versionMin > 0) {
      throw new LoginRefusal(LoginStatus.unsupportedVersion, `the initiator speaks version ${request.versionMin} only`);
    }
    const isSame =
      request.initiatorTaskTag === first.initiatorTaskTag &&
      request.connectionId === first.connectionId &&
      request.tsih === first.tsih &&
      Buffer.compare(request.isid, first.isid) === 0;
    if (!isSame) {
      throw new LoginRefusal(
        LoginStatus.invalidDuringLogin,
        'the initiator changed its task tag or session in a login',
      );
    }
    if (first === request && request.currentStage <= LoginStage.operationalNegotiation) {
      this.#stage = request.currentStage;
    }
    if (request.currentStage !== this.#stage) {
      throw refusal(`the initiator is in login stage ${request.currentStage}, this side in ${this.#stage}`);
    }
    if (!request.transit) return;
    const { currentStage, nextStage } = request;
    const forward = nextStage > currentStage && nextStage !== 2;
    if (!forward || request.continues) throw refusal(`no way from login stage ${currentStage} to ${nextStage}`);
  }

  /** Who logs in to what: in the first request, whatever its stage (6.3). */
  #identify(keys: readonly TextKey[]): TextKey[] {
    if (this.#identity !== undefined) return [];
    const told = new Map(keys);
    const initiatorName = told.get('InitiatorName');
    if (initiatorName === undefined) throw missing('InitiatorName');
    if (!/^(?:iqn|eui|naa)\.[^\s\0=,]+$/i.test(initiatorName) || Buffer.byteLength(initiatorName) > 223) {
      throw refusal(`"${initiatorName.slice(0, 80)}" is no iSCSI name`);
    }
    const sessionType = told.get('SessionType') ?? 'Normal';
    if (sessionType !== 'Normal' && sessionType !== 'Discovery') {
      throw new LoginRefusal(LoginStatus.sessionTypeNotSupported, `no session of type ${sessionType.slice(0, 40)}`);
    }
    // Names are compared in lower case: one initiator port must not become two nexuses by its spelling.
    this.#identity = { initiatorName: initiatorName.toLowerCase(), sessionType };
    this.#operational = new OperationalKeys(this.#terms.limits, sessionType);
    if (this.#stage === LoginStage.operationalNegotiation) {
      // Without a security stage there is no proof, for a discovery session as little as for any other.
      if (this.#terms.chap !== undefined) throw wantsChap();
      this.#authenticated = true;
    }
    if (sessionType === 'Discovery') return [];
    const targetName = told.get('TargetName');
    if (targetName === undefined) throw missing('TargetName');
    if (targetName.toLowerCase() !== this.#terms.targetName) {
      throw new LoginRefusal(LoginStatus.targetNotFound, `there is no target "${targetName.slice(0, 223)}" here`);
    }
    const alias = this.#terms.targetAlias;
    return [
      ['TargetPortalGroupTag', String(TARGET_PORTAL_GROUP_TAG)],
      ...(alias === undefined ? [] : ([['TargetAlias', alias]] as const)),
    ];
  }

  #secure(keys: readonly TextKey[], transit: boolean): TextKey[] {
    const told = new Map(keys);
    const answers: TextKey[] = [];
    const methods = told.get('AuthMethod');
    if (methods !== undefined) answers.push(['AuthMethod', this.#chooseMethod(methods.split(','))]);
    if (told.has('CHAP_A')) answers.push(...this.#chapExchange().challenge(told));
    if (told.has('CHAP_R')) {
      answers.push(...this.#chapExchange().verify(told));
      this.#authenticated = true;
    }
    // Whoever wants to go on and never spoke of methods means None.
    if (transit && this.#chap === undefined && !this.#authenticated) this.#chooseMethod(['None']);
    return answers;
  }

  #chooseMethod(offered: readonly string[]): string {
    if (this.#chap !== undefined || this.#authenticated) throw refusal('AuthMethod was negotiated twice');
    const { chap } = this.#terms;
    const method = offered.find((name) => name === (chap === undefined ? 'None' : 'CHAP'));
    if (method === undefined) {
      if (chap !== undefined) throw wantsChap();
      const wanted = offered.join(',').slice(0, 80);
      const message = `authentication failed: the initiator wants ${wanted}, this target has no account for it`;
      throw new LoginRefusal(LoginStatus.authenticationFailed, message);
    }
    if (method === 'CHAP' && chap !== undefined) this.#chap = new ChapTarget(chap);
    else this.#authenticated = true;
    return method;
  }

  #chapExchange(): ChapTarget {
    if (this.#chap === undefined || this.#authenticated) throw refusal('CHAP keys came where none were due');
    return this.#chap;
  }

  #operate(keys: readonly TextKey[]): TextKey[] {
    if (this.#operational === undefined) throw missing('InitiatorName');
    return this.#operational.answer(keys);
  }

  #admit(request: LoginRequest): AdmittedInitiator {
    if (this.#identity === undefined || this.#operational === undefined) throw missing('InitiatorName');
    const { isid, tsih, connectionId } = request;
    return { ...this.#identity, isid, tsih, connectionId, parameters: this.#operational.result() };
  }
}

/** In an exchange a key is negotiated once (RFC 7143 6.3); of two values nobody could say which one holds. */
function refuseRepeated(keys: readonly TextKey[]): void {
  const seen = new Set<string>();
  for (const [key] of keys) {
    if (seen.has(key)) throw refusal(`the initiator sent ${key} twice`);
    seen.add(key);
  }
}

function refusal(message: string): LoginRefusal {
  return new LoginRefusal(LoginStatus.initiatorError, message);
}

function missing(key: string): LoginRefusal {
  return new LoginRefusal(LoginStatus.missingParameter, `${key} is missing from the first login request`);
}

function wantsChap(): LoginRefusal {
  const message = 'authentication failed: this target wants CHAP, the initiator did not offer it';
  return new LoginRefusal(LoginStatus.authenticationFailed, message);
}
