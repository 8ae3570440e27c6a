import { reasonsOf } from './coverage-case.js';
import type { Reason } from './coverage-case.js';

const SERVICE = 'needs a client and a server in two processes; comes with the service';
const NOTIFICATIONS = 'comes with the notification functions';

/** The documented lines that no test meets, each with the reason. A line that a test meets must not be here. */
export const reasons: readonly Reason[] = [
  ...reasonsOf('OpenNtmsSession', [
    { symbol: 'RPC_S_NO_INTERFACES', reason: SERVICE },
    {
      symbol: 'INVALID_HANDLE_VALUE',
      reason: 'is what the C function returns instead of a handle; here the promise is rejected with the code itself',
    },
    { rule: 'version-gap', reason: SERVICE },
  ]),
  ...reasonsOf('CloseNtmsSession', [
    { symbol: 'ERROR_CONNECTION_UNAVAIL', reason: SERVICE },
    { rule: 'open-reference', reason: 'is about references to COM interfaces, of which there are none in one process' },
    { rule: 'change-detection-handles', reason: 'comes with BeginNtmsDeviceChangeDetection' },
    { rule: 'ui-destinations', reason: 'comes with SetNtmsUIOptions' },
    { rule: 'callback-released', reason: NOTIFICATIONS },
  ]),
  ...reasonsOf('DismountNtmsMedia', [{ rule: 'completion-announced', reason: NOTIFICATIONS }]),
  ...reasonsOf('DismountNtmsDrive', [
    {
      symbol: 'ERROR_RESOURCE_DISABLED',
      reason: 'is never given: a disabled drive or library is ERROR_DEVICE_NOT_AVAILABLE, as both tables say',
    },
  ]),
  ...reasonsOf('InventoryNtmsLibrary', [{ rule: 'completion-announced', reason: NOTIFICATIONS }]),
  ...reasonsOf('EnumerateNtmsObject', [
    {
      rule: 'r-variant',
      reason: 'is about the wire; the API behaves as the SDK says, and the R variant comes with the service',
    },
  ]),
  ...reasonsOf('ExportNtmsDatabase', [
    {
      rule: 'default-folder',
      reason: 'is about the registry of Windows; whoever opens the database names its folder (`rsm --state`)',
    },
  ]),
];
