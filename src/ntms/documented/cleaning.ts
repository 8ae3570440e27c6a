import type { DocumentedFunction } from './documented-function.js';

/** Cleaning and the slot of the cleaner, as documented. */
export const cleaningFunctions = [
  {
    name: 'CleanNtmsDrive',
    group: 'Cleaner Management',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpDriveId', type: 'LPNTMS_GUID', direction: 'in', about: 'the drive' },
    ],
    rights: [{ object: 'library', right: 'NTMS_CONTROL_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Work item accepted for later execution' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing control right on the library' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_DATABASE_FULL', win32: 4314, condition: 'RSM store has no room' },
      { symbol: 'ERROR_DEVICE_NOT_AVAILABLE', win32: 4319, condition: 'Drive disabled or offline' },
      { symbol: 'ERROR_INVALID_DRIVE', win32: 15, condition: 'Drive id unknown' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_LIBRARY', win32: 4301, condition: 'Library of the drive is unknown' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Drive id pointer absent' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
      { symbol: 'ERROR_RESOURCE_DISABLED', win32: 4309, condition: 'Drive or library is disabled' },
      {
        symbol: 'ERROR_RESOURCE_NOT_PRESENT',
        win32: 4316,
        condition: 'Library is offline, or cleaner resource missing',
      },
    ],
    rules: [
      {
        id: 'stand-alone-is-stamped',
        text: 'Stand-alone drives are simply stamped as cleaned with the current time.',
        source: 'MS-RSMP 3.2.5.2.1.4',
      },
      {
        id: 'looks-for-cleaner-or-asks',
        text: 'Robotic libraries look for a cleaner; lacking one, an operator request asks for it.',
        source: 'MS-RSMP 3.2.5.2.1.4; MS-RSMP 3.2.1.4',
      },
      {
        id: 'offline-is-not-present',
        text: 'Offline library yields RESOURCE_NOT_PRESENT here, unlike sibling calls.',
        source: 'MS-RSMP 3.2.5.2.1.4',
      },
      {
        id: 'ends-with-service',
        text: 'Queued cleanings do not survive a service restart.',
        source: 'sdk CleanNtmsDrive; doc rsm-startup',
      },
      {
        id: 'completion-announced',
        text: 'Completion is announced with the drive id.',
        source: 'MS-RSMP 3.2.5.2.1.4',
      },
    ],
    changes: [
      {
        id: 'request-queued',
        object: 'libRequest',
        field: '(new) CLEANDRIVE',
        from: '-',
        to: 'QUEUED',
        when: 'accepted',
      },
      {
        id: 'drive-being-cleaned',
        object: 'drive',
        field: 'State',
        from: 'DISMOUNTED',
        to: 'BEING_CLEANED then DISMOUNTED',
        when: 'robotic run',
      },
      { id: 'drive-last-cleaned', object: 'drive', field: 'LastCleanedTs', from: 'old', to: 'now', when: 'cleaned' },
      {
        id: 'library-uses-counted',
        object: 'library',
        field: 'dwCleanerUsesRemaining',
        from: 'n',
        to: 'n-1',
        when: 'unless 0xFFFFFFFF',
      },
      {
        id: 'operator-asked',
        object: 'opRequest',
        field: '(new) CLEANER',
        from: '-',
        to: 'SUBMITTED',
        when: 'no usable cleaner',
      },
    ],
  },
  {
    name: 'ReserveNtmsCleanerSlot',
    group: 'Cleaner Management',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpLibrary', type: 'LPNTMS_GUID', direction: 'in', about: 'the library' },
      { name: 'lpSlot', type: 'LPNTMS_GUID', direction: 'in', about: 'the slot to keep for the cleaner' },
    ],
    rights: [{ object: 'library', right: 'NTMS_CONTROL_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Work item accepted for later execution' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing control right on the library' },
      {
        symbol: 'ERROR_CLEANER_SLOT_SET',
        win32: 4331,
        condition:
          "Some slot here already serves the cleaner (the page's ERROR_ALREADY_RESERVED, which winerror.h does not have); library has its cleaner slot already",
      },
      { symbol: 'ERROR_DEVICE_NOT_AVAILABLE', win32: 4319, condition: 'Library is not attached' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_LIBRARY', win32: 4301, condition: 'Library id unknown' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Library or slot pointer absent' },
      {
        symbol: 'ERROR_OBJECT_NOT_FOUND',
        win32: 4312,
        condition: "Slot id unknown (the page's ERROR_INVALID_SLOT, which winerror.h does not have)",
      },
      { symbol: 'ERROR_LIBRARY_OFFLINE', win32: 4305, condition: 'Library is offline' },
      { symbol: 'ERROR_NOT_CONNECTED', win32: 2250, condition: 'RSM server cannot be contacted' },
      {
        symbol: 'ERROR_RESOURCE_NOT_AVAILABLE',
        win32: 5006,
        condition:
          "Slot missing or occupied; slot holds a cartridge (the page's ERROR_SLOT_FULL, which winerror.h does not have); slot missing, magazine removed (the page's ERROR_SLOT_NOT_PRESENT, which winerror.h does not have)",
      },
    ],
    rules: [
      { id: 'one-slot-per-library', text: 'At most one cleaner slot per library.', source: 'MS-RSMP 3.2.5.2.1.8' },
      {
        id: 'slot-present-and-empty',
        text: 'Chosen slot may not be missing nor filled.',
        source: 'MS-RSMP 3.2.5.2.1.8',
      },
      {
        id: 'release-before-change',
        text: 'Changing the slot requires releasing the old one first.',
        source: 'sdk ReserveNtmsCleanerSlot',
      },
      {
        id: 'completion-announced',
        text: 'Completion is announced with the library id.',
        source: 'MS-RSMP 3.2.5.2.1.8',
      },
    ],
    changes: [
      {
        id: 'library-slot-set',
        object: 'library',
        field: 'CleanerSlot',
        from: 'null',
        to: 'slot id',
        when: 'success',
      },
      {
        id: 'request-queued',
        object: 'libRequest',
        field: '(new) RESERVECLEANER',
        from: '-',
        to: 'QUEUED',
        when: 'accepted',
      },
    ],
  },
  {
    name: 'ReleaseNtmsCleanerSlot',
    group: 'Cleaner Management',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpLibrary', type: 'LPNTMS_GUID', direction: 'in', about: 'the library' },
    ],
    rights: [{ object: 'library', right: 'NTMS_CONTROL_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Work item accepted for later execution' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing control right on the library' },
      { symbol: 'ERROR_DEVICE_NOT_AVAILABLE', win32: 4319, condition: 'Library is not attached' },
      { symbol: 'ERROR_INVALID_ADDRESS', win32: 487, condition: 'Pointer refers to unusable memory' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_LIBRARY', win32: 4301, condition: 'Library id unknown' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Library pointer absent' },
      { symbol: 'ERROR_LIBRARY_OFFLINE', win32: 4305, condition: 'Library is offline' },
      { symbol: 'ERROR_NOT_CONNECTED', win32: 2250, condition: 'RSM server cannot be contacted' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
      {
        symbol: 'ERROR_CLEANER_SLOT_NOT_SET',
        win32: 4332,
        condition:
          "Library has no reserved cleaner slot (the page's ERROR_NO_SLOT_RESERVED, which winerror.h does not have)",
      },
      { symbol: 'ERROR_RESOURCE_DISABLED', win32: 4309, condition: 'Library is disabled' },
      {
        symbol: 'ERROR_RESOURCE_NOT_PRESENT',
        win32: 4316,
        condition:
          "Needed resource does not exist; reserved slot missing, magazine removed (the page's ERROR_SLOT_NOT_PRESENT, which winerror.h does not have)",
      },
      {
        symbol: 'ERROR_RESOURCE_NOT_AVAILABLE',
        win32: 5006,
        condition: "Reserved slot still holds the cleaner (the page's ERROR_SLOT_FULL, which winerror.h does not have)",
      },
    ],
    rules: [
      {
        id: 'slot-reserved-present-empty',
        text: 'Works only when a slot is reserved, present and empty.',
        source: 'MS-RSMP 3.2.5.2.1.9',
      },
      { id: 'freed-slot-takes-data', text: 'Freed slot takes data cartridges again.', source: 'MS-RSMP 3.2.5.2.1.9' },
      {
        id: 'completion-announced',
        text: 'Completion is announced with the library id.',
        source: 'MS-RSMP 3.2.5.2.1.9',
      },
    ],
    changes: [
      {
        id: 'library-slot-null',
        object: 'library',
        field: 'CleanerSlot',
        from: 'slot id',
        to: 'null',
        when: 'success',
      },
      {
        id: 'request-queued',
        object: 'libRequest',
        field: '(new) RELEASECLEANER',
        from: '-',
        to: 'QUEUED',
        when: 'accepted',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
