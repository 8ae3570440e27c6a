import type { DocumentedFunction } from './documented-function.js';

/** On-media identifiers, as documented. */
export const onMediaIdentifierFunctions = [
  {
    name: 'UpdateNtmsOmidInfo',
    group: 'On-Media Identifier',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpMediaId', type: 'LPNTMS_GUID', direction: 'in', about: 'logical media id' },
      { name: 'labelType', type: 'DWORD', direction: 'in', about: '1 raw label, 2 file system' },
      { name: 'numberOfBytes', type: 'DWORD', direction: 'in', about: 'how many bytes of the buffer count' },
      { name: 'lpBuffer', type: 'LPVOID', direction: 'in', about: 'raw bytes or NTMS_FILESYSTEM_INFO' },
    ],
    rights: [{ object: 'library', right: 'NTMS_CONTROL_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing control right' },
      {
        symbol: 'ERROR_BAD_FORMAT',
        win32: 11,
        condition: 'No label library claims the raw label (the page names no code; it is that of ClaimMediaLabel)',
      },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      {
        symbol: 'ERROR_INVALID_MEDIA',
        win32: 4300,
        condition:
          "Logical media id unknown; side behind the logical medium missing (the page's ERROR_INVALID_PARTITION, which winerror.h does not have)",
      },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Media id pointer absent' },
      { symbol: 'ERROR_NOT_CONNECTED', win32: 2250, condition: 'RSM server cannot be contacted' },
    ],
    rules: [
      {
        id: 'only-on-the-server',
        text: 'Must run on the RSM server; remote use fails.',
        source: 'sdk UpdateNtmsOmidInfo',
      },
      {
        id: 'right-after-writing',
        text: 'Call it right after writing a label to newly allocated media.',
        source: 'sdk UpdateNtmsOmidInfo',
      },
      {
        id: 'every-label-library-is-asked',
        text: 'Raw bytes are handed to each installed label library; one must claim them.',
        source: 'sdk UpdateNtmsOmidInfo',
      },
      {
        id: 'file-system-identity',
        text: 'File-system media use type, volume name and serial number as identity.',
        source: 'sdk UpdateNtmsOmidInfo; doc on-media-identifiers',
      },
      {
        id: 'stored-with-the-side',
        text: 'Label data are stored with the side of that LMID.',
        source: 'sdk UpdateNtmsOmidInfo',
      },
    ],
    changes: [
      {
        id: 'side-label',
        object: 'side',
        field: 'OmidLabelId/szOmidLabelType/szOmidLabelInfo',
        from: 'old',
        to: 'new',
        when: 'success',
      },
      {
        id: 'library-request',
        object: 'libRequest',
        field: '(new) UPDATEOMID',
        from: '-',
        to: 'QUEUED',
        when: 'accepted (inferred)',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
