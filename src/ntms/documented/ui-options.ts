import type { DocumentedFunction } from './documented-function.js';

/** Where messages go, as documented. */
export const uiOptionFunctions = [
  {
    name: 'GetNtmsUIOptions',
    group: 'Library Control',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      {
        name: 'lpObjectId',
        type: 'const LPNTMS_GUID',
        direction: 'in',
        about: 'computer or library id, null means this session',
      },
      { name: 'dwType', type: 'DWORD', direction: 'in', about: 'NtmsUITypes 1..3' },
      { name: 'lpszDestination', type: 'LPWSTR', direction: 'out', about: 'double-null list' },
      { name: 'lpdwBufSize', type: 'LPDWORD', direction: 'in and out', about: 'characters' },
    ],
    rights: [{ object: 'governing object', right: 'NTMS_USE_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing use right on library or computer' },
      { symbol: 'ERROR_INSUFFICIENT_BUFFER', win32: 122, condition: 'List longer than buffer; size returned' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Pointer absent, wrong container, or bad type' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'Id is no computer or library' },
    ],
    rules: [
      {
        id: 'result-list-machine-names',
        text: 'Result is a list of machine names for one object and one message type.',
        source: 'MS-RSMP 3.2.5.2.7.3',
      },
      { id: 'empty-list-success-size', text: 'Empty list is success with size zero.', source: 'sdk GetNtmsUIOptions' },
      {
        id: 'null-object-selects-calling',
        text: 'Null object selects the calling session; sessions of one application are separate.',
        source: 'sdk GetNtmsUIOptions',
      },
      {
        id: 'error-type-messages-undefined',
        text: 'Error-type messages are undefined for the application scope.',
        source: 'sdk GetNtmsUIOptions',
      },
    ],
    changes: [],
  },
  {
    name: 'SetNtmsUIOptions',
    group: 'Library Control',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      {
        name: 'lpObjectId',
        type: 'const LPNTMS_GUID',
        direction: 'in',
        about: 'computer or library id, null means this session',
      },
      { name: 'dwType', type: 'DWORD', direction: 'in', about: 'NtmsUITypes 1..3' },
      { name: 'dwOperation', type: 'DWORD', direction: 'in', about: 'NtmsUIOperations' },
      { name: 'lpszDestination', type: 'LPCWSTR', direction: 'in', about: 'machine name' },
    ],
    rights: [
      { object: 'library', right: 'NTMS_USE_ACCESS' },
      { object: 'library', right: 'NTMS_MODIFY_ACCESS' },
      { object: 'computer', right: 'NTMS_USE_ACCESS' },
      { object: 'computer', right: 'NTMS_MODIFY_ACCESS' },
    ],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing use and modify right' },
      { symbol: 'ERROR_ALREADY_EXISTS', win32: 183, condition: 'Destination is already listed' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Bad container, type, or operation' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'Id is no computer or library' },
    ],
    rules: [
      {
        id: 'library-computer-lists-persist',
        text: 'Library and computer lists persist; session lists end with the session.',
        source: 'sdk SetNtmsUIOptions',
      },
      {
        id: 'names-never-checked-reachability',
        text: 'Names are never checked for reachability.',
        source: 'sdk SetNtmsUIOptions',
      },
      {
        id: 'null-name-stands-client',
        text: 'Null name stands for the client machine; empty string for the local machine.',
        source: 'MS-RSMP 3.2.5.2.7.5; sdk SetNtmsUIOptions',
      },
      {
        id: 'deleteall-ignores-name-silences',
        text: 'DELETEALL ignores the name and silences UI for the object.',
        source: 'sdk SetNtmsUIOptions',
      },
    ],
    changes: [
      {
        id: 'ui-destination-exists-present',
        object: 'uiDestination',
        field: 'exists',
        from: 'absent',
        to: 'present',
        when: 'ADD',
      },
      {
        id: 'ui-destination-exists-absent',
        object: 'uiDestination',
        field: 'exists',
        from: 'present',
        to: 'absent',
        when: 'DELETE, DELETEALL',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
