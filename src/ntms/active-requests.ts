import { NtmsLmState } from '../objects/ntmsapi/index.js';

/**
 * States of a library request that has not ended. Only such requests are listed and counted (sdk EnumerateNtmsObject); the
 * records of ended ones can be read by their ids until they are purged.
 */
export const activeRequestStates: readonly NtmsLmState[] = [
  NtmsLmState.NTMS_LM_QUEUED,
  NtmsLmState.NTMS_LM_INPROCESS,
  NtmsLmState.NTMS_LM_WAITING,
  NtmsLmState.NTMS_LM_DEFERRED,
];
