import type { DocumentedFunction } from './documented-function.js';

/** Cleaner cartridges in and out, as documented. */
export const cleanerCartridgeFunctions = [
  {
    name: 'InjectNtmsCleaner',
    group: 'Cleaner Management',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpLibrary', type: 'LPNTMS_GUID', direction: 'in', about: 'the library' },
      { name: 'lpInjectOperation', type: 'LPNTMS_GUID', direction: 'in and out', about: 'out for START, in for STOP' },
      { name: 'dwNumberOfCleansLeft', type: 'DWORD', direction: 'in', about: 'remaining cycles, 0xFFFFFFFF untracked' },
      { name: 'dwAction', type: 'DWORD', direction: 'in', about: 'START or STOP' },
    ],
    rights: [{ object: 'library', right: 'NTMS_CONTROL_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Work item accepted for later execution' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing control right on the library' },
      {
        symbol: 'ERROR_CLEANER_SLOT_NOT_SET',
        win32: 4332,
        condition:
          "No cleaner slot reserved; library has no reserved cleaner slot (the page's ERROR_NO_SLOT_SET, which winerror.h does not have)",
      },
      { symbol: 'ERROR_DEVICE_NOT_AVAILABLE', win32: 4319, condition: 'Library is not attached' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_LIBRARY', win32: 4301, condition: 'Library id unknown' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Pointer absent or bad action' },
      { symbol: 'ERROR_LIBRARY_OFFLINE', win32: 4305, condition: 'Library is offline' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
      { symbol: 'ERROR_NOT_SUPPORTED', win32: 50, condition: 'STOP on a library without ports' },
      { symbol: 'ERROR_RESOURCE_DISABLED', win32: 4309, condition: 'Library or drive disabled' },
      {
        symbol: 'ERROR_RESOURCE_NOT_AVAILABLE',
        win32: 5006,
        condition:
          "Reserved slot is occupied; reserved slot already holds a cleaner (the page's ERROR_SLOT_FULL, which winerror.h does not have)",
      },
      {
        symbol: 'ERROR_RESOURCE_NOT_PRESENT',
        win32: 4316,
        condition:
          "Reserved slot missing, magazine removed (the page's ERROR_SLOT_NOT_PRESENT, which winerror.h does not have)",
      },
    ],
    rules: [
      {
        id: 'slot-reserved-beforehand',
        text: 'A cleaner slot must be reserved beforehand.',
        source: 'MS-RSMP 3.2.5.2.1.10',
      },
      {
        id: 'port-preferred',
        text: 'Port is preferred; without one, the door opens and the operator fills the reserved slot.',
        source: 'MS-RSMP 3.2.5.2.1.10; sdk InjectNtmsCleaner',
      },
      {
        id: 'door-without-inventory',
        text: 'Door insertion triggers no inventory.',
        source: 'MS-RSMP 3.2.5.2.1.10',
      },
      { id: 'one-cleaner-taken', text: 'Exactly one cleaner is taken.', source: 'MS-RSMP 3.2.5.2.1.10' },
      {
        id: 'count-of-caller',
        text: 'Cycle count given by caller becomes dwCleanerUsesRemaining.',
        source: 'MS-RSMP 3.2.5.2.1.10; MS-RSMP 2.2.1.11',
      },
      {
        id: 'completion-announced',
        text: 'Completion is announced with the operation id.',
        source: 'MS-RSMP 3.2.5.2.1.10',
      },
    ],
    changes: [
      {
        id: 'request-queued',
        object: 'libRequest',
        field: '(new) INJECTCLEANER',
        from: '-',
        to: 'QUEUED',
        when: 'START',
      },
      {
        id: 'library-uses',
        object: 'library',
        field: 'dwCleanerUsesRemaining',
        from: '0',
        to: 'dwNumberOfCleansLeft',
        when: 'inserted',
      },
      {
        id: 'library-cleaner-present',
        object: 'library',
        field: 'dwFlags CLEANERPRESENT',
        from: 'clear',
        to: 'set',
        when: 'inserted',
      },
      {
        id: 'library-uses-not-counted',
        object: 'library',
        field: 'dwFlags IGNORECLEANERUSESREMAINING',
        from: 'any',
        to: 'set iff count is 0xFFFFFFFF',
        when: 'inserted',
      },
      {
        id: 'slot-full',
        object: 'slot',
        field: 'State',
        from: 'EMPTY',
        to: 'FULL',
        when: 'reserved slot',
      },
    ],
  },
  {
    name: 'EjectNtmsCleaner',
    group: 'Cleaner Management',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpLibrary', type: 'LPNTMS_GUID', direction: 'in', about: 'the library' },
      { name: 'lpEjectOperation', type: 'LPNTMS_GUID', direction: 'in and out', about: 'out for START, in for STOP' },
      { name: 'dwAction', type: 'DWORD', direction: 'in', about: 'START or STOP' },
    ],
    rights: [{ object: 'library', right: 'NTMS_CONTROL_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Work item accepted for later execution' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing control right on the library' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_LIBRARY', win32: 4301, condition: 'Library id unknown' },
      { symbol: 'ERROR_INVALID_OPERATION', win32: 4317, condition: 'STOP on unknown operation, or portless library' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Pointer absent or action not START/STOP' },
      { symbol: 'ERROR_LIBRARY_OFFLINE', win32: 4305, condition: 'Library is offline' },
      { symbol: 'ERROR_NOT_CONNECTED', win32: 2250, condition: 'RSM server cannot be contacted' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
      {
        symbol: 'ERROR_CLEANER_SLOT_NOT_SET',
        win32: 4332,
        condition:
          "Library has no reserved cleaner slot (the page's ERROR_NO_SLOT_SET, which winerror.h does not have)",
      },
      { symbol: 'ERROR_RESOURCE_DISABLED', win32: 4309, condition: 'Library or drive disabled' },
      {
        symbol: 'ERROR_EMPTY',
        win32: 4306,
        condition: "Reserved slot holds nothing (the page's ERROR_SLOT_EMPTY, which winerror.h does not have)",
      },
      {
        symbol: 'ERROR_RESOURCE_NOT_PRESENT',
        win32: 4316,
        condition:
          "Reserved slot missing, magazine removed (the page's ERROR_SLOT_NOT_PRESENT, which winerror.h does not have)",
      },
    ],
    rules: [
      {
        id: 'reserved-slot-only',
        text: 'Works on the reserved cleaner slot only.',
        source: 'MS-RSMP 3.2.5.2.1.11',
      },
      {
        id: 'port-preferred',
        text: 'Port is used when present, otherwise the door gives access.',
        source: 'MS-RSMP 3.2.5.2.1.11',
      },
      {
        id: 'cleaner-forgotten',
        text: 'Ejected cleaners are forgotten, never listed offline.',
        source: 'MS-RSMP 3.2.5.2.1.11',
      },
      { id: 'stop-needs-port', text: 'STOP needs a port.', source: 'MS-RSMP 3.2.5.2.1.11' },
      {
        id: 'completion-announced',
        text: 'Completion is announced with the operation id.',
        source: 'MS-RSMP 3.2.5.2.1.11',
      },
    ],
    changes: [
      {
        id: 'request-queued',
        object: 'libRequest',
        field: '(new) EJECTCLEANER',
        from: '-',
        to: 'QUEUED',
        when: 'START',
      },
      {
        id: 'library-cleaner-present',
        object: 'library',
        field: 'dwFlags CLEANERPRESENT',
        from: 'set',
        to: 'clear',
        when: 'done',
      },
      {
        id: 'library-uses',
        object: 'library',
        field: 'dwCleanerUsesRemaining',
        from: 'n',
        to: '0',
        when: 'done',
      },
      {
        id: 'slot-empty',
        object: 'slot',
        field: 'State',
        from: 'FULL',
        to: 'EMPTY',
        when: 'reserved slot',
      },
      {
        id: 'medium-deleted',
        object: 'physicalMedia',
        field: 'exists',
        from: 'cleaner',
        to: 'deleted',
        when: 'done',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
