import { NtmsReadWriteCharacteristics } from '../../objects/ntmsapi/index.js';
import type { Guid } from '../../ntms/index.js';
import { symbolOf } from '../output/words.js';
import type { ObjectReader } from './object-reader.js';

export interface MediaTypeView {
  readonly id: Guid;
  readonly name: string;
  /** Of one cartridge. */
  readonly sides: number;
  /** NtmsReadWriteCharacteristics. */
  readonly readWrite: string;
  /** How many are known, on the shelf and in the libraries. */
  readonly cartridges: number;
}

/** The model of drives or changers. */
export interface DeviceTypeView {
  readonly id: Guid;
  readonly vendor: string;
  readonly product: string;
  /** How many devices of the model are known. */
  readonly count: number;
}

export interface ComputerView {
  readonly id: Guid;
  readonly name: string;
  /** Seconds that finished requests are kept. */
  readonly libraryRequestPurgeSecs: number;
  readonly operatorRequestPurgeSecs: number;
}

export async function readMediaTypes(reader: ObjectReader): Promise<MediaTypeView[]> {
  const media = await reader.list('PhysicalMedia');
  const types = (await reader.list('MediaType')).map(({ record, info }) => ({
    id: record.ObjectGuid,
    name: record.szName,
    sides: info.NumberOfSides,
    readWrite: symbolOf(NtmsReadWriteCharacteristics, info.ReadWriteCharacteristics),
    cartridges: media.filter((one) => one.info.MediaType === record.ObjectGuid).length,
  }));
  return types.toSorted((a, b) => a.name.localeCompare(b.name));
}

export async function readDriveTypes(reader: ObjectReader): Promise<DeviceTypeView[]> {
  const drives = await reader.list('Drive');
  return (await reader.list('DriveType')).map(({ record, info }) => ({
    id: record.ObjectGuid,
    vendor: info.szVendor,
    product: info.szProduct,
    count: drives.filter((one) => one.info.DriveType === record.ObjectGuid).length,
  }));
}

export async function readChangerTypes(reader: ObjectReader): Promise<DeviceTypeView[]> {
  const changers = await reader.list('Changer');
  return (await reader.list('ChangerType')).map(({ record, info }) => ({
    id: record.ObjectGuid,
    vendor: info.szVendor,
    product: info.szProduct,
    count: changers.filter((one) => one.info.ChangerType === record.ObjectGuid).length,
  }));
}

export async function readComputers(reader: ObjectReader): Promise<ComputerView[]> {
  return (await reader.list('Computer')).map(({ record, info }) => ({
    id: record.ObjectGuid,
    name: record.szName,
    libraryRequestPurgeSecs: info.dwLibRequestPurgeTime,
    operatorRequestPurgeSecs: info.dwOpRequestPurgeTime,
  }));
}
