import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask, NtmsInventoryMethod } from '../objects/ntmsapi/index.js';
import type { LibraryRow } from '../objects/rows.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { isNotPresent, isOfflineLibrary, needsService } from './device-state.js';
import type { Guid } from './structures.js';

/** Library control functions of ntmsapi.h; those that are here. */
export interface LibraryControl {
  /**
   * Queues an inventory and returns when every filled slot is marked for it.
   * @param dwAction NtmsInventoryMethod: FAST reads bar codes, OMID mounts every side and reads its label, DEFAULT does
   *   what the library is set to, NONE reads the element status only, STOP ends the inventory under way
   * @throws NtmsError every code of the documented table
   */
  InventoryNtmsLibrary(hSession: NtmsSession, lpLibraryId: Guid, dwAction: number): Promise<void>;
  /**
   * Queues the dismount of whatever is in the drive and returns. On a stand-alone drive nothing moves: the drive turns
   * dismountable.
   * @throws NtmsError every code of the documented table
   */
  DismountNtmsDrive(hSession: NtmsSession, lpDriveId: Guid): Promise<void>;
}

const inventoryActions: readonly number[] = [
  NtmsInventoryMethod.NTMS_INVENTORY_NONE,
  NtmsInventoryMethod.NTMS_INVENTORY_FAST,
  NtmsInventoryMethod.NTMS_INVENTORY_OMID,
  NtmsInventoryMethod.NTMS_INVENTORY_DEFAULT,
  NtmsInventoryMethod.NTMS_INVENTORY_STOP,
];

export function libraryControl(context: CallContext): LibraryControl {
  return {
    InventoryNtmsLibrary: (hSession, lpLibraryId, dwAction) =>
      context.call(hSession, async (session) => {
        if (!lpLibraryId || typeof lpLibraryId !== 'string')
          throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpLibraryId is missing');
        if (!inventoryActions.includes(dwAction)) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `dwAction ${dwAction} is no inventory method`);
        }
        const library = context.store.table('libraries').get(lpLibraryId);
        if (library === undefined) throw new NtmsError('ERROR_INVALID_LIBRARY', `there is no library ${lpLibraryId}`);
        requireLibraryRight(context, session, library, NtmsAccessMask.NTMS_CONTROL_ACCESS);
        requireOnline(library);
        if (isNotPresent(library)) {
          throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `library ${library.name} is not attached`);
        }
        if (!library.enabled) throw new NtmsError('ERROR_RESOURCE_DISABLED', `library ${library.name} is disabled`);
        // One that needs service is let through: an inventory is what brings it back.
        if (dwAction === NtmsInventoryMethod.NTMS_INVENTORY_STOP) {
          context.manager.stopInventory(library.id);
          return;
        }
        const method = dwAction === NtmsInventoryMethod.NTMS_INVENTORY_DEFAULT ? library.inventoryMethod : dwAction;
        const requestId = context.manager.submitInventory({
          library: library.id,
          method: method as NtmsInventoryMethod,
          origin: session.identity,
        });
        context.sessions.note(session, [requestId], 'by-itself');
      }),

    DismountNtmsDrive: (hSession, lpDriveId) =>
      context.call(hSession, async (session) => {
        if (!lpDriveId || typeof lpDriveId !== 'string')
          throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpDriveId is missing');
        const drive = context.store.table('drives').get(lpDriveId);
        if (drive === undefined) throw new NtmsError('ERROR_INVALID_DRIVE', `${lpDriveId} is no drive`);
        const library = context.store.table('libraries').get(drive.library);
        if (library === undefined) {
          throw new NtmsError('ERROR_INVALID_LIBRARY', `the library of ${drive.name}, ${drive.library}, is not there`);
        }
        requireLibraryRight(context, session, library, NtmsAccessMask.NTMS_MODIFY_ACCESS);
        requireOnline(library);
        if (isNotPresent(library)) {
          throw new NtmsError('ERROR_LIBRARY_OFFLINE', `library ${library.name} is not attached`);
        }
        const disabled = [library, drive].find((object) => !object.enabled);
        if (disabled !== undefined) throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `${disabled.name} is disabled`);
        const failed = [library, drive].find(needsService);
        if (failed !== undefined) throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `${failed.name} needs service`);
        const refusal = context.manager.dismountRefusal(drive.id);
        if (refusal !== undefined)
          throw new NtmsError('ERROR_INVALID_STATE', `${drive.name} cannot be emptied: ${refusal}`);
        const requestIds = context.manager.submitDriveDismount(drive.id, session.identity);
        context.sessions.note(session, requestIds, 'with-session');
      }),
  };
}

function requireLibraryRight(context: CallContext, session: NtmsSession, library: LibraryRow, mask: number): void {
  context.access.require(session.identity, { kind: 'library', id: library.id }, mask);
}

/** The offline library has no hardware to command. */
function requireOnline(library: LibraryRow): void {
  if (isOfflineLibrary(library)) {
    throw new NtmsError('ERROR_LIBRARY_OFFLINE', `${library.name} is the shelf for media that are in no library`);
  }
}
