/** Every API function of ntmsapi.h, by the group that its documentation puts it in. A and W variants count once. */
export const functionGroups = {
  'Session Management': ['OpenNtmsSession', 'CloseNtmsSession'],
  'Media Services': [
    'MountNtmsMedia',
    'DismountNtmsMedia',
    'AllocateNtmsMedia',
    'DeallocateNtmsMedia',
    'SwapNtmsMedia',
    'AddNtmsMediaType',
    'DeleteNtmsMediaType',
    'ChangeNtmsMediaType',
    'DecommissionNtmsMedia',
    'SetNtmsMediaComplete',
    'DeleteNtmsMedia',
    'CreateNtmsMediaPool',
    'GetNtmsMediaPoolName',
    'MoveToNtmsMediaPool',
    'DeleteNtmsMediaPool',
    'CreateNtmsMedia',
  ],
  'Library Control': [
    'EjectNtmsMedia',
    'InjectNtmsMedia',
    'AccessNtmsLibraryDoor',
    'DismountNtmsDrive',
    'InventoryNtmsLibrary',
    'CancelNtmsLibraryRequest',
    'GetNtmsRequestOrder',
    'SetNtmsRequestOrder',
    'DeleteNtmsRequests',
    'DeleteNtmsLibrary',
    'DeleteNtmsDrive',
    'IdentifyNtmsSlot',
    'GetNtmsUIOptions',
    'SetNtmsUIOptions',
    'EjectDiskFromSADrive',
    'GetVolumesFromDrive',
  ],
  'Cleaner Management': [
    'CleanNtmsDrive',
    'ReserveNtmsCleanerSlot',
    'ReleaseNtmsCleanerSlot',
    'InjectNtmsCleaner',
    'EjectNtmsCleaner',
  ],
  'Object Management': [
    'EnumerateNtmsObject',
    'GetNtmsObjectInformation',
    'SetNtmsObjectInformation',
    'GetNtmsObjectAttribute',
    'SetNtmsObjectAttribute',
    'GetNtmsObjectSecurity',
    'SetNtmsObjectSecurity',
    'DisableNtmsObject',
    'EnableNtmsObject',
  ],
  'Operator Request': [
    'SubmitNtmsOperatorRequest',
    'WaitForNtmsOperatorRequest',
    'CancelNtmsOperatorRequest',
    'SatisfyNtmsOperatorRequest',
  ],
  'Database Backup and Recovery': ['ExportNtmsDatabase', 'ImportNtmsDatabase'],
  'Database Notification': ['OpenNtmsNotification', 'WaitForNtmsNotification', 'CloseNtmsNotification'],
  'Change Detection': [
    'BeginNtmsDeviceChangeDetection',
    'SetNtmsDeviceChangeDetection',
    'EndNtmsDeviceChangeDetection',
  ],
  'On-Media Identifier': ['UpdateNtmsOmidInfo'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** `Media Services` and its like. */
export type FunctionGroup = keyof typeof functionGroups;

/** `MountNtmsMedia` and its like. */
export type NtmsFunctionName = (typeof functionGroups)[FunctionGroup][number];

/** All of them, in the order of their groups. */
export const ntmsFunctionNames: readonly NtmsFunctionName[] = Object.values(functionGroups).flat();

/** Functions that a media label library exports and the service calls; no part of the API itself. */
export const labelLibraryCallbacks = ['ClaimMediaLabel', 'MaxMediaLabel'] as const;
