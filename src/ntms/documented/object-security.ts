import type { DocumentedFunction } from './documented-function.js';

/** Security of objects, as documented. */
export const objectSecurityFunctions = [
  {
    name: 'GetNtmsObjectSecurity',
    group: 'Object Management',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpObjectId', type: 'LPNTMS_GUID', direction: 'in', about: 'the object' },
      { name: 'dwType', type: 'DWORD', direction: 'in', about: 'NtmsObjectsTypes' },
      {
        name: 'RequestedInformation',
        type: 'SECURITY_INFORMATION',
        direction: 'in',
        about: 'SECURITY_INFORMATION bits',
      },
      {
        name: 'lpSecurityDescriptor',
        type: 'PSECURITY_DESCRIPTOR',
        direction: 'out',
        about: 'owner, group, access list',
      },
      { name: 'nLength', type: 'DWORD', direction: 'in', about: 'bytes' },
      { name: 'lpnLengthNeeded', type: 'LPDWORD', direction: 'out', about: 'bytes' },
    ],
    rights: [{ object: 'governing object', right: 'READ_CONTROL' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing read-control right on the object' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      {
        symbol: 'ERROR_INSUFFICIENT_BUFFER',
        win32: 122,
        condition: 'Descriptor longer than buffer; needed size returned',
      },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Pointer argument absent' },
      { symbol: 'ERROR_NO_SECURITY_ON_OBJECT', win32: 1350, condition: 'Object carries no descriptor' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'Object id unknown' },
    ],
    rules: [
      {
        id: 'descriptors-use-ordinary-windows',
        text: 'Descriptors use the ordinary Windows layout.',
        source: 'MS-RSMP 3.2.5.2.4.1',
      },
      {
        id: 'effective-security-sits-pools',
        text: 'Effective security sits on pools, libraries and computer; other kinds borrow it.',
        source: 'MS-RSMP note <20>; doc rsm-security',
      },
      {
        id: 'nested-pools-lowest-pool',
        text: 'With nested pools the lowest pool governs its media.',
        source: 'MS-RSMP note <20>',
      },
    ],
    changes: [],
  },
  {
    name: 'SetNtmsObjectSecurity',
    group: 'Object Management',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpObjectId', type: 'LPNTMS_GUID', direction: 'in', about: 'the object' },
      { name: 'dwType', type: 'DWORD', direction: 'in', about: 'NtmsObjectsTypes' },
      {
        name: 'SecurityInformation',
        type: 'SECURITY_INFORMATION',
        direction: 'in',
        about: 'SECURITY_INFORMATION bits: the parts to be written',
      },
      {
        name: 'lpSecurityDescriptor',
        type: 'PSECURITY_DESCRIPTOR',
        direction: 'in',
        about: 'owner, group, access list',
      },
    ],
    rights: [{ object: 'governing object', right: 'WRITE_DAC' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Not owner and no write-DAC right' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_DATABASE_FULL', win32: 4314, condition: 'RSM store has no room' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Pointer argument absent' },
      { symbol: 'ERROR_NO_SECURITY_ON_OBJECT', win32: 1350, condition: 'Object kind carries no descriptor' },
      { symbol: 'ERROR_OBJECT_NOT_FOUND', win32: 4312, condition: 'Object id unknown' },
    ],
    rules: [
      {
        id: 'changing-dacl-needs-write',
        text: 'Changing the DACL needs write-DAC or ownership.',
        source: 'MS-RSMP 3.2.5.2.4.2',
      },
      {
        id: 'changing-sacl-needs-security',
        text: 'Changing the SACL needs the security privilege switched on.',
        source: 'MS-RSMP 3.2.5.2.4.2',
      },
      {
        id: 'administrators-server-keep-access',
        text: 'Administrators of the server keep access whatever the list says (2003 and later).',
        source: 'MS-RSMP note <85>',
      },
      {
        id: 'wire-form-carries-extra',
        text: 'Wire form carries an extra length argument that must be non-zero.',
        source: 'MS-RSMP 3.2.5.2.4.2',
      },
    ],
    changes: [
      {
        id: 'security-descriptor-new-success',
        object: 'any',
        field: 'security descriptor',
        from: 'old',
        to: 'new',
        when: 'success',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
