import { createHash, randomBytes } from 'node:crypto';
import * as pdu from '../../../../../devices/transport/iscsi/pdu.js';
import { IscsiOpcode, LoginStage } from '../../../../../devices/transport/iscsi/protocol-values.js';
import { decodeTextKeys, encodeTextKeys, type TextKey } from '../../../../../devices/transport/iscsi/text-keys.js';
import type { Behaviour, PeerConnection } from './peer-connection.js';

export interface PeerLoginOptions {
  /** What the peer wants of the keys that the initiator offers, and its own MaxRecvDataSegmentLength. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Keys that the peer asks for by itself before it lets the login end. */
  readonly asks?: readonly TextKey[];
  readonly chap?: PeerChap;
}

export interface PeerChap {
  readonly user: string;
  readonly secret: string;
  readonly algorithm?: { readonly number: string; readonly hash: string };
  readonly proof?: { readonly user: string; readonly secret: string };
}

/** A login as a target should do it, with or without CHAP. */
export function servePlainLogin(options: PeerLoginOptions): Behaviour {
  const challenges = new WeakMap<PeerConnection, { identifier: number; challenge: Uint8Array }>();
  const asked = new WeakSet<PeerConnection>();
  const proven = new WeakSet<PeerConnection>();
  return (received, connection) => {
    if (received.opcode !== IscsiOpcode.loginRequest) return false;
    const header = pdu.loginRequest.decode(received.bhs);
    connection.expCmdSn = header.cmdSn;
    const keys = decodeTextKeys(received.data);
    const given = new Map(keys);
    if (header.currentStage === LoginStage.securityNegotiation) {
      const answer = options.chap === undefined ? undefined : chapAnswer(options.chap, given, connection, challenges);
      if (answer === undefined) return refuse(connection, header, 0x0201);
      if (given.has('CHAP_R')) proven.add(connection);
      return answerLogin(connection, header, answer, given.has('CHAP_R'));
    }
    if (options.chap !== undefined && !proven.has(connection)) return refuse(connection, header, 0x0201);
    const ownQuestions = new Set(options.asks?.map(([key]) => key));
    const answers = keys.flatMap(([key, value]): TextKey[] => {
      if (ownQuestions.has(key)) return [];
      const agreed = negotiate(key, value, options.keys?.[key]);
      return agreed === undefined ? [] : [[key, agreed]];
    });
    connection.negotiated = { ...connection.negotiated, ...Object.fromEntries(answers) };
    connection.initiatorMaxSegment = Number(given.get('MaxRecvDataSegmentLength') ?? connection.initiatorMaxSegment);
    if (options.asks !== undefined && !asked.has(connection)) {
      asked.add(connection);
      return answerLogin(connection, header, [...answers, ...options.asks], false);
    }
    const own = options.keys?.['MaxRecvDataSegmentLength'];
    if (own !== undefined) {
      answers.push(['MaxRecvDataSegmentLength', own]);
      connection.negotiated = { ...connection.negotiated, MaxRecvDataSegmentLength: own };
    }
    answerLogin(connection, header, answers, true);
    const { HeaderDigest, DataDigest } = connection.negotiated;
    connection.useDigests(HeaderDigest === 'CRC32C', DataDigest === 'CRC32C');
    return true;
  };
}

/** Answers one login request; `transit` as the initiator asked, when this side is done. */
export function answerLogin(
  connection: PeerConnection,
  header: ReturnType<typeof pdu.loginRequest.decode>,
  keys: readonly TextKey[],
  transit: boolean,
): true {
  connection.send(
    pdu.loginResponse.encode({
      transit: transit && header.transit,
      currentStage: header.currentStage,
      nextStage: transit && header.transit ? header.nextStage : 0,
      isid: header.isid,
      tsih: 7,
      initiatorTaskTag: header.initiatorTaskTag,
      ...connection.takeSerials(),
    }),
    encodeTextKeys(keys),
  );
  return true;
}

/** Refuses with a status of class and detail. */
export function refuse(
  connection: PeerConnection,
  header: ReturnType<typeof pdu.loginRequest.decode>,
  status: number,
  keys: readonly TextKey[] = [],
): true {
  connection.send(
    pdu.loginResponse.encode({
      currentStage: header.currentStage,
      isid: header.isid,
      tsih: 0,
      initiatorTaskTag: header.initiatorTaskTag,
      statSn: 0,
      expCmdSn: 0,
      maxCmdSn: 0,
      statusClass: status >> 8,
      statusDetail: status & 0xff,
    }),
    encodeTextKeys(keys),
  );
  connection.socket.end();
  return true;
}

/** The answer to one offered key; undefined for a declaration. Written apart from the initiator's own rules. */
function negotiate(key: string, offered: string, wanted: string | undefined): string | undefined {
  switch (key) {
    case 'InitiatorName':
    case 'TargetName':
    case 'SessionType':
    case 'MaxRecvDataSegmentLength':
      return undefined;
    case 'HeaderDigest':
    case 'DataDigest':
      return offered.split(',').includes(wanted ?? 'None') ? (wanted ?? 'None') : 'Reject';
    case 'InitialR2T':
      return offered === 'No' && wanted === 'No' ? 'No' : 'Yes';
    case 'ImmediateData':
      return offered === 'Yes' && wanted !== 'No' ? 'Yes' : 'No';
    case 'DefaultTime2Wait':
      return wanted === undefined ? offered : String(Math.max(Number(offered), Number(wanted)));
    default:
      if (!/^\d+$/.test(offered)) return offered;
      return wanted === undefined ? offered : String(Math.min(Number(offered), Number(wanted)));
  }
}

function chapAnswer(
  chap: PeerChap,
  given: ReadonlyMap<string, string>,
  connection: PeerConnection,
  challenges: WeakMap<PeerConnection, { identifier: number; challenge: Uint8Array }>,
): TextKey[] | undefined {
  const algorithm = chap.algorithm ?? { number: '5', hash: 'md5' };
  if (given.has('AuthMethod')) return [['AuthMethod', given.get('AuthMethod') === 'CHAP' ? 'CHAP' : 'Reject']];
  if (given.has('CHAP_A')) {
    const made = { identifier: 42, challenge: randomBytes(16) };
    challenges.set(connection, made);
    return [
      ['CHAP_A', algorithm.number],
      ['CHAP_I', String(made.identifier)],
      ['CHAP_C', `0b${Buffer.from(made.challenge).toString('base64')}`],
    ];
  }
  const posed = challenges.get(connection);
  if (posed === undefined) return undefined;
  const proofOf = (secret: string, identifier: number, challenge: Uint8Array): string =>
    `0x${createHash(algorithm.hash)
      .update(Buffer.from([identifier]))
      .update(secret)
      .update(challenge)
      .digest('hex')}`;
  const right = given.get('CHAP_R')?.toLowerCase() === proofOf(chap.secret, posed.identifier, posed.challenge);
  if (given.get('CHAP_N') !== chap.user || !right) return undefined;
  const challenge = given.get('CHAP_C');
  if (challenge === undefined || chap.proof === undefined) return [];
  const bytes = Buffer.from(challenge.slice(2), 'hex');
  return [
    ['CHAP_N', chap.proof.user],
    ['CHAP_R', proofOf(chap.proof.secret, Number(given.get('CHAP_I')), bytes)],
  ];
}
