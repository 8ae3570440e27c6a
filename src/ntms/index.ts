import type { RemovableStorageManager } from '../library/manager.js';
import { CallContext } from './call-context.js';
import type { NtmsApiOptions } from './call-context.js';
import { databaseBackup } from './database-backup.js';
import type { DatabaseBackup } from './database-backup.js';
import { libraryControl } from './library-control.js';
import type { LibraryControl } from './library-control.js';
import { mediaServices } from './media-services.js';
import type { MediaServices } from './media-services.js';
import { objectManagement } from './object-management.js';
import type { ObjectManagement } from './object-management.js';
import { sessionManagement } from './session-management.js';
import type { SessionManagement } from './session-management.js';

/** The functions of ntmsapi.h, bound to one manager. They resolve with what the C functions returned through pointers. */
export interface NtmsApi extends SessionManagement, ObjectManagement, MediaServices, LibraryControl, DatabaseBackup {}

/** Binds the API to a manager; who calls is read from the operating system unless `options` say otherwise. */
export function createNtmsApi(manager: RemovableStorageManager, options: NtmsApiOptions = {}): NtmsApi {
  const context = new CallContext(manager, options);
  return {
    ...sessionManagement(context),
    ...objectManagement(context),
    ...mediaServices(context),
    ...libraryControl(context),
    ...databaseBackup(context),
  };
}

export { NtmsError } from '../objects/ntms-error.js';
export * from '../objects/ntmsapi/index.js';
export type { Caller, NtmsApiOptions } from './call-context.js';
export type { NtmsObjectInformationRequest } from './object-management.js';
export type { NtmsSession } from '../sessions/session-table.js';
export * from './structures.js';
