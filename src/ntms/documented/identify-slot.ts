import type { DocumentedFunction } from './documented-function.js';

/** Identification of a slot, as documented. */
export const identifySlotFunctions = [
  {
    name: 'IdentifyNtmsSlot',
    group: 'Library Control',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpSlotId', type: 'LPNTMS_GUID', direction: 'in', about: 'the slot' },
      { name: 'dwOption', type: 'DWORD', direction: 'in', about: 'NtmsDismountOptions or 0' },
    ],
    rights: [{ object: 'library', right: 'NTMS_CONTROL_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing control right on the library' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Slot id absent or option outside 0,1,2' },
      { symbol: 'ERROR_LIBRARY_OFFLINE', win32: 4305, condition: 'Library is offline' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'Slot id unknown' },
    ],
    rules: [
      {
        id: 'mounts-and-reads',
        text: 'Mounts the slot content, reads its label, then deals with the cartridge per option.',
        source: 'MS-RSMP 3.2.5.2.6.1',
      },
      {
        id: 'option-says-where-it-stays',
        text: 'Deferred leaves it in the drive as dismountable; immediate and 0 return it.',
        source: 'MS-RSMP 3.2.5.2.6.1',
      },
      {
        id: 'empty-slot-succeeds',
        text: 'An empty slot succeeds and creates no record.',
        source: 'sdk IdentifyNtmsSlot',
      },
      {
        id: 'returns-when-over',
        text: 'Call returns only after identification is over.',
        source: 'sdk IdentifyNtmsSlot',
      },
      { id: 'version-gap', text: 'Absent on Windows 2000.', source: 'MS-RSMP note <79>' },
    ],
    changes: [
      {
        id: 'drive-loaded',
        object: 'drive',
        field: 'State',
        from: 'DISMOUNTED',
        to: 'LOADED then DISMOUNTED|DISMOUNTABLE',
        when: 'run',
      },
      {
        id: 'slot-classified',
        object: 'slot',
        field: 'State',
        from: 'NEEDSINVENTORY',
        to: 'FULL|EMPTY',
        when: 'done',
      },
      {
        id: 'side-identified',
        object: 'side',
        field: 'State',
        from: 'UNKNOWN',
        to: 'FOREIGN|IMPORT|known state',
        when: 'identified',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
