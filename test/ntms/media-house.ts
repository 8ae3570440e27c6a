import { NtmsCreateOptions, NtmsObjectsTypes, NtmsPartitionState, NtmsPoolType } from '../../src/ntms/index.js';
import type { Guid, NewMediumInformation, NewSideInformation } from '../../src/ntms/index.js';
import type { MediaPoolRow, MediaTypeRow } from '../../src/objects/rows.js';
import type { VirtualLibrary } from '../library/virtual-library.js';
import type { ApiCaller } from './house.js';

/** The media pools and types of a house, and media put where a test wants them. */

export const STATE = {
  UNKNOWN: NtmsPartitionState.NTMS_PARTSTATE_UNKNOWN,
  UNPREPARED: NtmsPartitionState.NTMS_PARTSTATE_UNPREPARED,
  INCOMPATIBLE: NtmsPartitionState.NTMS_PARTSTATE_INCOMPATIBLE,
  DECOMMISSIONED: NtmsPartitionState.NTMS_PARTSTATE_DECOMMISSIONED,
  AVAILABLE: NtmsPartitionState.NTMS_PARTSTATE_AVAILABLE,
  ALLOCATED: NtmsPartitionState.NTMS_PARTSTATE_ALLOCATED,
  COMPLETE: NtmsPartitionState.NTMS_PARTSTATE_COMPLETE,
  FOREIGN: NtmsPartitionState.NTMS_PARTSTATE_FOREIGN,
  IMPORT: NtmsPartitionState.NTMS_PARTSTATE_IMPORT,
  RESERVED: NtmsPartitionState.NTMS_PARTSTATE_RESERVED,
} as const;

/** CreateNtmsMediaPool: makes a pool, and opens none. */
export function newPool({ api, session }: ApiCaller, path: string, mediaType: Guid | null = null): Promise<Guid> {
  return api.CreateNtmsMediaPool(session, path, mediaType, NtmsCreateOptions.NTMS_CREATE_NEW, null);
}

/** The media type of a cartridge. */
export function typeOf(library: VirtualLibrary, barCode: string): MediaTypeRow {
  return library.store.table('mediaTypes').require(library.medium(barCode).mediaType ?? '');
}

/** A system pool of a media type. */
export function systemPool(
  { store }: VirtualLibrary,
  kind: 'SCRATCH' | 'FOREIGN' | 'IMPORT',
  mediaType: Guid,
): MediaPoolRow {
  const pool = store.table('mediaPools').find({ poolType: NtmsPoolType[`NTMS_POOLTYPE_${kind}`], mediaType });
  if (pool === undefined) throw new Error(`there is no ${kind} pool of that type`);
  return pool;
}

/** Puts a cartridge into a pool, its sides into a state, as if it had always been so. */
export function inPool(library: VirtualLibrary, barCode: string, mediaPool: Guid, state: number): Guid {
  const { store } = library;
  const { id } = library.medium(barCode);
  store.table('physicalMedia').update(id, { mediaPool });
  for (const side of store.table('sides').list({ physicalMedia: id })) store.table('sides').update(side.id, { state });
  return id;
}

/** Puts a cartridge into the free pool of its type. */
export function inFreePool(library: VirtualLibrary, barCode: string): Guid {
  return inPool(library, barCode, systemPool(library, 'SCRATCH', typeOf(library, barCode).id).id, STATE.AVAILABLE);
}

/** An application pool with one cartridge in it. */
export async function inApplicationPool(
  library: VirtualLibrary,
  barCode: string,
  state: number = STATE.AVAILABLE,
): Promise<{ readonly pool: Guid; readonly medium: Guid }> {
  const pool = await newPool(library, 'Backup', typeOf(library, barCode).id);
  return { pool, medium: inPool(library, barCode, pool, state) };
}

/** A media type with so many sides, supported by the house's library, and its pools. */
export async function newMediaType(library: VirtualLibrary, numberOfSides: number): Promise<MediaTypeRow> {
  const { mediaType } = library.store.ensureMediaType({ name: `Disk with ${numberOfSides} sides`, numberOfSides });
  await library.api.AddNtmsMediaType(library.session, mediaType.id, library.library.id);
  return mediaType;
}

/** A record for CreateNtmsMedia. */
export function newMedium(
  pool: Guid,
  sides: number,
  info: Partial<NewMediumInformation['Info']['PhysicalMedia']> = {},
  object: Partial<NewMediumInformation> = {},
): NewMediumInformation {
  return {
    dwType: NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA,
    ...object,
    Info: { PhysicalMedia: { MediaPool: pool, dwNumberOfPartitions: sides, szBarCode: 'NEW001L8', ...info } },
  };
}

/** A record for a side of it. */
export function newSide(
  info: Partial<NewSideInformation['Info']['Partition']> = {},
  object: Partial<NewSideInformation> = {},
): NewSideInformation {
  const label = Uint8Array.of(0x0a, 0x0b, 0x0c);
  return {
    dwType: NtmsObjectsTypes.NTMS_PARTITION,
    ...object,
    Info: {
      Partition: {
        State: STATE.IMPORT,
        dwOmidLabelIdLength: label.length,
        OmidLabelId: label,
        szOmidLabelType: 'MTF',
        szOmidLabelInfo: 'monthly',
        ...info,
      },
    },
  };
}

/** A cartridge on the shelf, in an application pool. */
export async function onTheShelf(
  library: VirtualLibrary,
  state: number = STATE.AVAILABLE,
): Promise<{ readonly pool: Guid; readonly medium: Guid }> {
  const { api, session } = library;
  const pool = await newPool(library, 'Archive', typeOf(library, 'ORS001L8').id);
  const { lpMedia } = await api.CreateNtmsMedia(session, newMedium(pool, 1), [newSide({ State: state })], 0);
  return { pool, medium: lpMedia.ObjectGuid };
}
