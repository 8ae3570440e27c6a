import type { LibrarySettings, PoolSettings } from '../library/object-settings.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask, NtmsObjectsTypes } from '../objects/ntmsapi/index.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { namedObject, requireGoverningRight } from './governed-object.js';
import { requireIdentifier } from './named-objects.js';
import { isInformationKind, tableOfKind } from './object-information.js';
import type { InformationKind } from './object-information.js';
import { NTMS_OBJECTINFORMATION_SIZE } from './structures.js';
import type { Guid, NTMS_OBJECTINFORMATION } from './structures.js';
import { CLIENT_LIBRARY_FLAGS, writableFields } from './writable-fields.js';

/** Writing of objects' records. */
export interface InformationWriting {
  /**
   * Writes all writable fields of an object's record, or none of them; the others are not looked at. Read the record
   * first with GetNtmsObjectInformation: what others wrote meanwhile is overwritten.
   * @param lpInfo the whole record, of the object's kind
   * @throws NtmsError ERROR_INVALID_PARAMETER also for a value that the field cannot have and a name that is taken,
   *   ERROR_OBJECT_NOT_FOUND, ERROR_ACCESS_DENIED without modify right on what governs the object (a library's own
   *   record: control right), ERROR_DATABASE_FULL, ERROR_NOT_ENOUGH_MEMORY
   */
  SetNtmsObjectInformation(hSession: NtmsSession, lpObjectId: Guid, lpInfo: NTMS_OBJECTINFORMATION): Promise<void>;
}

export function informationWriting(context: CallContext): InformationWriting {
  return {
    SetNtmsObjectInformation: (hSession, lpObjectId, lpInfo) =>
      context.call(hSession, (session) => {
        requireIdentifier(lpObjectId, 'lpObjectId');
        const dwType = requireRecord(lpInfo);
        const patch = writableFields(dwType, lpInfo);
        const object = namedObject(context, lpObjectId);
        const isLibrary = object.kind === NtmsObjectsTypes.NTMS_LIBRARY;
        const right = isLibrary ? NtmsAccessMask.NTMS_CONTROL_ACCESS : NtmsAccessMask.NTMS_MODIFY_ACCESS;
        requireGoverningRight(context, session, object, right);
        if (dwType !== object.kind) {
          throw new NtmsError(
            'ERROR_INVALID_PARAMETER',
            `object ${lpObjectId} is of kind ${object.kind}, not ${dwType}`,
          );
        }
        const { settings } = context.manager;
        if (object.kind === NtmsObjectsTypes.NTMS_LIBRARY) {
          settings.setLibrary(lpObjectId, patch as LibrarySettings, CLIENT_LIBRARY_FLAGS);
        } else if (object.kind === NtmsObjectsTypes.NTMS_MEDIA_POOL) {
          settings.setPool(lpObjectId, patch as PoolSettings);
        } else {
          context.store.table(tableOfKind[object.kind]).update(lpObjectId, patch);
        }
      }),
  };
}

function requireRecord(lpInfo: NTMS_OBJECTINFORMATION): InformationKind {
  if (typeof lpInfo !== 'object' || lpInfo === null) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpInfo is missing');
  }
  const { dwSize, dwType } = lpInfo;
  if (!(dwSize >= NTMS_OBJECTINFORMATION_SIZE)) {
    throw new NtmsError(
      'ERROR_INVALID_PARAMETER',
      `lpInfo.dwSize is ${dwSize}; the record has ${NTMS_OBJECTINFORMATION_SIZE} bytes`,
    );
  }
  if (isInformationKind(dwType)) return dwType;
  throw new NtmsError('ERROR_INVALID_PARAMETER', `lpInfo.dwType ${dwType} is not a kind of object with a record`);
}
