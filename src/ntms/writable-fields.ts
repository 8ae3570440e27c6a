import { NtmsError } from '../objects/ntms-error.js';
import {
  NtmsAllocationPolicy,
  NtmsDeallocationPolicy,
  NtmsInventoryMethod,
  NtmsLength,
  NtmsLibraryFlags,
  NtmsLibRequestFlags,
  NtmsMediaPoolPolicy,
  NtmsObjectsTypes,
  NtmsOpRequestFlags,
} from '../objects/ntmsapi/index.js';
import type { RowOf } from '../objects/object-kinds.js';
import { isPoolName } from '../library/media-pool-paths.js';
import type { InformationKind, tableOfKind } from './object-information.js';

/*
 * What SetNtmsObjectInformation writes: for each kind of object the columns that its record's writable fields give (MS-RSMP
 * 3.2.5.2.3.4). Only the record is looked at here, which comes from outside; ERROR_INVALID_PARAMETER for what no object of
 * the kind may have.
 */

/** A record, or its part, as it came: nothing is known of its fields. */
type Given = Readonly<Record<string, unknown>>;

/** The columns that are written. */
export type WritablePatch<Kind extends InformationKind> = Partial<RowOf<(typeof tableOfKind)[Kind]>>;

/** The bits of dwFlags that a client sets; the others say how things are. */
export const CLIENT_LIBRARY_FLAGS: number =
  NtmsLibraryFlags.NTMS_LIBRARYFLAG_AUTODETECTCHANGE | NtmsLibraryFlags.NTMS_LIBRARYFLAG_RECOGNIZECLEANERBARCODE;

const described = (record: Given) => ({
  description: text(record['szDescription'], 'szDescription', NtmsLength.NTMS_DESCRIPTION_LENGTH - 1),
});

const named = (record: Given) => ({
  ...described(record),
  name: text(record['szName'], 'szName', NtmsLength.NTMS_OBJECTNAME_LENGTH - 1),
});

const inventoryMethods: readonly number[] = [
  NtmsInventoryMethod.NTMS_INVENTORY_NONE,
  NtmsInventoryMethod.NTMS_INVENTORY_FAST,
  NtmsInventoryMethod.NTMS_INVENTORY_OMID,
];

const readers: { readonly [Kind in InformationKind]: (record: Given) => WritablePatch<Kind> } = {
  [NtmsObjectsTypes.NTMS_CHANGER]: described,
  [NtmsObjectsTypes.NTMS_CHANGER_TYPE]: described,
  [NtmsObjectsTypes.NTMS_COMPUTER]: (record) => {
    const info = part(record, 'Computer');
    return {
      ...described(record),
      libRequestPurgeTime: dword(info['dwLibRequestPurgeTime'], 'dwLibRequestPurgeTime'),
      opRequestPurgeTime: dword(info['dwOpRequestPurgeTime'], 'dwOpRequestPurgeTime'),
      libRequestFlags: bits(info['dwLibRequestFlags'], 'dwLibRequestFlags', NtmsLibRequestFlags),
      opRequestFlags: bits(info['dwOpRequestFlags'], 'dwOpRequestFlags', NtmsOpRequestFlags),
      mediaPoolPolicy: bits(info['dwMediaPoolPolicy'], 'dwMediaPoolPolicy', NtmsMediaPoolPolicy),
    };
  },
  [NtmsObjectsTypes.NTMS_DRIVE]: (record) => ({
    ...described(record),
    deferDismountDelay: dword(part(record, 'Drive')['dwDeferDismountDelay'], 'dwDeferDismountDelay'),
  }),
  [NtmsObjectsTypes.NTMS_DRIVE_TYPE]: described,
  [NtmsObjectsTypes.NTMS_IEDOOR]: (record) => ({
    ...described(record),
    maxOpenSecs: dword(part(record, 'IEDoor')['MaxOpenSecs'], 'MaxOpenSecs'),
  }),
  [NtmsObjectsTypes.NTMS_IEPORT]: (record) => ({
    ...described(record),
    maxExtendSecs: dword(part(record, 'IEPort')['MaxExtendSecs'], 'MaxExtendSecs', 0xffff),
  }),
  [NtmsObjectsTypes.NTMS_LIBRARY]: (record) => {
    const info = part(record, 'Library');
    const { AutoRecovery, InventoryMethod } = info;
    if (typeof AutoRecovery !== 'boolean') throw invalid('AutoRecovery is neither true nor false');
    if (typeof InventoryMethod !== 'number' || !inventoryMethods.includes(InventoryMethod)) {
      throw invalid(`InventoryMethod is ${String(InventoryMethod)}; a library's is NONE, FAST or OMID`);
    }
    const flags = bits(info['dwFlags'], 'dwFlags', NtmsLibraryFlags) & CLIENT_LIBRARY_FLAGS;
    const cleanerUsesRemaining = dword(info['dwCleanerUsesRemaining'], 'dwCleanerUsesRemaining');
    const { name, description } = named(record);
    if (!isShownName(name)) throw invalid('szName is no name for a library');
    return {
      name,
      description,
      autoRecovery: AutoRecovery,
      inventoryMethod: InventoryMethod,
      flags,
      cleanerUsesRemaining,
    };
  },
  [NtmsObjectsTypes.NTMS_LIBREQUEST]: described,
  [NtmsObjectsTypes.NTMS_LOGICAL_MEDIA]: named,
  [NtmsObjectsTypes.NTMS_MEDIA_POOL]: (record) => {
    const info = part(record, 'MediaPool');
    const { MediaType } = info;
    if (MediaType !== null && (typeof MediaType !== 'string' || MediaType === '')) {
      throw invalid('MediaType is neither null nor an identifier');
    }
    const { name, description } = named(record);
    if (!isPoolName(name)) throw invalid('szName is no level of a path');
    return {
      ...{ name, description, mediaType: MediaType },
      allocationPolicy: bits(info['AllocationPolicy'], 'AllocationPolicy', NtmsAllocationPolicy),
      deallocationPolicy: bits(info['DeallocationPolicy'], 'DeallocationPolicy', NtmsDeallocationPolicy),
      maxAllocates: dword(info['dwMaxAllocates'], 'dwMaxAllocates'),
    };
  },
  [NtmsObjectsTypes.NTMS_MEDIA_TYPE]: described,
  [NtmsObjectsTypes.NTMS_PARTITION]: named,
  [NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA]: named,
  [NtmsObjectsTypes.NTMS_STORAGESLOT]: described,
  [NtmsObjectsTypes.NTMS_OPREQUEST]: described,
};

/** The columns that a record of that kind writes. */
export function writableFields<Kind extends InformationKind>(kind: Kind, record: object): WritablePatch<Kind> {
  return readers[kind](record as Given);
}

function part(record: Given, member: string): Given {
  const info = record['Info'];
  const found = typeof info === 'object' && info !== null ? (info as Given)[member] : undefined;
  if (typeof found !== 'object' || found === null) throw invalid(`lpInfo.Info.${member} is missing`);
  return found as Given;
}

function text(value: unknown, field: string, longest: number): string {
  if (typeof value !== 'string') throw invalid(`${field} is missing`);
  if (value.length <= longest && !value.includes('\0')) return value;
  throw invalid(`${field} has at most ${longest} characters, none of them null`);
}

/** A text that can be told from others when it is printed. */
function isShownName(name: string): boolean {
  return name.trim() !== '' && !/\p{Cc}/u.test(name);
}

function dword(value: unknown, field: string, largest = 0xffff_ffff): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= largest) return value;
  throw invalid(`${field} is ${String(value)}; it is a number from 0 to ${largest}`);
}

function bits(value: unknown, field: string, known: Readonly<Record<string, number>>): number {
  const all = Object.values(known).reduce((sum, bit) => sum | bit, 0);
  const given = dword(value, field);
  if ((given & ~all) === 0) return given;
  throw invalid(`${field} has bits that mean nothing: ${((given & ~all) >>> 0).toString(16)}h`);
}

function invalid(detail: string): NtmsError {
  return new NtmsError('ERROR_INVALID_PARAMETER', detail);
}
