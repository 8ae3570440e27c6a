import { reasonsOf } from './coverage-case.js';
import type { Reason } from './coverage-case.js';

const SERVICE = 'needs a client and a server in two processes; comes with the service';
const DETECTS = 'is what a server without change detection gives; this one has it, as Windows 2000 had';

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
  ]),
  ...reasonsOf('BeginNtmsDeviceChangeDetection', [
    { symbol: 'ERROR_CALL_NOT_IMPLEMENTED', reason: DETECTS },
    {
      symbol: 'ERROR_INVALID_PARAMETER',
      reason: 'needs an argument beside the session; the only one is the pointer that the promise stands for',
    },
    {
      rule: 'null-output-pointer-invalid',
      reason: 'is about the output pointer; the promise resolves with what it would be given',
    },
  ]),
  ...reasonsOf('SetNtmsDeviceChangeDetection', [{ symbol: 'ERROR_CALL_NOT_IMPLEMENTED', reason: DETECTS }]),
  ...reasonsOf('EndNtmsDeviceChangeDetection', [{ symbol: 'ERROR_CALL_NOT_IMPLEMENTED', reason: DETECTS }]),
  ...reasonsOf('GetNtmsMediaPoolName', [
    {
      rule: 'newer-r-variant-reports',
      reason: 'is about the wire; the API behaves as the SDK says, and the R variant comes with the service',
    },
  ]),
  ...reasonsOf('CreateNtmsMedia', [
    {
      rule: 'duplicate-label-test-listed',
      reason: 'is not followed: whether a label is known is told to those only who may know it, so rights come first',
    },
  ]),
  ...reasonsOf('DismountNtmsDrive', [
    {
      symbol: 'ERROR_RESOURCE_DISABLED',
      reason: 'is never given: a disabled drive or library is ERROR_DEVICE_NOT_AVAILABLE, as both tables say',
    },
  ]),
  ...reasonsOf('SwapNtmsMedia', [
    { symbol: 'ERROR_BAD_FORMAT', reason: 'is about reading labels; a swap changes records and reads no medium' },
  ]),
  ...reasonsOf('ReleaseNtmsCleanerSlot', [
    { symbol: 'ERROR_INVALID_ADDRESS', reason: 'is about pointers into memory, of which there are none here' },
  ]),
  ...reasonsOf('IdentifyNtmsSlot', [
    { rule: 'version-gap', reason: 'is about Windows 2000; there is one version of the function here' },
  ]),
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
  ...reasonsOf('SetNtmsObjectInformation', [
    {
      rule: 'autorecovery-switched-off-atapi',
      reason: 'is about CD changers on ATAPI, to which no transport of OpenRSM leads',
    },
  ]),
  ...reasonsOf('GetNtmsObjectAttribute', [
    {
      symbol: 'RPC_S_INVALID_BOUND',
      reason:
        'is what the ANSI variant gave for ERROR_INSUFFICIENT_BUFFER; there is one function for both variants here',
    },
    {
      rule: 'r-variants-put-returned',
      reason: 'is about the wire; the API behaves as the SDK says, and the R variant comes with the service',
    },
  ]),
  ...reasonsOf('SetNtmsObjectSecurity', [
    { rule: 'wire-form-carries-extra', reason: 'is about the wire; comes with the service' },
  ]),
  ...reasonsOf('OpenNtmsNotification', [
    {
      symbol: 'INVALID_HANDLE_VALUE',
      reason: 'is what the C function returns instead of a handle; here the promise is rejected with the code itself',
    },
    { rule: 'wire-addnotification-plus-client', reason: 'is about the wire; comes with the service' },
  ]),
  ...reasonsOf('CloseNtmsNotification', [
    { rule: 'wire-form-removenotification-releasecallback', reason: 'is about the wire; comes with the service' },
  ]),
  ...reasonsOf('EjectDiskFromSADrive', [
    { symbol: 'ERROR_INVALID_HANDLE', reason: 'is about a session, and the function takes none' },
  ]),
];
