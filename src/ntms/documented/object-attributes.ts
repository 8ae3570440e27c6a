import type { DocumentedFunction } from './documented-function.js';

/** Writing of records, and attributes, as documented. */
export const objectAttributeFunctions = [
  {
    name: 'SetNtmsObjectInformation',
    group: 'Object Management',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpObjectId', type: 'LPNTMS_GUID', direction: 'in', about: 'the object' },
      { name: 'lpInfo', type: 'LPNTMS_OBJECTINFORMATIONW', direction: 'in', about: 'full record from a prior get' },
    ],
    rights: [
      { object: 'media pool', right: 'NTMS_MODIFY_ACCESS' },
      { object: 'library', right: 'NTMS_MODIFY_ACCESS' },
      { object: 'library', right: 'NTMS_CONTROL_ACCESS' },
      { object: 'computer', right: 'NTMS_MODIFY_ACCESS' },
    ],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      {
        symbol: 'ERROR_ACCESS_DENIED',
        win32: 5,
        condition: 'Missing modify (library: control) right, or kind read-only',
      },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_DATABASE_FULL', win32: 4314, condition: 'RSM store has no room' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Pointer absent, or size or type wrong' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'Object id unknown' },
    ],
    rules: [
      {
        id: 'every-writable-field-overwritten',
        text: 'Every writable field is overwritten from the record, no merge with concurrent writers.',
        source: 'MS-RSMP 3.2.5.2.3.4',
      },
      { id: 'read-only-fields-ignored', text: 'Read-only fields are ignored.', source: 'sdk NTMS_OBJECTINFORMATION' },
      {
        id: 'callers-should-read-first',
        text: 'Callers should read first, since each writable field must carry a value.',
        source: 'sdk SetNtmsObjectInformation',
      },
      {
        id: 'writable-fields-per-kind',
        text: 'Writable fields per kind are listed in objects.json.',
        source: 'MS-RSMP 3.2.5.2.3.4',
      },
      {
        id: 'flag-ignorecleanerusesremaining-never-client',
        text: 'Flag IGNORECLEANERUSESREMAINING is never client-set; it follows dwCleanerUsesRemaining being 0xFFFFFFFF.',
        source: 'MS-RSMP 2.2.1.11',
      },
      {
        id: 'autorecovery-switched-off-atapi',
        text: 'AutoRecovery may not be switched off for ATAPI CD libraries.',
        source: 'MS-RSMP 2.2.1.11',
      },
      { id: 'all-fields-change-none', text: 'All fields change or none do.', source: 'MS-RSMP 3.2.5.1' },
    ],
    changes: [{ id: 'modified-now-success', object: 'any', field: 'Modified', from: 't0', to: 'now', when: 'success' }],
  },
  {
    name: 'GetNtmsObjectAttribute',
    group: 'Object Management',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpObjectId', type: 'LPNTMS_GUID', direction: 'in', about: 'the object' },
      { name: 'dwType', type: 'DWORD', direction: 'in', about: 'NtmsObjectsTypes' },
      { name: 'lpAttributeName', type: 'LPCWSTR', direction: 'in', about: 'name of the attribute' },
      { name: 'lpAttributeData', type: 'LPVOID', direction: 'out', about: 'the bytes' },
      { name: 'lpAttributeSize', type: 'LPDWORD', direction: 'in and out', about: 'bytes' },
    ],
    rights: [{ object: 'governing object', right: 'NTMS_USE_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing use right on object or container' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_INSUFFICIENT_BUFFER', win32: 122, condition: 'Buffer too small; size returned' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Pointer argument absent or bad' },
      { symbol: 'ERROR_NOT_CONNECTED', win32: 2250, condition: 'RSM server cannot be contacted' },
      { symbol: 'ERROR_NO_DATA', win32: 232, condition: 'Attribute as long as the maximum or longer' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'No attribute with this name' },
      { symbol: 'RPC_S_INVALID_BOUND', win32: 1734, condition: 'A variant reports small buffers this way' },
    ],
    rules: [
      {
        id: 'private-data-opaque-bytes',
        text: 'Private data is opaque bytes under a caller-chosen name per object.',
        source: 'MS-RSMP 3.2.5.2.4.4',
      },
      {
        id: 'name-equal-used-set',
        text: 'Name must equal the one used when it was set.',
        source: 'MS-RSMP 3.2.5.2.4.4',
      },
      {
        id: 'bytes-converted-between-machine',
        text: 'Bytes are not converted between machine architectures; meant for use on the server itself.',
        source: 'MS-RSMP 3.2.5.2.4.4',
      },
      {
        id: 'r-variants-put-returned',
        text: 'R variants put returned size and true size in separate outputs, zeroing the former when too small.',
        source: 'MS-RSMP 3.2.5.2.8.2',
      },
    ],
    changes: [],
  },
  {
    name: 'SetNtmsObjectAttribute',
    group: 'Object Management',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpObjectId', type: 'LPNTMS_GUID', direction: 'in', about: 'the object' },
      { name: 'dwType', type: 'DWORD', direction: 'in', about: 'NtmsObjectsTypes' },
      { name: 'lpAttributeName', type: 'LPCWSTR', direction: 'in', about: 'name of the attribute' },
      { name: 'lpAttributeData', type: 'LPVOID', direction: 'in', about: 'the bytes' },
      { name: 'dwAttributeSize', type: 'DWORD', direction: 'in', about: 'bytes, 0 deletes' },
    ],
    rights: [{ object: 'governing object', right: 'NTMS_MODIFY_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing modify right, or kind not modifiable' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_NAME', win32: 123, condition: 'Name bad or over 32 characters with null' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Pointer absent or object invalid' },
      { symbol: 'ERROR_NOT_CONNECTED', win32: 2250, condition: 'RSM server cannot be contacted' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
      { symbol: 'ERROR_NO_DATA', win32: 232, condition: 'Data reaches or exceeds 65536 bytes' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'Object id unknown' },
    ],
    rules: [
      {
        id: 'size-zero-removes-attribute',
        text: 'Size zero removes the attribute.',
        source: 'sdk SetNtmsObjectAttribute',
      },
      {
        id: 'name-limit-32-counts',
        text: 'Name limit 32 counts the terminator, so 31 characters.',
        source: 'MS-RSMP 3.2.5.2.4.6; header',
      },
      {
        id: 'data-stay-below-65536',
        text: 'Data must stay below 65536 bytes.',
        source: 'sdk SetNtmsObjectAttribute; header',
      },
      {
        id: 'wrong-dwtype-ignored-object',
        text: 'A wrong dwType is ignored when the object id is valid.',
        source: 'MS-RSMP 3.2.5.2.4.6',
      },
    ],
    changes: [
      {
        id: 'attribute-name-new-success',
        object: 'any',
        field: 'attribute[name]',
        from: 'absent|old',
        to: 'new',
        when: 'success',
      },
      {
        id: 'attribute-name-deleted-size',
        object: 'any',
        field: 'attribute[name]',
        from: 'present',
        to: 'deleted',
        when: 'size 0',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
