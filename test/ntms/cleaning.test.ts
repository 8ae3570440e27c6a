import {
  cleanNtmsDriveBehaviour,
  releaseNtmsCleanerSlotBehaviour,
  reserveNtmsCleanerSlotBehaviour,
} from './behaviour/cleaning.js';
import {
  cleanNtmsDriveCodes,
  releaseNtmsCleanerSlotCodes,
  reserveNtmsCleanerSlotCodes,
} from './return-codes/cleaning.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([...cleanNtmsDriveCodes, ...reserveNtmsCleanerSlotCodes, ...releaseNtmsCleanerSlotCodes]);
await runBehaviour([
  ...cleanNtmsDriveBehaviour,
  ...reserveNtmsCleanerSlotBehaviour,
  ...releaseNtmsCleanerSlotBehaviour,
]);
