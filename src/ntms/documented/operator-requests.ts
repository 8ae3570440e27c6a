import type { DocumentedFunction } from './documented-function.js';

/** Operator requests, as documented. */
export const operatorRequestFunctions = [
  {
    name: 'SubmitNtmsOperatorRequest',
    group: 'Operator Request',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'dwRequest', type: 'DWORD', direction: 'in', about: 'NtmsOpreqCommand 1..5' },
      { name: 'lpMessage', type: 'LPCWSTR', direction: 'in', about: 'lpMessage' },
      { name: 'lpArg1Id', type: 'LPNTMS_GUID', direction: 'in', about: 'meaning by command' },
      { name: 'lpArg2Id', type: 'LPNTMS_GUID', direction: 'in', about: 'meaning by command' },
      { name: 'lpRequestId', type: 'LPNTMS_GUID', direction: 'out', about: 'lpRequestId' },
    ],
    rights: [
      { object: 'media pool', right: 'NTMS_CONTROL_ACCESS' },
      { object: 'library', right: 'NTMS_CONTROL_ACCESS' },
      { object: 'computer', right: 'NTMS_USE_ACCESS' },
    ],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing right for that command' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Bad command, or missing or surplus argument' },
      { symbol: 'ERROR_NOT_CONNECTED', win32: 2250, condition: 'RSM server cannot be contacted' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'First or second argument object unknown' },
    ],
    rules: [
      {
        id: 'command-0-invalid-changes',
        text: 'Command 0 is invalid and changes nothing.',
        source: 'MS-RSMP 3.2.5.2.5.4',
      },
      {
        id: 'newmedia-pool-first-optional',
        text: 'NEWMEDIA: pool first, optional library second.',
        source: 'MS-RSMP 3.2.5.2.5.4; sdk SubmitNtmsOperatorRequest',
      },
      {
        id: 'cleaner-library-slot-first',
        text: 'CLEANER: library or slot first; second null.',
        source: 'MS-RSMP 3.2.5.2.5.4',
      },
      {
        id: 'deviceservice-door-library-drive',
        text: 'DEVICESERVICE: door, library, drive or cartridge first; second null.',
        source: 'sdk SubmitNtmsOperatorRequest',
      },
      {
        id: 'movemedia-cartridge-first-destination',
        text: 'MOVEMEDIA: cartridge first, destination library second.',
        source: 'MS-RSMP 3.2.5.2.5.4',
      },
      {
        id: 'message-text-only-both',
        text: 'MESSAGE: text only, both null; RSM itself never uses it.',
        source: 'MS-RSMP 3.2.5.2.5.4',
      },
      {
        id: 'call-creates-request-returns',
        text: 'Call creates the request and returns its id; waiting is a separate call.',
        source: 'sdk WaitForNtmsOperatorRequest',
      },
    ],
    changes: [
      {
        id: 'op-request-state-submitted',
        object: 'opRequest',
        field: 'State',
        from: '(new)',
        to: 'SUBMITTED',
        when: 'success',
      },
    ],
  },
  {
    name: 'WaitForNtmsOperatorRequest',
    group: 'Operator Request',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpRequestId', type: 'LPNTMS_GUID', direction: 'in', about: 'lpRequestId' },
      { name: 'dwTimeout', type: 'DWORD', direction: 'in', about: 'milliseconds, 0 polls, 0xFFFFFFFF forever' },
    ],
    rights: [],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Operator completed the request' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Caller lacks a needed right' },
      { symbol: 'ERROR_CANCELLED', win32: 1223, condition: 'Operator refused the request' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Request id pointer absent' },
      { symbol: 'ERROR_NOT_CONNECTED', win32: 2250, condition: 'RSM server cannot be contacted' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'Request gone from store or never existed' },
      { symbol: 'ERROR_TIMEOUT', win32: 1460, condition: 'Limit passed, request still open' },
    ],
    rules: [
      { id: 'blocks-until-complete-refused', text: 'Blocks until complete or refused.', source: 'MS-RSMP 3.2.5.2.5.6' },
      {
        id: 'timeout-0-poll-open',
        text: 'Timeout 0 is a poll: open requests answer TIMEOUT.',
        source: 'MS-RSMP 3.2.5.2.5.6',
      },
      {
        id: 'finished-requests-get-purged',
        text: 'Finished requests get purged (default 259200 s), after which waiting answers not found.',
        source: 'MS-RSMP 3.2.5.2.5.6; MS-RSMP note <16>',
      },
      { id: 'timing-out-leaves-request', text: 'Timing out leaves the request open.', source: 'MS-RSMP 3.2.5.2.5.6' },
    ],
    changes: [],
  },
  {
    name: 'CancelNtmsOperatorRequest',
    group: 'Operator Request',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpRequestId', type: 'LPNTMS_GUID', direction: 'in', about: 'lpRequestId' },
    ],
    rights: [{ object: 'computer', right: 'NTMS_CONTROL_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Caller is no administrator (control on computer)' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Request id pointer absent' },
      { symbol: 'ERROR_INVALID_STATE', win32: 5023, condition: 'Request already complete or refused' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'Request id unknown' },
    ],
    rules: [
      {
        id: 'state-becomes-refused-there',
        text: 'State becomes refused; there is no cancelled member.',
        source: 'MS-RSMP 3.2.5.2.5.7',
      },
      {
        id: 'waiting-callers-wake-cancelled',
        text: 'Waiting callers wake with CANCELLED.',
        source: 'MS-RSMP 3.2.5.2.5.6; doc operator-requests',
      },
    ],
    changes: [
      {
        id: 'op-request-state-refused',
        object: 'opRequest',
        field: 'State',
        from: 'SUBMITTED|ACTIVE|INPROGRESS',
        to: 'REFUSED',
        when: 'success',
      },
    ],
  },
  {
    name: 'SatisfyNtmsOperatorRequest',
    group: 'Operator Request',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpRequestId', type: 'LPNTMS_GUID', direction: 'in', about: 'lpRequestId' },
    ],
    rights: [{ object: 'computer', right: 'NTMS_CONTROL_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Caller is no administrator (control on computer)' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Request id pointer absent' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'Unknown id, or request finished earlier' },
    ],
    rules: [
      {
        id: 'state-becomes-complete-blocked',
        text: 'State becomes complete; blocked allocate or mount calls retry.',
        source: 'MS-RSMP 3.2.5.2.5.8; sdk AllocateNtmsMedia',
      },
      {
        id: 'applications-use-they-notice',
        text: 'Applications may use it when they notice the operator did the job without confirming.',
        source: 'sdk SatisfyNtmsOperatorRequest',
      },
    ],
    changes: [
      {
        id: 'op-request-state-complete',
        object: 'opRequest',
        field: 'State',
        from: 'SUBMITTED|ACTIVE|INPROGRESS',
        to: 'COMPLETE',
        when: 'success',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
