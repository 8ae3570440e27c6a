import { NtmsBarCodeState, NtmsMediaState, NtmsObjectsTypes, NtmsPartitionState } from '../../objects/ntmsapi/index.js';
import type { Guid, NTMS_PMIDINFORMATION } from '../../ntms/index.js';
import { symbolOf } from '../output/words.js';
import type { ObjectReader, ObjectRecord } from './object-reader.js';

/** A cartridge as `view media` shows it. */
export interface MediumView {
  readonly id: Guid;
  /** Barcode, else display name, else GUID: what a person would write on the command line. */
  readonly label: string;
  /** Null when there is none or it cannot be read. */
  readonly barcode: string | null;
  readonly name: string;
  /** NtmsMediaState. */
  readonly state: string;
  readonly enabled: boolean;
  readonly library: string | null;
  /** Null for a cartridge on the shelf. */
  readonly location: LocationView | null;
  readonly pool: string | null;
  readonly mediaType: string | null;
  readonly sides: readonly SideView[];
}

export interface LocationView {
  readonly kind: 'slot' | 'drive' | 'port' | 'changer';
  readonly id: Guid;
  readonly number: number;
  /** In decimal; null when the element is no longer known. */
  readonly elementAddress: number | null;
}

export interface SideView {
  readonly id: Guid;
  /** 0 for the first or only one. */
  readonly side: number;
  /** NtmsPartitionState. */
  readonly state: string;
  /** The medium that an application owns there; null when nobody does. */
  readonly logicalMedium: Guid | null;
  /** Text of the on-media label; empty when none was read. */
  readonly label: string;
}

type MediumRecord = ObjectRecord<NTMS_PMIDINFORMATION>;

const LOCATIONS = {
  [NtmsObjectsTypes.NTMS_STORAGESLOT]: { kind: 'slot', info: 'StorageSlot', table: 'slots' },
  [NtmsObjectsTypes.NTMS_DRIVE]: { kind: 'drive', info: 'Drive', table: 'drives' },
  [NtmsObjectsTypes.NTMS_IEPORT]: { kind: 'port', info: 'IEPort', table: 'ports' },
  [NtmsObjectsTypes.NTMS_CHANGER]: { kind: 'changer', info: 'Changer', table: 'changers' },
} as const;

export async function readMedia(reader: ObjectReader): Promise<MediumView[]> {
  const media = await reader.list('PhysicalMedia');
  const views = await Promise.all(media.map((medium) => viewOf(reader, medium)));
  return views.toSorted((a, b) => a.label.localeCompare(b.label));
}

/** What a person calls the cartridge. */
export function labelOf({ record, info }: MediumRecord): string {
  return info.szBarCode || record.szName || record.ObjectGuid;
}

/** The cartridge in each element, by the element's id. */
export async function mediaByLocation(reader: ObjectReader): Promise<Map<Guid, string>> {
  const media = await reader.list('PhysicalMedia');
  return new Map(media.flatMap((one) => (one.info.Location === null ? [] : [[one.info.Location, labelOf(one)]])));
}

async function viewOf(reader: ObjectReader, medium: MediumRecord): Promise<MediumView> {
  const { record, info } = medium;
  const [library, pool, mediaType, sides] = await Promise.all([
    reader.find('Library', info.CurrentLibrary),
    poolPath(reader, info.MediaPool),
    reader.find('MediaType', info.MediaType),
    reader.list('Partition', record.ObjectGuid),
  ]);
  return {
    id: record.ObjectGuid,
    label: labelOf(medium),
    barcode: info.BarCodeState === NtmsBarCodeState.NTMS_BARCODESTATE_OK ? info.szBarCode : null,
    name: record.szName,
    state: symbolOf(NtmsMediaState, info.MediaState),
    enabled: record.Enabled,
    library: library?.record.szName ?? null,
    location: await locationOf(reader, info),
    pool,
    mediaType: mediaType?.record.szName ?? null,
    sides: sides.map((side) => ({
      id: side.record.ObjectGuid,
      side: side.info.Side,
      state: symbolOf(NtmsPartitionState, side.info.State),
      logicalMedium: side.info.LogicalMedia,
      label: side.info.szOmidLabelInfo,
    })),
  };
}

async function locationOf(reader: ObjectReader, info: NTMS_PMIDINFORMATION): Promise<LocationView | null> {
  if (info.Location === null || !(info.LocationType in LOCATIONS)) return null;
  const { kind, info: name, table } = LOCATIONS[info.LocationType as keyof typeof LOCATIONS];
  const element = await reader.find(name, info.Location);
  if (element === undefined) return null;
  const elementAddress = reader.elementAddress(table, info.Location);
  return { kind, id: info.Location, number: element.info.Number, elementAddress };
}

/** `Free/LTO-8`: the names from the top-level pool down. */
export async function poolPath(reader: ObjectReader, id: Guid | null): Promise<string | null> {
  const names: string[] = [];
  const pools = await readAllPools(reader);
  for (let pool = pools.get(id ?? ''); pool !== undefined; pool = pools.get(pool.info.Parent ?? '')) {
    names.unshift(pool.record.szName);
  }
  return names.length === 0 ? null : names.join('/');
}

type PoolRecord = Awaited<ReturnType<typeof readPoolsBelow>>[number];

/** Every pool by id, without the root pool. */
export async function readAllPools(reader: ObjectReader): Promise<Map<Guid, PoolRecord>> {
  const pools = await readPoolsBelow(reader, null);
  return new Map(pools.map((pool) => [pool.record.ObjectGuid, pool]));
}

async function readPoolsBelow(reader: ObjectReader, parent: Guid | null) {
  const pools = await reader.list('MediaPool', parent);
  const parents = pools.filter(({ info }) => info.dwNumberOfMediaPools > 0);
  const below: (typeof pools)[] = await Promise.all(
    parents.map(({ record }) => readPoolsBelow(reader, record.ObjectGuid)),
  );
  return [...pools, ...below.flat()];
}
