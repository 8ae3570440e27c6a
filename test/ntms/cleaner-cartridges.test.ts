import { ejectNtmsCleanerBehaviour } from './behaviour/eject-ntms-cleaner.js';
import { injectNtmsCleanerBehaviour } from './behaviour/inject-ntms-cleaner.js';
import { ejectNtmsCleanerCodes, injectNtmsCleanerCodes } from './return-codes/cleaner-cartridges.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([...injectNtmsCleanerCodes, ...ejectNtmsCleanerCodes]);
await runBehaviour([...injectNtmsCleanerBehaviour, ...ejectNtmsCleanerBehaviour]);
