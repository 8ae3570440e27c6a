import type { DocumentedFunction } from './documented-function.js';

/** Enabling and disabling of objects, as documented. */
export const objectEnablingFunctions = [
  {
    name: 'DisableNtmsObject',
    group: 'Object Management',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'dwType', type: 'DWORD', direction: 'in', about: 'NTMS_DRIVE, NTMS_LIBRARY or NTMS_PHYSICAL_MEDIA' },
      { name: 'lpObjectId', type: 'LPNTMS_GUID', direction: 'in', about: 'lpObjectId' },
    ],
    rights: [{ object: 'library', right: 'NTMS_MODIFY_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Work item accepted for later execution' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing modify right on library (XP: control)' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Id absent or kind not allowed' },
      { symbol: 'ERROR_INVALID_STATE', win32: 5023, condition: 'Object is disabled already' },
      { symbol: 'ERROR_LIBRARY_OFFLINE', win32: 4305, condition: 'Offline library cannot be switched' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'Object id unknown' },
    ],
    rules: [
      {
        id: 'only-libraries-drives-physical',
        text: 'Only libraries, drives and physical media can be switched.',
        source: 'MS-RSMP 3.2.5.2.4.8',
      },
      {
        id: 'repeating-same-switch-invalid',
        text: 'Repeating the same switch is INVALID_STATE, not a silent success.',
        source: 'MS-RSMP 3.2.5.2.4.8',
      },
      {
        id: 'request-queued-execution-lag',
        text: 'Request is queued; execution may lag.',
        source: 'sdk DisableNtmsObject',
      },
      {
        id: 'disabling-reaches-contained-objects',
        text: 'Disabling reaches contained objects: sides and logical media of a cartridge become unusable.',
        source: 'sdk DisableNtmsObject',
      },
      {
        id: 'possible-drive-being-disabled',
        text: 'When possible a drive being disabled first returns its cartridge to the slot.',
        source: 'sdk DisableNtmsObject',
      },
      {
        id: 'drives-changers-disabled-before',
        text: 'Drives and changers must be disabled before hardware service.',
        source: 'sdk DisableNtmsObject',
      },
    ],
    changes: [
      {
        id: 'library-drive-physical-media',
        object: 'library|drive|physicalMedia',
        field: 'Enabled',
        from: 'TRUE',
        to: 'FALSE',
        when: 'executed',
      },
      {
        id: 'lib-request-new-disablelibrary',
        object: 'libRequest',
        field: '(new) DISABLELIBRARY/DISABLEDRIVE/DISABLEMEDIA',
        from: '-',
        to: 'QUEUED',
        when: 'accepted',
      },
    ],
  },
  {
    name: 'EnableNtmsObject',
    group: 'Object Management',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'dwType', type: 'DWORD', direction: 'in', about: 'NTMS_DRIVE, NTMS_LIBRARY or NTMS_PHYSICAL_MEDIA' },
      { name: 'lpObjectId', type: 'LPNTMS_GUID', direction: 'in', about: 'lpObjectId' },
    ],
    rights: [{ object: 'library', right: 'NTMS_MODIFY_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Work item accepted for later execution' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing modify right on library (XP: control)' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Id absent or kind not allowed' },
      { symbol: 'ERROR_INVALID_STATE', win32: 5023, condition: 'Object is enabled already' },
      { symbol: 'ERROR_LIBRARY_OFFLINE', win32: 4305, condition: 'Offline library cannot be switched' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'Object id unknown' },
    ],
    rules: [
      {
        id: 'only-libraries-drives-physical',
        text: 'Only libraries, drives and physical media can be switched.',
        source: 'MS-RSMP 3.2.5.2.4.8',
      },
      {
        id: 'repeating-same-switch-invalid',
        text: 'Repeating the same switch is INVALID_STATE, not a silent success.',
        source: 'MS-RSMP 3.2.5.2.4.8',
      },
      {
        id: 'request-queued-execution-lag',
        text: 'Request is queued; execution may lag.',
        source: 'sdk DisableNtmsObject',
      },
    ],
    changes: [
      {
        id: 'library-drive-physical-media',
        object: 'library|drive|physicalMedia',
        field: 'Enabled',
        from: 'FALSE',
        to: 'TRUE',
        when: 'executed',
      },
      {
        id: 'lib-request-new-enablelibrary',
        object: 'libRequest',
        field: '(new) ENABLELIBRARY/ENABLEDRIVE/ENABLEMEDIA',
        from: '-',
        to: 'QUEUED',
        when: 'accepted',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
