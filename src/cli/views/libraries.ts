import {
  NtmsAllocationPolicy,
  NtmsDeallocationPolicy,
  NtmsInventoryMethod,
  NtmsLibraryType,
  NtmsOperationalState,
  NtmsPoolType,
} from '../../objects/ntmsapi/index.js';
import type { Guid } from '../../ntms/index.js';
import { symbolOf } from '../output/words.js';
import { poolPath, readAllPools } from './media.js';
import type { ObjectReader } from './object-reader.js';

export interface LibraryView {
  readonly id: Guid;
  readonly name: string;
  /** NtmsLibraryType. */
  readonly type: string;
  /** NtmsOperationalState. */
  readonly operationalState: string;
  readonly enabled: boolean;
  /** NtmsInventoryMethod. */
  readonly inventoryMethod: string;
  readonly barCodeReader: boolean;
  readonly drives: number;
  readonly slots: number;
  readonly ports: number;
  readonly doors: number;
  readonly media: number;
}

export interface PoolView {
  readonly id: Guid;
  /** Names from the top-level pool down: `Free/LTO-8`. */
  readonly path: string;
  /** NtmsPoolType. */
  readonly type: string;
  /** Null for a pool that holds other pools. */
  readonly mediaType: string | null;
  readonly physicalMedia: number;
  readonly logicalMedia: number;
  /** With those of the pools below. */
  readonly allPhysicalMedia: number;
  readonly allLogicalMedia: number;
  /** Whether an allocation may take media of the free pool. */
  readonly drawsFromFree: boolean;
  /** Whether deallocated media go to the free pool. */
  readonly returnsToFree: boolean;
  /** How often a side is allocated before it is retired; 0xFFFFFFFF is without limit. */
  readonly maxAllocates: number;
}

export async function readLibraries(reader: ObjectReader): Promise<LibraryView[]> {
  const views = (await reader.list('Library')).map(({ record, info }): LibraryView => ({
    id: record.ObjectGuid,
    name: record.szName,
    type: symbolOf(NtmsLibraryType, info.LibraryType),
    operationalState: symbolOf(NtmsOperationalState, record.dwOperationalState),
    enabled: record.Enabled,
    inventoryMethod: symbolOf(NtmsInventoryMethod, info.InventoryMethod),
    barCodeReader: info.BarCodeReaderInstalled,
    drives: info.dwNumberOfDrives,
    slots: info.dwNumberOfSlots,
    ports: info.dwNumberOfPorts,
    doors: info.dwNumberOfDoors,
    media: info.dwNumberOfMedia,
  }));
  return views.toSorted((a, b) => a.name.localeCompare(b.name));
}

export async function readPools(reader: ObjectReader): Promise<PoolView[]> {
  const pools = [...(await readAllPools(reader)).values()];
  const read = pools.map(async ({ record, info }) => ({
    record,
    info,
    path: (await poolPath(reader, record.ObjectGuid)) ?? record.szName,
    mediaType: (await reader.find('MediaType', info.MediaType))?.record.szName ?? null,
  }));
  const all = (await Promise.all(read)).toSorted((a, b) => comparePaths(a.path, b.path));
  return all.map(({ record, info, path, mediaType }): PoolView => {
    const within = all.filter((other) => other.path === path || other.path.startsWith(`${path}/`));
    return {
      id: record.ObjectGuid,
      path,
      type: symbolOf(NtmsPoolType, info.PoolType),
      mediaType,
      physicalMedia: info.dwNumberOfPhysicalMedia,
      logicalMedia: info.dwNumberOfLogicalMedia,
      allPhysicalMedia: within.reduce((sum, one) => sum + one.info.dwNumberOfPhysicalMedia, 0),
      allLogicalMedia: within.reduce((sum, one) => sum + one.info.dwNumberOfLogicalMedia, 0),
      drawsFromFree: (info.AllocationPolicy & NtmsAllocationPolicy.NTMS_ALLOCATE_FROMSCRATCH) !== 0,
      returnsToFree: (info.DeallocationPolicy & NtmsDeallocationPolicy.NTMS_DEALLOCATE_TOSCRATCH) !== 0,
      maxAllocates: info.dwMaxAllocates,
    };
  });
}

/** Each pool is followed by those below it. */
function comparePaths(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (const [index, level] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (level !== other) return level.localeCompare(other) || (level < other ? -1 : 1);
  }
  return left.length - right.length;
}
