import { createNtmsMediaBehaviour, deleteNtmsMediaBehaviour } from './behaviour/media-records.js';
import { createNtmsMediaCodes, deleteNtmsMediaCodes } from './return-codes/media-records.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([...createNtmsMediaCodes, ...deleteNtmsMediaCodes]);
await runBehaviour([...createNtmsMediaBehaviour, ...deleteNtmsMediaBehaviour]);
