import { NtmsLmOperation } from '../objects/ntmsapi/index.js';

/** What the order of the queue depends on. */
export interface Ranked {
  readonly operationCode: number;
  /** SetNtmsRequestOrder: a place among the mounts, 1 is the next; 0 goes by priority. */
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

const ranks: ReadonlyMap<number, number> = new Map(operationClasses.map((code, rank) => [code, rank]));

/** Orders requests by class, then priority, then age. Order numbers come on top of that: {@link inOrder}. */
export function compareRequests(a: Ranked, b: Ranked): number {
  return (
    classRank(a.operationCode) - classRank(b.operationCode) || b.priority - a.priority || a.timeQueued - b.timeQueued
  );
}

/** Whether order numbers mean something to an operation: only mounts obey them (MS-RSMP note 22). */
export function isOrdered(operationCode: number): boolean {
  return operationCode === NtmsLmOperation.NTMS_LM_MOUNT;
}

/**
 * The queue as it is served. An order number is a place among the mounts: 1 is served next, one beyond the end comes last;
 * the mounts without a number fill the other places by priority and age.
 */
export function inOrder<T>(requests: readonly T[], rankOf: (request: T) => Ranked): T[] {
  const sorted = requests
    .map((request) => ({ request, rank: rankOf(request) }))
    .toSorted((a, b) => compareRequests(a.rank, b.rank));
  const [numbered, others] = [true, false].map((wanted) =>
    sorted.filter(({ rank }) => (isOrdered(rank.operationCode) && rank.order > 0) === wanted),
  );
  if (numbered === undefined || others === undefined || numbered.length === 0) return sorted.map((one) => one.request);
  numbered.sort((a, b) => a.rank.order - b.rank.order);
  const first = others.findIndex(
    ({ rank }) => classRank(rank.operationCode) >= classRank(NtmsLmOperation.NTMS_LM_MOUNT),
  );
  const start = first === -1 ? others.length : first;
  for (const { request, rank } of numbered) {
    const mounts = others.filter((other) => isOrdered(other.rank.operationCode)).length;
    others.splice(start + Math.min(rank.order - 1, mounts), 0, { request, rank });
  }
  return others.map((one) => one.request);
}

/** Operations that the documents do not rank come last. */
function classRank(operationCode: number): number {
  return ranks.get(operationCode) ?? operationClasses.length;
}
