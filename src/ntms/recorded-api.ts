import { hostname } from 'node:os';
import type { RecordedObjects } from '../objects/recorded-objects.js';
import { AccessControl } from '../sessions/access-control.js';
import { SessionTable } from '../sessions/session-table.js';
import type { NtmsSession } from '../sessions/session-table.js';
import { operatingSystemUser } from '../sessions/operating-system-user.js';
import type { Caller } from './call-context.js';
import { objectManagement } from './object-management.js';
import type { ObjectManagement } from './object-management.js';

/** The functions that only read objects, on a database that another process has. */
export interface RecordedApi {
  readonly api: ObjectManagement;
  readonly session: NtmsSession;
}

/**
 * Binds what reads objects to a database that is open for reading only, without a manager: shown is what was recorded last.
 * The rights are those of the database, as they are for a manager's session.
 */
export function recordedApi(store: RecordedObjects, caller: Caller = operatingSystemUser()): RecordedApi {
  const sessions = new SessionTable();
  const session = sessions.open({ ...caller, computer: hostname(), application: 'RSM' });
  const access = new AccessControl(store);
  const api = objectManagement({ store, access, call: async (handle, body) => body(sessions.require(handle)) });
  return { api, session };
}
