import type { DocumentedFunction } from './documented-function.js';

/** Library requests, as documented. */
export const requestControlFunctions = [
  {
    name: 'CancelNtmsLibraryRequest',
    group: 'Library Control',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpRequestId', type: 'LPNTMS_GUID', direction: 'in', about: 'library request id' },
    ],
    rights: [{ object: 'library', right: 'NTMS_CONTROL_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Work item accepted for later execution' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Not administrator, or request already being handled' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Request id pointer absent' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'Unknown id, or request already finished' },
    ],
    rules: [
      {
        id: 'only-outstanding-requests-qualify',
        text: 'Only outstanding requests qualify.',
        source: 'MS-RSMP 3.2.5.2.1.7',
      },
      {
        id: 'busy-library-queues-cancellation',
        text: 'Busy library queues the cancellation and reports success.',
        source: 'MS-RSMP 3.2.5.2.1.7',
      },
      {
        id: 'cancellation-itself-work-item',
        text: 'Cancellation is itself a work item (REMOVE) whose WorkItemId names the victim.',
        source: 'sdk NTMS_LIBREQUESTINFORMATION; MS-RSMP 2.2.4.3',
      },
      {
        id: 'completion-announced-request-id',
        text: 'Completion is announced with the request id.',
        source: 'MS-RSMP 3.2.5.2.1.7',
      },
    ],
    changes: [
      {
        id: 'lib-request-state-cancelled',
        object: 'libRequest',
        field: 'State',
        from: 'QUEUED|WAITING|DEFERRED',
        to: 'CANCELLED',
        when: 'success',
      },
      {
        id: 'lib-request-new-remove',
        object: 'libRequest',
        field: '(new) REMOVE',
        from: '-',
        to: 'QUEUED',
        when: 'library busy',
      },
    ],
  },
  {
    name: 'GetNtmsRequestOrder',
    group: 'Library Control',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpRequestId', type: 'LPNTMS_GUID', direction: 'in', about: 'lpRequestId' },
      { name: 'lpdwOrderNumber', type: 'LPDWORD', direction: 'out', about: '1 is first, 0 unordered' },
    ],
    rights: [{ object: 'computer', right: 'NTMS_CONTROL_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing control right on the computer' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Pointer argument absent' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'No request has this id' },
    ],
    rules: [
      {
        id: 'numbering-starts-1-lower',
        text: 'Numbering starts at 1; lower runs earlier.',
        source: 'MS-RSMP 3.2.5.2.1.14; sdk GetNtmsRequestOrder',
      },
      { id: 'zero-means-request-no', text: 'Zero means this request has no order.', source: 'sdk GetNtmsRequestOrder' },
      {
        id: 'order-counts-within-operation',
        text: 'Order counts within one operation class only; classes run in fixed precedence.',
        source: 'sdk GetNtmsRequestOrder',
      },
    ],
    changes: [],
  },
  {
    name: 'SetNtmsRequestOrder',
    group: 'Library Control',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpRequestId', type: 'LPNTMS_GUID', direction: 'in', about: 'lpRequestId' },
      { name: 'dwOrderNumber', type: 'DWORD', direction: 'in', about: '1 first, 0xFFFFFFFF last' },
    ],
    rights: [{ object: 'computer', right: 'NTMS_CONTROL_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing control right on the computer' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Request id absent or order unacceptable' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'No request has this id' },
    ],
    rules: [
      {
        id: 'queue-kept-sorted-operation',
        text: 'Queue is kept sorted by operation type first; dismounts precede mounts.',
        source: 'MS-RSMP 3.2.5.2.1.15; MS-RSMP note <22>',
      },
      {
        id: 'practice-only-mount-requests',
        text: 'In practice only mount requests obey the number.',
        source: 'MS-RSMP note <22>',
      },
      { id: '1-means-run-next', text: '1 means run next; a huge number postpones.', source: 'MS-RSMP note <22>' },
      {
        id: 'request-whose-order-0',
        text: 'A request whose order is 0 cannot be renumbered.',
        source: 'MS-RSMP note <22>',
      },
    ],
    changes: [
      {
        id: 'lib-request-order-dwordernumber',
        object: 'libRequest',
        field: 'order',
        from: 'n',
        to: 'dwOrderNumber',
        when: 'success',
      },
    ],
  },
  {
    name: 'DeleteNtmsRequests',
    group: 'Library Control',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpRequestId', type: 'LPNTMS_GUID', direction: 'in', about: 'lpRequestId' },
      { name: 'dwType', type: 'DWORD', direction: 'in', about: 'NTMS_LIBREQUEST or NTMS_OPREQUEST' },
      { name: 'dwCount', type: 'DWORD', direction: 'in', about: 'dwCount' },
    ],
    rights: [{ object: 'computer', right: 'NTMS_MODIFY_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing modify right on the computer' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_DATABASE_FULL', win32: 4314, condition: 'RSM store has no room' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'List absent or type not a request' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
    ],
    rules: [
      {
        id: 'removes-only-finished-requests',
        text: 'Removes only finished requests: completed, failed, refused or cancelled.',
        source: 'MS-RSMP 3.2.5.2.1.16',
      },
      {
        id: 'submitted-queued-waiting-running',
        text: 'Submitted, queued, waiting and running requests are left untouched.',
        source: 'MS-RSMP 3.2.5.2.1.16',
      },
      {
        id: 'unknown-ids-ignored-without',
        text: 'Unknown ids are ignored without error.',
        source: 'MS-RSMP 3.2.5.2.1.16',
      },
    ],
    changes: [
      {
        id: 'lib-request-exists-deleted',
        object: 'libRequest',
        field: 'exists',
        from: 'PASSED|FAILED|CANCELLED|STOPPED|INVALID',
        to: 'deleted',
        when: 'dwType LIBREQUEST',
      },
      {
        id: 'op-request-exists-deleted',
        object: 'opRequest',
        field: 'exists',
        from: 'COMPLETE|REFUSED',
        to: 'deleted',
        when: 'dwType OPREQUEST',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
