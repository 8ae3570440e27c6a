import { identifyNtmsSlotBehaviour } from './behaviour/identify-slot.js';
import { identifyNtmsSlotCodes } from './return-codes/identify-slot.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes(identifyNtmsSlotCodes);
await runBehaviour(identifyNtmsSlotBehaviour);
