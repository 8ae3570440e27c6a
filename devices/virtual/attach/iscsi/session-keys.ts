import type { TextKey } from '../../../transport/iscsi/text-keys.js';
import { TARGET_PORTAL_GROUP_TAG } from './login-phase.js';
import { numberOf, type SessionType } from './operational-keys.js';

export interface SessionKeysContext {
  readonly sessionType: SessionType;
  readonly targetName: string;
  /** `host:port` as the initiator reached it. */
  readonly address: string;
  /** The initiator takes data segments of another length from now on. */
  declareMaxSegment(bytes: number): void;
}

/** Keys that were settled in the login and cannot be changed after it (RFC 7143 clause 13, "LO" and "IO"). */
const settled: ReadonlySet<string> = new Set([
  'AuthMethod',
  'HeaderDigest',
  'DataDigest',
  'MaxConnections',
  'InitialR2T',
  'ImmediateData',
  'MaxBurstLength',
  'FirstBurstLength',
  'DefaultTime2Wait',
  'DefaultTime2Retain',
  'MaxOutstandingR2T',
  'DataPDUInOrder',
  'DataSequenceInOrder',
  'ErrorRecoveryLevel',
  'SessionType',
  'TaskReporting',
  'iSCSIProtocolLevel',
  'IFMarker',
  'OFMarker',
  'IFMarkInt',
  'OFMarkInt',
]);

/** Answers the keys of text requests in full feature phase: SendTargets, declarations, and refusals for the rest. */
export function answerSessionKeys(keys: readonly TextKey[], context: SessionKeysContext): TextKey[] {
  return keys.flatMap(([key, value]): TextKey[] => {
    if (key === 'SendTargets') return sendTargets(value, context);
    if (key === 'InitiatorAlias' || key === 'InitiatorName') return [];
    if (key === 'MaxRecvDataSegmentLength') {
      const bytes = numberOf(value, 512, 0xff_ffff);
      if (bytes === undefined) return [[key, 'Reject']];
      context.declareMaxSegment(bytes);
      return [];
    }
    return [[key, settled.has(key) ? 'Reject' : 'NotUnderstood']];
  });
}

/** `All` only in a discovery session, nothing only in a normal one, a name in both (RFC 7143 Appendix C). */
function sendTargets(wanted: string, context: SessionKeysContext): TextKey[] {
  const { sessionType, targetName, address } = context;
  const isAllowed = wanted === 'All' ? sessionType === 'Discovery' : wanted !== '' || sessionType === 'Normal';
  if (!isAllowed) return [['SendTargets', 'Reject']];
  if (wanted !== 'All' && wanted !== '' && wanted.toLowerCase() !== targetName) return [];
  return [
    ['TargetName', targetName],
    ['TargetAddress', `${address},${TARGET_PORTAL_GROUP_TAG}`],
  ];
}
