import type { NewMedium, NewSide } from '../library/media-records.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLength, NtmsObjectsTypes, NtmsPartitionState } from '../objects/ntmsapi/index.js';
import type { NewMediumInformation, NewSideInformation } from './media-record-structures.js';
import { NTMS_OBJECTINFORMATION_SIZE } from './structures.js';
import type { Guid } from './structures.js';

/** What CreateNtmsMedia was asked for, read and checked as far as the arguments tell. */
export interface ReadMedium extends Omit<NewMedium, 'pool'> {
  readonly poolId: Guid;
  readonly numberOfSides: number;
}

const nullGuid = '00000000-0000-0000-0000-000000000000';
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const dword = 0xffff_ffff;
const sideStates: readonly number[] = Object.values(NtmsPartitionState);

/** Reads the records of CreateNtmsMedia. Throws ERROR_INVALID_PARAMETER, and ERROR_INVALID_MEDIA_POOL without a pool. */
export function readNewMedium(
  lpMedia: NewMediumInformation,
  lpList: readonly NewSideInformation[],
  offlineLibrary: Guid,
): ReadMedium {
  const object = readObject('lpMedia', lpMedia, NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA);
  const info = lpMedia.Info?.PhysicalMedia;
  if (!info) throw invalid('lpMedia.Info.PhysicalMedia is missing');
  const library = readGuid('lpMedia CurrentLibrary', info.CurrentLibrary);
  if (library !== null && library !== offlineLibrary) {
    throw invalid('lpMedia CurrentLibrary is neither null nor the offline library');
  }
  const { dwNumberOfPartitions: numberOfSides } = info;
  if (!(Number.isInteger(numberOfSides) && numberOfSides > 0)) {
    throw invalid(`lpMedia dwNumberOfPartitions is ${numberOfSides}; a cartridge has a side`);
  }
  if (!Array.isArray(lpList)) throw invalid('lpList is missing');
  if (lpList.length !== numberOfSides) {
    throw invalid(`lpList has ${lpList.length} sides, dwNumberOfPartitions says ${numberOfSides}`);
  }
  const barCode = readText('lpMedia szBarCode', info.szBarCode, NtmsLength.NTMS_BARCODE_LENGTH).replace(/ +$/, '');
  const sides = lpList.map((side, index) => readSide(`lpList[${index}]`, side));
  const poolId = readGuid('lpMedia MediaPool', info.MediaPool);
  if (poolId === null) throw new NtmsError('ERROR_INVALID_MEDIA_POOL', 'lpMedia MediaPool is missing');
  return {
    ...object,
    poolId,
    numberOfSides,
    barCode,
    mediaTypeCode: readCount('lpMedia dwMediaTypeCode', info.dwMediaTypeCode),
    densityCode: readCount('lpMedia dwDensityCode', info.dwDensityCode),
    sides,
  };
}

function readSide(name: string, record: NewSideInformation): NewSide {
  const object = readObject(name, record, NtmsObjectsTypes.NTMS_PARTITION);
  const info = record.Info?.Partition;
  if (!info) throw invalid(`${name}.Info.Partition is missing`);
  if (!sideStates.includes(info.State)) throw invalid(`${name} State ${info.State} is not one of NtmsPartitionState`);
  const labelType = readText(`${name} szOmidLabelType`, info.szOmidLabelType, NtmsLength.NTMS_OMIDLABELTYPE_LENGTH);
  if (labelType === '') throw invalid(`${name} szOmidLabelType is empty`);
  return {
    ...object,
    state: info.State,
    logicalMedia: readGuid(`${name} LogicalMedia`, info.LogicalMedia),
    omidLabelId: readLabelId(name, info.OmidLabelId, info.dwOmidLabelIdLength),
    omidLabelType: labelType,
    omidLabelInfo: readText(`${name} szOmidLabelInfo`, info.szOmidLabelInfo, NtmsLength.NTMS_OMIDLABELINFO_LENGTH),
    mountCount: readCount(`${name} dwMountCount`, info.dwMountCount),
    allocateCount: readCount(`${name} dwAllocateCount`, info.dwAllocateCount),
    capacity: readCount(`${name} Capacity`, Number(info.Capacity ?? 0), Number.MAX_SAFE_INTEGER),
  };
}

function readObject(name: string, record: NewMediumInformation | NewSideInformation, dwType: number) {
  if (!record || typeof record !== 'object') throw invalid(`${name} is missing`);
  const { dwSize = NTMS_OBJECTINFORMATION_SIZE, Enabled = true } = record;
  if (dwSize !== NTMS_OBJECTINFORMATION_SIZE) {
    throw invalid(`${name}.dwSize is ${dwSize}; the record has ${NTMS_OBJECTINFORMATION_SIZE} bytes`);
  }
  if (record.dwType !== dwType) throw invalid(`${name}.dwType is ${record.dwType}; it must be ${dwType}`);
  if (typeof Enabled !== 'boolean') throw invalid(`${name}.Enabled is neither true nor false`);
  return {
    id: readGuid(`${name}.ObjectGuid`, record.ObjectGuid),
    enabled: Enabled,
    name: readText(`${name}.szName`, record.szName, NtmsLength.NTMS_OBJECTNAME_LENGTH),
    description: readText(`${name}.szDescription`, record.szDescription, NtmsLength.NTMS_DESCRIPTION_LENGTH),
  };
}

/** The first `length` bytes, as the database keeps them. */
function readLabelId(name: string, bytes: Uint8Array, length: number): string {
  if (!(bytes instanceof Uint8Array)) throw invalid(`${name} OmidLabelId is no Uint8Array`);
  const most = Math.min(bytes.length, NtmsLength.NTMS_OMIDLABELID_LENGTH);
  if (!(Number.isInteger(length) && length > 0 && length <= most)) {
    throw invalid(
      `${name} dwOmidLabelIdLength is ${length}; OmidLabelId has ${bytes.length} bytes, and at most 255 count`,
    );
  }
  return Buffer.from(bytes.subarray(0, length)).toString('hex');
}

function readGuid(name: string, value: Guid | null | undefined): Guid | null {
  if (value === undefined || value === null || value === '' || value === nullGuid) return null;
  if (typeof value === 'string' && guid.test(value)) return value;
  throw invalid(`${name} is no GUID in lower case`);
}

/** `length` counts the closing null. */
function readText(name: string, value: string | undefined, length: number): string {
  if (value === undefined) return '';
  if (typeof value !== 'string' || value.length >= length)
    throw invalid(`${name} is no text of up to ${length - 1} characters`);
  return value;
}

function readCount(name: string, value: number | undefined, most = dword): number {
  if (value === undefined) return 0;
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw invalid(`${name} is ${value}; it is a number from 0 to ${most}`);
}

function invalid(detail: string): NtmsError {
  return new NtmsError('ERROR_INVALID_PARAMETER', detail);
}
