import type { Switch, SwitchedKind } from '../library/switch-work.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask, NtmsObjectsTypes } from '../objects/ntmsapi/index.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { isOfflineLibrary } from './device-state.js';
import { requireId } from './identified.js';
import type { Guid } from './structures.js';

/** Functions of ntmsapi.h that switch objects off and on. */
export interface ObjectEnabling {
  /**
   * Queues the disabling of an object and returns. What is in use is disabled when it is given back; a drive is emptied
   * first, if it can be. What is inside a disabled object cannot be used either.
   * @param dwType NTMS_LIBRARY, NTMS_DRIVE or NTMS_PHYSICAL_MEDIA
   * @throws NtmsError every code of the documented table
   */
  DisableNtmsObject(hSession: NtmsSession, dwType: number, lpObjectId: Guid): Promise<void>;
  /**
   * Queues the enabling of an object and returns; requests that wait for it go on.
   * @param dwType NTMS_LIBRARY, NTMS_DRIVE or NTMS_PHYSICAL_MEDIA
   * @throws NtmsError every code of the documented table
   */
  EnableNtmsObject(hSession: NtmsSession, dwType: number, lpObjectId: Guid): Promise<void>;
}

const kinds: readonly SwitchedKind[] = [
  NtmsObjectsTypes.NTMS_LIBRARY,
  NtmsObjectsTypes.NTMS_DRIVE,
  NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA,
];

export function objectEnabling(context: CallContext): ObjectEnabling {
  const switchObject = (hSession: NtmsSession, dwType: number, id: Guid, enabled: boolean): Promise<void> =>
    context.call(hSession, (session) => {
      requireId('lpObjectId', id);
      const kind = kinds.find((known) => known === dwType);
      if (kind === undefined) {
        throw new NtmsError('ERROR_INVALID_PARAMETER', `dwType ${dwType} is no kind of object that can be switched`);
      }
      const found = findObject(context, kind, id);
      if (found === undefined)
        throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `no object of kind ${kind} has the id ${id}`);
      const library = { kind: 'library', id: found.library } as const;
      context.access.require(session.identity, library, NtmsAccessMask.NTMS_MODIFY_ACCESS);
      if (found.isShelf)
        throw new NtmsError('ERROR_LIBRARY_OFFLINE', `${found.name} is the shelf; it is always enabled`);
      const object: Switch = { kind, id, enabled };
      if (found.enabled === enabled) {
        throw new NtmsError('ERROR_INVALID_STATE', `${found.name} is ${enabled ? 'enabled' : 'disabled'} already`);
      }
      if (context.manager.control.switching.isPending(object)) {
        throw new NtmsError('ERROR_INVALID_STATE', `${found.name} is about to be ${enabled ? 'enabled' : 'disabled'}`);
      }
      const requestId = context.manager.control.switching.submit(object, found.library, session.identity);
      context.sessions.note(session, [requestId], 'by-itself');
    });

  return {
    DisableNtmsObject: (hSession, dwType, lpObjectId) => switchObject(hSession, dwType, lpObjectId, false),
    EnableNtmsObject: (hSession, dwType, lpObjectId) => switchObject(hSession, dwType, lpObjectId, true),
  };
}

interface Found {
  readonly name: string;
  readonly enabled: boolean;
  /** The library that it is, or is in. */
  readonly library: Guid;
  readonly isShelf: boolean;
}

function findObject({ store }: CallContext, kind: SwitchedKind, id: Guid): Found | undefined {
  switch (kind) {
    case NtmsObjectsTypes.NTMS_LIBRARY: {
      const row = store.table('libraries').get(id);
      return row && { name: row.name, enabled: row.enabled, library: id, isShelf: isOfflineLibrary(row) };
    }
    case NtmsObjectsTypes.NTMS_DRIVE: {
      const row = store.table('drives').get(id);
      return row && { name: row.name, enabled: row.enabled, library: row.library, isShelf: false };
    }
    case NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA: {
      const row = store.table('physicalMedia').get(id);
      return row && { name: row.name, enabled: row.enabled, library: row.currentLibrary, isShelf: false };
    }
  }
}
