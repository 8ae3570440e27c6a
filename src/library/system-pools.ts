import { NtmsPoolType } from '../objects/ntmsapi/index.js';

/** The kinds of pool that the manager makes and removes itself, one leaf of each for every media type. */
export const systemPoolTypes: readonly number[] = [
  NtmsPoolType.NTMS_POOLTYPE_SCRATCH,
  NtmsPoolType.NTMS_POOLTYPE_FOREIGN,
  NtmsPoolType.NTMS_POOLTYPE_IMPORT,
];
