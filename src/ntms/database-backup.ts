import { NtmsAccessMask } from '../objects/ntmsapi/index.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';

/** Database backup and recovery functions of ntmsapi.h. */
export interface DatabaseBackup {
  /**
   * Writes a consistent set of database files into the folder `Export` below the database folder, replacing what is
   * there, whole or not at all, while the manager works on.
   * @throws NtmsError every code of the documented table
   */
  ExportNtmsDatabase(hSession: NtmsSession): Promise<void>;
  /**
   * Marks the exported set for import: at its next start the manager takes it in place of its database and keeps the
   * replaced one beside it. The running database stays as it is.
   * @throws NtmsError every code of the documented table; ERROR_DATABASE_FAILURE when the exported set is not whole
   */
  ImportNtmsDatabase(hSession: NtmsSession): Promise<void>;
}

export function databaseBackup(context: CallContext): DatabaseBackup {
  const requireControl = (session: NtmsSession): void =>
    context.access.require(session.identity, context.access.computer(), NtmsAccessMask.NTMS_CONTROL_ACCESS);
  return {
    ExportNtmsDatabase: (hSession) =>
      context.call(hSession, (session) => {
        requireControl(session);
        context.store.exportDatabase();
      }),
    ImportNtmsDatabase: (hSession) =>
      context.call(hSession, (session) => {
        requireControl(session);
        context.store.markImport();
      }),
  };
}
