import type { DocumentedFunction } from './documented-function.js';

/** Object management functions, as documented. */
export const objectManagementFunctions = [
  {
    name: 'EnumerateNtmsObject',
    group: 'Object Management',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpContainerId', type: 'const LPNTMS_GUID', direction: 'in', about: 'null lists all of the type' },
      { name: 'lpList', type: 'LPNTMS_GUID', direction: 'out', about: 'the ids found' },
      { name: 'lpdwListSize', type: 'LPDWORD', direction: 'in and out', about: 'capacity in, count out' },
      { name: 'dwType', type: 'DWORD', direction: 'in', about: 'NtmsObjectsTypes' },
      { name: 'dwOptions', type: 'DWORD', direction: 'in', about: 'NtmsEnumerateOption, media pools only' },
    ],
    rights: [{ object: 'governing object', right: 'NTMS_USE_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'List filled; zero entries also count as success' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing use right on the objects' },
      { symbol: 'ERROR_INSUFFICIENT_BUFFER', win32: 122, condition: 'More ids than capacity; total returned' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Size pointer absent, or container cannot hold type' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'Container id matches no container object' },
    ],
    rules: [
      {
        id: 'null-container',
        text: 'A null container lists every object of the type; of media pools, those at the top level only.',
        source: 'sdk EnumerateNtmsObject',
      },
      {
        id: 'null-container-media-types',
        text: 'A null container with media types lists all types that RSM knows, installed or not.',
        source: 'sdk EnumerateNtmsObject',
      },
      {
        id: 'containers-by-kind',
        text: 'Which kinds of container are valid depends on the type.',
        source: 'sdk EnumerateNtmsObject',
      },
      {
        id: 'root-pool',
        text: 'ROOTPOOL puts the root pool first; needs pool type and null container; exists only for security calls.',
        source: 'MS-RSMP 3.2.5.2.7.1',
      },
      {
        id: 'truncated-list',
        text: 'Too small a buffer still gets as many ids as fit, and the true total.',
        source: 'sdk EnumerateNtmsObject',
      },
      {
        id: 'r-variant',
        text: 'The R variant of the wire gives a list size of zero instead, and the total in an output of its own.',
        source: 'MS-RSMP 3.2.5.2.7.1',
      },
      {
        id: 'callers-loop',
        text: 'Another client may add ids between two calls, so callers loop.',
        source: 'MS-RSMP 3.2.5.2.7.1',
      },
      { id: 'active-requests', text: 'Library requests listed are active ones.', source: 'sdk EnumerateNtmsObject' },
    ],
    changes: [],
  },
  {
    name: 'GetNtmsObjectInformation',
    group: 'Object Management',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpObjectId', type: 'LPNTMS_GUID', direction: 'in', about: 'the object' },
      {
        name: 'lpInfo',
        type: 'LPNTMS_OBJECTINFORMATIONW',
        direction: 'in and out',
        about: 'the record; dwSize and dwType are set by the caller',
      },
    ],
    rights: [{ object: 'governing object', right: 'NTMS_USE_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing use right on object or its container' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Pointer absent, or size or type wrong' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'Object id unknown' },
    ],
    rules: [
      {
        id: 'size-and-type',
        text: 'Caller fills dwSize and dwType first; size must be at least the defined one.',
        source: 'MS-RSMP 3.2.5.2.3.2',
      },
      {
        id: 'kind-found-by-id',
        text: 'Type unknown (0) lets the server find the kind by id.',
        source: 'MS-RSMP 3.2.5.2.3.2',
      },
      {
        id: 'right-by-kind',
        text: 'Right needed depends on object kind: pool, library or computer.',
        source: 'MS-RSMP 3.2.5.2.3.2',
      },
      {
        id: 'offline-library',
        text: 'Of an offline library only type and media count mean anything.',
        source: 'sdk NTMS_LIBRARYINFORMATION',
      },
      {
        id: 'dangling-ids',
        text: 'Ids inside finished requests may point at deleted objects.',
        source: 'sdk NTMS_LIBREQUESTINFORMATION',
      },
    ],
    changes: [],
  },
] as const satisfies readonly DocumentedFunction[];
