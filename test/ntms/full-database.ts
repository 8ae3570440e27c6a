import type { VirtualLibrary } from '../library/virtual-library.js';
import { fillDatabase } from './broken-database.js';

/**
 * Fills the database, and lets a change of one table need one row more than fits, as the split of an index would: the page
 * that the changed row itself is on may have room yet.
 */
export function leaveNoRoomFor(
  library: VirtualLibrary,
  table: string,
  operation: 'INSERT' | 'UPDATE' | 'DELETE',
): void {
  fillDatabase(library);
  library.store.connection.exec(
    `CREATE TEMP TRIGGER no_room AFTER ${operation} ON main."${table}" BEGIN ` +
      'INSERT INTO lib_requests (id, operation_code, library, time_queued, created, modified) ' +
      'SELECT lower(hex(randomblob(16))), operation_code, library, 0, 0, 0 FROM lib_requests; END',
  );
}
