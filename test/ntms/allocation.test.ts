import { allocateNtmsMediaBehaviour } from './behaviour/allocate-ntms-media.js';
import {
  deallocateNtmsMediaBehaviour,
  decommissionNtmsMediaBehaviour,
  setNtmsMediaCompleteBehaviour,
  swapNtmsMediaBehaviour,
} from './behaviour/allocation.js';
import { allocateNtmsMediaWaiting } from './behaviour/waiting-allocation.js';
import { allocateNtmsMediaCodes } from './return-codes/allocate-ntms-media.js';
import {
  deallocateNtmsMediaCodes,
  decommissionNtmsMediaCodes,
  setNtmsMediaCompleteCodes,
  swapNtmsMediaCodes,
} from './return-codes/allocation.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([
  ...allocateNtmsMediaCodes,
  ...deallocateNtmsMediaCodes,
  ...swapNtmsMediaCodes,
  ...decommissionNtmsMediaCodes,
  ...setNtmsMediaCompleteCodes,
]);
await runBehaviour([
  ...allocateNtmsMediaBehaviour,
  ...allocateNtmsMediaWaiting,
  ...deallocateNtmsMediaBehaviour,
  ...swapNtmsMediaBehaviour,
  ...decommissionNtmsMediaBehaviour,
  ...setNtmsMediaCompleteBehaviour,
]);
