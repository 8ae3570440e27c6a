import { updateNtmsOmidInfoBehaviour } from './behaviour/on-media-identifier.js';
import { updateNtmsOmidInfoCodes } from './return-codes/on-media-identifier.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes(updateNtmsOmidInfoCodes);
await runBehaviour(updateNtmsOmidInfoBehaviour);
