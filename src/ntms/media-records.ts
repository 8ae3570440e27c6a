import { NtmsError } from '../objects/ntms-error.js';
import {
  NtmsAccessMask,
  NtmsCreateNtmsMediaOptions,
  NtmsObjectsTypes,
  NtmsPoolType,
} from '../objects/ntmsapi/index.js';
import type { MediaPoolRow } from '../objects/rows.js';
import type { NewMedium } from '../library/media-records.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import type { CreatedMedia, NewMediumInformation, NewSideInformation } from './media-record-structures.js';
import { namedMedium, namedPool, poolOf, requireIdentifier } from './named-objects.js';
import { readNewMedium } from './new-medium.js';
import { objectInformation } from './object-information.js';
import type { InformationKind } from './object-information.js';
import type { Guid, NTMS_OBJECTINFORMATION } from './structures.js';

const { NTMS_PHYSICAL_MEDIA, NTMS_PARTITION } = NtmsObjectsTypes;

/** Functions that make and delete the records of cartridges. */
export interface MediaRecordFunctions {
  /**
   * Deletes the records of a cartridge in the offline library, its sides among them.
   * @throws NtmsError ERROR_INVALID_PARAMETER, ERROR_INVALID_MEDIA, ERROR_INVALID_MEDIA_POOL when its pool is lost,
   *   ERROR_ACCESS_DENIED without modify right on its pool and the computer, ERROR_INVALID_STATE for one that is in a
   *   library, is waited for, or has a side that is allocated, complete or reserved
   */
  DeleteNtmsMedia(hSession: NtmsSession, lpMediaId: Guid): Promise<void>;
  /**
   * Makes the records of a cartridge, and of its sides, in the offline library.
   * @param lpMedia the cartridge; of what CreateNtmsMedia fills in itself nothing is read
   * @param lpList one record for each side, in their order
   * @param dwOptions 0, or NTMS_ERROR_ON_DUPLICATE: a label that some side carries already is refused
   * @returns the records as they are stored
   * @throws NtmsError ERROR_INVALID_PARAMETER for records that cannot be, and for identifiers that are taken,
   *   ERROR_INVALID_MEDIA_POOL for one that is neither an import nor an application pool for media, ERROR_ACCESS_DENIED
   *   without modify right on the pool and the computer, ERROR_MEDIA_INCOMPATIBLE for a wrong number of sides,
   *   ERROR_INVALID_MEDIA for a bar code, or with the option a label, that is known already, ERROR_DATABASE_FULL
   */
  CreateNtmsMedia(
    hSession: NtmsSession,
    lpMedia: NewMediumInformation,
    lpList: readonly NewSideInformation[],
    dwOptions: number,
  ): Promise<CreatedMedia>;
}

export function mediaRecordFunctions(context: CallContext): MediaRecordFunctions {
  return {
    DeleteNtmsMedia: (hSession, lpMediaId) =>
      context.call(hSession, (session) => {
        requireIdentifier(lpMediaId, 'lpMediaId');
        const medium = namedMedium(context, lpMediaId);
        requireModify(context, session, poolOf(context, medium, 'ERROR_INVALID_MEDIA_POOL'));
        const { mediaRecords } = context.manager;
        const refusal = mediaRecords.deleteRefusal(medium);
        if (refusal !== undefined) {
          throw new NtmsError('ERROR_INVALID_STATE', `${medium.name} cannot be deleted: ${refusal}`);
        }
        mediaRecords.delete(medium.id);
      }),

    CreateNtmsMedia: (hSession, lpMedia, lpList, dwOptions) =>
      context.call(hSession, (session) => {
        if (dwOptions !== 0 && dwOptions !== NtmsCreateNtmsMediaOptions.NTMS_ERROR_ON_DUPLICATE) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `dwOptions ${dwOptions} is not 0 or NTMS_ERROR_ON_DUPLICATE`);
        }
        const { poolId, numberOfSides, ...order } = readNewMedium(
          lpMedia,
          lpList,
          context.store.wellKnown.offlineLibrary,
        );
        const pool = namedPool(context, poolId);
        requireModify(context, session, pool);
        requireForNewMedia(pool);
        requireSides(context, pool, numberOfSides);
        const medium = { ...order, pool };
        requireFreeIdentifiers(context, medium);
        requireUnknown(context, medium, dwOptions === NtmsCreateNtmsMediaOptions.NTMS_ERROR_ON_DUPLICATE);
        const created = context.manager.mediaRecords.create(medium);
        return {
          lpMedia: stored(context, NTMS_PHYSICAL_MEDIA, created.medium.id),
          lpList: created.sides.map(({ id }) => stored(context, NTMS_PARTITION, id)),
        };
      }),
  };
}

function requireModify({ access }: CallContext, { identity }: NtmsSession, pool: MediaPoolRow): void {
  access.require(identity, { kind: 'mediaPool', id: pool.id }, NtmsAccessMask.NTMS_MODIFY_ACCESS);
  access.require(identity, access.computer(), NtmsAccessMask.NTMS_MODIFY_ACCESS);
}

function requireForNewMedia(pool: MediaPoolRow): void {
  const { NTMS_POOLTYPE_IMPORT, NTMS_POOLTYPE_APPLICATION } = NtmsPoolType;
  const takesNew = pool.poolType === NTMS_POOLTYPE_IMPORT || pool.poolType === NTMS_POOLTYPE_APPLICATION;
  if (takesNew && pool.mediaType !== null) return;
  throw new NtmsError(
    'ERROR_INVALID_MEDIA_POOL',
    `${pool.name} is neither an import pool nor an application pool for media`,
  );
}

function requireSides({ store }: CallContext, pool: MediaPoolRow, sides: number): void {
  const type = store.table('mediaTypes').require(pool.mediaType ?? '');
  if (type.numberOfSides === sides) return;
  throw new NtmsError('ERROR_MEDIA_INCOMPATIBLE', `${type.name} media have ${type.numberOfSides} sides, not ${sides}`);
}

/** No identifier that the caller chose may be anything's already, and none may be chosen twice. */
function requireFreeIdentifiers({ store }: CallContext, { id, sides }: NewMedium): void {
  const chosen = [id, ...sides.flatMap((side) => [side.id, side.logicalMedia])].filter((one) => one !== null);
  const taken = chosen.find((one, index) => chosen.indexOf(one) !== index || store.kindOf(one) !== undefined);
  if (taken !== undefined) throw new NtmsError('ERROR_INVALID_PARAMETER', `the identifier ${taken} is taken already`);
}

function requireUnknown({ store }: CallContext, { barCode, sides }: NewMedium, labelsToo: boolean): void {
  if (barCode !== '' && store.table('physicalMedia').count({ barCode }) > 0) {
    throw new NtmsError('ERROR_INVALID_MEDIA', `a cartridge with the bar code ${barCode} is known already`);
  }
  if (!labelsToo) return;
  const labels = sides.map(({ omidLabelId, omidLabelType }) => ({ omidLabelId, omidLabelType }));
  for (const [index, label] of labels.entries()) {
    const twice = labels.findIndex(
      (other) => other.omidLabelId === label.omidLabelId && other.omidLabelType === label.omidLabelType,
    );
    if (twice !== index || store.table('sides').count(label) > 0) {
      throw new NtmsError(
        'ERROR_INVALID_MEDIA',
        `a side with the ${label.omidLabelType} label of side ${index + 1} is known`,
      );
    }
  }
}

function stored({ store }: CallContext, kind: InformationKind, id: Guid): NTMS_OBJECTINFORMATION {
  const information = objectInformation(store, kind, id);
  if (information === undefined) throw new NtmsError('ERROR_DATABASE_FAILURE', `the new object ${id} is not there`);
  return information;
}
