import {
  beginNtmsDeviceChangeDetectionBehaviour,
  closeNtmsSessionDetections,
  endNtmsDeviceChangeDetectionBehaviour,
  setNtmsDeviceChangeDetectionBehaviour,
} from './behaviour/change-detection.js';
import {
  beginNtmsDeviceChangeDetectionCodes,
  endNtmsDeviceChangeDetectionCodes,
  setNtmsDeviceChangeDetectionCodes,
} from './return-codes/change-detection.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([
  ...beginNtmsDeviceChangeDetectionCodes,
  ...setNtmsDeviceChangeDetectionCodes,
  ...endNtmsDeviceChangeDetectionCodes,
]);
await runBehaviour([
  ...closeNtmsSessionDetections,
  ...beginNtmsDeviceChangeDetectionBehaviour,
  ...setNtmsDeviceChangeDetectionBehaviour,
  ...endNtmsDeviceChangeDetectionBehaviour,
]);
