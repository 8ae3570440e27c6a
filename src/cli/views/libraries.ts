import {
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
  readonly mediaType: string | null;
  readonly physicalMedia: number;
  readonly logicalMedia: number;
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
  const views = pools.map(async ({ record, info }): Promise<PoolView> => ({
    id: record.ObjectGuid,
    path: (await poolPath(reader, record.ObjectGuid)) ?? record.szName,
    type: symbolOf(NtmsPoolType, info.PoolType),
    mediaType: (await reader.find('MediaType', info.MediaType))?.record.szName ?? null,
    physicalMedia: info.dwNumberOfPhysicalMedia,
    logicalMedia: info.dwNumberOfLogicalMedia,
  }));
  return (await Promise.all(views)).toSorted((a, b) => a.path.localeCompare(b.path));
}
