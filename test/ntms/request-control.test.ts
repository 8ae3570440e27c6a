import { cancelNtmsLibraryRequestBehaviour, deleteNtmsRequestsBehaviour } from './behaviour/request-control.js';
import { getNtmsRequestOrderBehaviour, setNtmsRequestOrderBehaviour } from './behaviour/request-order.js';
import {
  cancelNtmsLibraryRequestCodes,
  deleteNtmsRequestsCodes,
  getNtmsRequestOrderCodes,
  setNtmsRequestOrderCodes,
} from './return-codes/request-control.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([
  ...cancelNtmsLibraryRequestCodes,
  ...getNtmsRequestOrderCodes,
  ...setNtmsRequestOrderCodes,
  ...deleteNtmsRequestsCodes,
]);
await runBehaviour([
  ...cancelNtmsLibraryRequestBehaviour,
  ...getNtmsRequestOrderBehaviour,
  ...setNtmsRequestOrderBehaviour,
  ...deleteNtmsRequestsBehaviour,
]);
