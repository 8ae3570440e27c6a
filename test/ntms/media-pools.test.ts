import {
  createNtmsMediaPoolBehaviour,
  deleteNtmsMediaPoolBehaviour,
  getNtmsMediaPoolNameBehaviour,
} from './behaviour/media-pools.js';
import { moveToNtmsMediaPoolBehaviour } from './behaviour/move-to-media-pool.js';
import {
  createNtmsMediaPoolCodes,
  deleteNtmsMediaPoolCodes,
  getNtmsMediaPoolNameCodes,
} from './return-codes/media-pools.js';
import { moveToNtmsMediaPoolCodes } from './return-codes/move-to-media-pool.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([
  ...createNtmsMediaPoolCodes,
  ...getNtmsMediaPoolNameCodes,
  ...moveToNtmsMediaPoolCodes,
  ...deleteNtmsMediaPoolCodes,
]);
await runBehaviour([
  ...createNtmsMediaPoolBehaviour,
  ...getNtmsMediaPoolNameBehaviour,
  ...moveToNtmsMediaPoolBehaviour,
  ...deleteNtmsMediaPoolBehaviour,
]);
