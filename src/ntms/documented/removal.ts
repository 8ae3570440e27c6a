import type { DocumentedFunction } from './documented-function.js';

/** Libraries and drives that are removed; volumes of a drive, as documented. */
export const removalFunctions = [
  {
    name: 'DeleteNtmsLibrary',
    group: 'Library Control',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpLibraryId', type: 'LPNTMS_GUID', direction: 'in', about: 'lpLibraryId' },
    ],
    rights: [{ object: 'library', right: 'NTMS_MODIFY_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing modify right on the library' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_DATABASE_FULL', win32: 4314, condition: 'RSM store has no room' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_LIBRARY', win32: 4301, condition: 'Library id unknown' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Library id pointer absent' },
      { symbol: 'ERROR_INVALID_STATE', win32: 5023, condition: 'Library is disabled or still online' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
    ],
    rules: [
      {
        id: 'library-enabled-yet-disconnected',
        text: 'Library must be enabled yet disconnected.',
        source: 'MS-RSMP 3.2.5.2.1.12',
      },
      {
        id: 'cartridges-first-move-offline',
        text: 'Its cartridges first move to the offline library, then all devices go with it.',
        source: 'MS-RSMP 3.2.5.2.1.12',
      },
      {
        id: 'meant-hardware-no-longer',
        text: 'Meant for hardware that is no longer attached.',
        source: 'sdk DeleteNtmsLibrary',
      },
    ],
    changes: [
      {
        id: 'physical-media-current-library',
        object: 'physicalMedia',
        field: 'CurrentLibrary',
        from: 'library',
        to: 'offline library',
        when: 'before deletion',
      },
      {
        id: 'library-drive-slot-door',
        object: 'library/drive/slot/door/port/changer',
        field: 'exists',
        from: 'present',
        to: 'deleted',
        when: 'success',
      },
    ],
  },
  {
    name: 'DeleteNtmsDrive',
    group: 'Library Control',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpDriveId', type: 'LPNTMS_GUID', direction: 'in', about: 'lpDriveId' },
    ],
    rights: [{ object: 'library', right: 'NTMS_MODIFY_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing modify right on the library' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_DATABASE_FULL', win32: 4314, condition: 'RSM store has no room' },
      { symbol: 'ERROR_INVALID_DRIVE', win32: 15, condition: 'Drive id unknown' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_LIBRARY', win32: 4301, condition: 'Library of the drive is unknown' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Drive id pointer absent' },
      { symbol: 'ERROR_INVALID_STATE', win32: 5023, condition: 'Drive still present, or library disabled or online' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
    ],
    rules: [
      {
        id: 'drive-robotic-library-ntms',
        text: 'Drive in a robotic library must be NTMS_NOT_PRESENT.',
        source: 'MS-RSMP 3.2.5.2.1.13',
      },
      {
        id: 'drive-slotless-stand-alone',
        text: 'A drive of a slotless (stand-alone) library takes the whole library with it.',
        source: 'MS-RSMP 3.2.5.2.1.13',
      },
      { id: 'library-enabled-offline', text: 'Library must be enabled and offline.', source: 'MS-RSMP 3.2.5.2.1.13' },
    ],
    changes: [
      {
        id: 'drive-exists-deleted-success',
        object: 'drive',
        field: 'exists',
        from: 'NOT_PRESENT',
        to: 'deleted',
        when: 'success',
      },
      {
        id: 'library-exists-deleted-zero',
        object: 'library',
        field: 'exists',
        from: 'present',
        to: 'deleted',
        when: 'zero slots',
      },
      {
        id: 'library-dw-number-drives',
        object: 'library',
        field: 'dwNumberOfDrives',
        from: 'n',
        to: 'n-1',
        when: 'robotic',
      },
    ],
  },
  {
    name: 'GetVolumesFromDrive',
    group: 'Library Control',
    parameters: [
      { name: 'pszDriveName', type: 'LPWSTR', direction: 'in', about: 'pszDriveName' },
      { name: 'VolumeNameBufferPtr', type: 'LPWSTR *', direction: 'out', about: 'VolumeNameBufferPtr' },
      { name: 'DriveLetterBufferPtr', type: 'LPWSTR *', direction: 'out', about: 'DriveLetterBufferPtr' },
    ],
    rights: [],
    returnCodes: [{ symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' }],
    rules: [
      {
        id: 'most-volume-letter-per',
        text: 'At most one volume and one letter per removable drive are assumed.',
        source: 'sdk GetVolumesFromDrive',
      },
      {
        id: 'other-system-error-code',
        text: 'Any other system error code may come back.',
        source: 'sdk GetVolumesFromDrive',
      },
    ],
    changes: [],
  },
] as const satisfies readonly DocumentedFunction[];
