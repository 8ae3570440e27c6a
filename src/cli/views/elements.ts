import {
  NtmsDoorState,
  NtmsDriveState,
  NtmsOperationalState,
  NtmsPortContent,
  NtmsPortPosition,
  NtmsSlotState,
} from '../../objects/ntmsapi/index.js';
import type { Guid } from '../../ntms/index.js';
import { symbolOf } from '../output/words.js';
import { mediaByLocation } from './media.js';
import type { ObjectReader } from './object-reader.js';

/** What every part of a library has. */
export interface ElementView {
  readonly id: Guid;
  /** The library's name. */
  readonly library: string | null;
  /** Number in the library, as the API counts. */
  readonly number: number;
}

export interface DriveView extends ElementView {
  readonly name: string;
  /** In decimal. */
  readonly elementAddress: number;
  /** NtmsDriveState. */
  readonly state: string;
  readonly operationalState: string;
  readonly enabled: boolean;
  /** Label of the cartridge inside. */
  readonly cartridge: string | null;
  readonly type: string | null;
  readonly serialNumber: string;
  readonly revision: string;
  readonly deviceName: string;
  readonly mountCount: number;
}

export interface SlotView extends ElementView {
  readonly elementAddress: number;
  /** NtmsSlotState. */
  readonly state: string;
  readonly cartridge: string | null;
}

export interface PortView extends ElementView {
  readonly elementAddress: number;
  /** NtmsPortContent. */
  readonly content: string;
  /** NtmsPortPosition. */
  readonly position: string;
  readonly cartridge: string | null;
}

export interface DoorView extends ElementView {
  /** NtmsDoorState. */
  readonly state: string;
}

export interface ChangerView extends ElementView {
  readonly elementAddress: number;
  readonly type: string | null;
  readonly serialNumber: string;
  readonly revision: string;
  readonly deviceName: string;
  readonly operationalState: string;
  /** Label of the cartridge that it holds: only after something went wrong. */
  readonly cartridge: string | null;
}

export async function readDrives(reader: ObjectReader): Promise<DriveView[]> {
  const media = await mediaByLocation(reader);
  const views = (await reader.list('Drive')).map(async ({ record, info }): Promise<DriveView> => {
    const type = await reader.find('DriveType', info.DriveType);
    return {
      id: record.ObjectGuid,
      library: await libraryName(reader, info.Library),
      number: info.Number,
      name: record.szName,
      elementAddress: reader.elementAddress('drives', record.ObjectGuid),
      state: symbolOf(NtmsDriveState, info.State),
      operationalState: symbolOf(NtmsOperationalState, record.dwOperationalState),
      enabled: record.Enabled,
      cartridge: media.get(record.ObjectGuid) ?? null,
      type: typeName(type?.info),
      serialNumber: info.szSerialNumber,
      revision: info.szRevision,
      deviceName: info.szDeviceName,
      mountCount: info.dwMountCount,
    };
  });
  return inOrder(await Promise.all(views));
}

export async function readSlots(reader: ObjectReader): Promise<SlotView[]> {
  const media = await mediaByLocation(reader);
  const views = (await reader.list('StorageSlot')).map(async ({ record, info }): Promise<SlotView> => ({
    id: record.ObjectGuid,
    library: await libraryName(reader, info.Library),
    number: info.Number,
    elementAddress: reader.elementAddress('slots', record.ObjectGuid),
    state: symbolOf(NtmsSlotState, info.State),
    cartridge: media.get(record.ObjectGuid) ?? null,
  }));
  return inOrder(await Promise.all(views));
}

export async function readPorts(reader: ObjectReader): Promise<PortView[]> {
  const media = await mediaByLocation(reader);
  const views = (await reader.list('IEPort')).map(async ({ record, info }): Promise<PortView> => ({
    id: record.ObjectGuid,
    library: await libraryName(reader, info.Library),
    number: info.Number,
    elementAddress: reader.elementAddress('ports', record.ObjectGuid),
    content: symbolOf(NtmsPortContent, info.Content),
    position: symbolOf(NtmsPortPosition, info.Position),
    cartridge: media.get(record.ObjectGuid) ?? null,
  }));
  return inOrder(await Promise.all(views));
}

export async function readDoors(reader: ObjectReader): Promise<DoorView[]> {
  const views = (await reader.list('IEDoor')).map(async ({ record, info }): Promise<DoorView> => ({
    id: record.ObjectGuid,
    library: await libraryName(reader, info.Library),
    number: info.Number,
    state: symbolOf(NtmsDoorState, info.State),
  }));
  return inOrder(await Promise.all(views));
}

export async function readChangers(reader: ObjectReader): Promise<ChangerView[]> {
  const media = await mediaByLocation(reader);
  const views = (await reader.list('Changer')).map(async ({ record, info }): Promise<ChangerView> => {
    const type = await reader.find('ChangerType', info.ChangerType);
    return {
      id: record.ObjectGuid,
      library: await libraryName(reader, info.Library),
      number: info.Number,
      elementAddress: reader.elementAddress('changers', record.ObjectGuid),
      type: typeName(type?.info),
      serialNumber: info.szSerialNumber,
      revision: info.szRevision,
      deviceName: info.szDeviceName,
      operationalState: symbolOf(NtmsOperationalState, record.dwOperationalState),
      cartridge: media.get(record.ObjectGuid) ?? null,
    };
  });
  return inOrder(await Promise.all(views));
}

async function libraryName(reader: ObjectReader, id: Guid | null): Promise<string | null> {
  return (await reader.find('Library', id))?.record.szName ?? null;
}

function typeName(info: { readonly szVendor: string; readonly szProduct: string } | undefined): string | null {
  return info === undefined ? null : `${info.szVendor} ${info.szProduct}`.trim();
}

function inOrder<View extends ElementView>(views: View[]): View[] {
  return views.toSorted((a, b) => (a.library ?? '').localeCompare(b.library ?? '') || a.number - b.number);
}
