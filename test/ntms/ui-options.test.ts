import {
  closeNtmsSessionUiBehaviour,
  getNtmsUIOptionsBehaviour,
  setNtmsUIOptionsBehaviour,
} from './behaviour/ui-options.js';
import { getNtmsUIOptionsCodes, setNtmsUIOptionsCodes } from './return-codes/ui-options.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([...getNtmsUIOptionsCodes, ...setNtmsUIOptionsCodes]);
await runBehaviour([...getNtmsUIOptionsBehaviour, ...setNtmsUIOptionsBehaviour, ...closeNtmsSessionUiBehaviour]);
