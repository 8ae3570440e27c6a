import {
  cancelNtmsOperatorRequestBehaviour,
  satisfyNtmsOperatorRequestBehaviour,
  submitNtmsOperatorRequestBehaviour,
  waitForNtmsOperatorRequestBehaviour,
} from './behaviour/operator-requests.js';
import {
  cancelNtmsOperatorRequestCodes,
  satisfyNtmsOperatorRequestCodes,
  submitNtmsOperatorRequestCodes,
  waitForNtmsOperatorRequestCodes,
} from './return-codes/operator-requests.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([
  ...submitNtmsOperatorRequestCodes,
  ...waitForNtmsOperatorRequestCodes,
  ...cancelNtmsOperatorRequestCodes,
  ...satisfyNtmsOperatorRequestCodes,
]);
await runBehaviour([
  ...submitNtmsOperatorRequestBehaviour,
  ...waitForNtmsOperatorRequestBehaviour,
  ...cancelNtmsOperatorRequestBehaviour,
  ...satisfyNtmsOperatorRequestBehaviour,
]);
