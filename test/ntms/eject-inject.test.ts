import { ejectNtmsMediaBehaviour } from './behaviour/eject-ntms-media.js';
import { injectNtmsMediaBehaviour } from './behaviour/inject-ntms-media.js';
import { ejectNtmsMediaCodes, injectNtmsMediaCodes } from './return-codes/eject-inject.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([...ejectNtmsMediaCodes, ...injectNtmsMediaCodes]);
await runBehaviour([...ejectNtmsMediaBehaviour, ...injectNtmsMediaBehaviour]);
