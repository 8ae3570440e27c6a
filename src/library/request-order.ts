import { NtmsLmOperation } from '../objects/ntmsapi/index.js';

/** What the order of the queue depends on. */
export interface Ranked {
  readonly operationCode: number;
  /** SetNtmsRequestOrder: 1 first; 0 is unordered and goes by priority. */
  readonly order: number;
  /** -15 ... 15 */
  readonly priority: number;
  readonly timeQueued: number;
}

/** Operation classes, the first served first (MS-RSMP 3.2.5.2.1.15: a dismount goes before a mount). */
export const operationClasses: readonly number[] = [
  NtmsLmOperation.NTMS_LM_REMOVE,
  NtmsLmOperation.NTMS_LM_DISABLELIBRARY,
  NtmsLmOperation.NTMS_LM_ENABLELIBRARY,
  NtmsLmOperation.NTMS_LM_DISABLEDRIVE,
  NtmsLmOperation.NTMS_LM_ENABLEDRIVE,
  NtmsLmOperation.NTMS_LM_DISABLEMEDIA,
  NtmsLmOperation.NTMS_LM_ENABLEMEDIA,
  NtmsLmOperation.NTMS_LM_DISMOUNT,
  NtmsLmOperation.NTMS_LM_MOUNT,
  NtmsLmOperation.NTMS_LM_DOORACCESS,
  NtmsLmOperation.NTMS_LM_EJECT,
  NtmsLmOperation.NTMS_LM_EJECTCLEANER,
  NtmsLmOperation.NTMS_LM_INJECT,
  NtmsLmOperation.NTMS_LM_INJECTCLEANER,
  NtmsLmOperation.NTMS_LM_CLEANDRIVE,
  NtmsLmOperation.NTMS_LM_INVENTORY,
  NtmsLmOperation.NTMS_LM_UPDATEOMID,
  NtmsLmOperation.NTMS_LM_PROCESSOMID,
  NtmsLmOperation.NTMS_LM_CLASSIFY,
];

const rankOf: ReadonlyMap<number, number> = new Map(operationClasses.map((code, rank) => [code, rank]));

/** Sorts the queue: by class, then ordered before unordered, then priority, then age. */
export function compareRequests(a: Ranked, b: Ranked): number {
  return (
    classRank(a.operationCode) - classRank(b.operationCode) ||
    orderRank(a.order) - orderRank(b.order) ||
    b.priority - a.priority ||
    a.timeQueued - b.timeQueued
  );
}

/** Operations that the documents do not rank come last. */
function classRank(operationCode: number): number {
  return rankOf.get(operationCode) ?? operationClasses.length;
}

function orderRank(order: number): number {
  return order === 0 ? Number.MAX_SAFE_INTEGER : order;
}
