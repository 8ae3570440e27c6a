import {
  addNtmsMediaTypeBehaviour,
  changeNtmsMediaTypeBehaviour,
  deleteNtmsMediaTypeBehaviour,
} from './behaviour/media-types.js';
import {
  addNtmsMediaTypeCodes,
  changeNtmsMediaTypeCodes,
  deleteNtmsMediaTypeCodes,
} from './return-codes/media-types.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([...addNtmsMediaTypeCodes, ...deleteNtmsMediaTypeCodes, ...changeNtmsMediaTypeCodes]);
await runBehaviour([...addNtmsMediaTypeBehaviour, ...deleteNtmsMediaTypeBehaviour, ...changeNtmsMediaTypeBehaviour]);
