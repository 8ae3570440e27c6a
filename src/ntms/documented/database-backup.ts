import type { DocumentedFunction } from './documented-function.js';

/** Database backup and recovery functions, as documented. */
export const databaseBackupFunctions = [
  {
    name: 'ExportNtmsDatabase',
    group: 'Database Backup and Recovery',
    parameters: [{ name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' }],
    rights: [{ object: 'computer', right: 'NTMS_CONTROL_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing control right on the computer' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_NOT_CONNECTED', win32: 2250, condition: 'RSM server cannot be contacted' },
      { symbol: 'ERROR_SHARING_VIOLATION', win32: 32, condition: 'An output file is held open elsewhere' },
    ],
    rules: [
      {
        id: 'export-folder',
        text: 'Writes a consistent copy into the Export folder below the database folder.',
        source: 'sdk ExportNtmsDatabase; MS-RSMP 3.2.5.2.5.10',
      },
      { id: 'older-files-replaced', text: 'Older files there are replaced.', source: 'sdk ExportNtmsDatabase' },
      {
        id: 'default-folder',
        text: 'Default folder is %SystemRoot%\\System32\\NtmsData; registry value NtmsData under HKLM\\System\\CurrentControlSet\\Control\\NTMS overrides.',
        source: 'MS-RSMP note 78; sdk ExportNtmsDatabase',
      },
      {
        id: 'while-running',
        text: 'Works while the service is running.',
        source: 'Rsm page recovering-from-a-disaster',
      },
    ],
    changes: [
      { id: 'files-written', object: 'files', field: 'Export/*', from: 'any', to: 'snapshot', when: 'success' },
    ],
  },
  {
    name: 'ImportNtmsDatabase',
    group: 'Database Backup and Recovery',
    parameters: [{ name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' }],
    rights: [{ object: 'computer', right: 'NTMS_CONTROL_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing control right on the computer' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_NOT_CONNECTED', win32: 2250, condition: 'RSM server cannot be contacted' },
    ],
    rules: [
      {
        id: 'only-marks',
        text: 'Only marks an import; the running database stays unchanged.',
        source: 'sdk ImportNtmsDatabase; MS-RSMP 3.2.5.2.5.9',
      },
      {
        id: 'replaced-at-next-start',
        text: 'At the next service start the exported files replace the database.',
        source: 'MS-RSMP 3.2.5.2.5.9; Rsm page recovering-from-a-disaster',
      },
      {
        id: 'any-restart',
        text: 'A restart of the service and one of the machine count alike.',
        source: 'Rsm page recovering-from-a-disaster',
      },
    ],
    changes: [
      { id: 'import-marked', object: 'server', field: 'importPending', from: 'false', to: 'true', when: 'success' },
      {
        id: 'database-replaced',
        object: 'server',
        field: 'database',
        from: 'current',
        to: 'Export contents',
        when: 'next start, flag cleared',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
