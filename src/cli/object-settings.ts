import {
  NtmsAllocationPolicy,
  NtmsDeallocationPolicy,
  NtmsInventoryMethod,
  NtmsLibraryFlags,
  NtmsLibRequestFlags,
  NtmsMediaPoolPolicy,
  NtmsOpRequestFlags,
} from '../ntms/index.js';
import { CommandError } from './command-error.js';
import type { SettingName } from './commands-of/setting-options.js';
import { findObject } from './names/object-name.js';
import { parseTimeSpan } from './names/time-span.js';
import type { ObjectReader } from './views/object-reader.js';

/** Fields of a record or of its part, by their documented names. */
type Fields = Readonly<Record<string, unknown>>;

/** What an option of `rsm set` writes. */
export interface ObjectSetting {
  /** The member of `Info` that has the field; absent: the record itself. */
  readonly member?: string;
  /**
   * The fields to be written; `before` has what they are now.
   * @throws CommandError USAGE for a value that none can have
   */
  readonly fields: (value: string, before: Fields, reader: ObjectReader) => Fields | Promise<Fields>;
}

const INVENTORY_METHODS: Readonly<Record<string, number>> = {
  none: NtmsInventoryMethod.NTMS_INVENTORY_NONE,
  fast: NtmsInventoryMethod.NTMS_INVENTORY_FAST,
  omid: NtmsInventoryMethod.NTMS_INVENTORY_OMID,
};

const { NTMS_LIBRARYFLAG_AUTODETECTCHANGE, NTMS_LIBRARYFLAG_RECOGNIZECLEANERBARCODE } = NtmsLibraryFlags;
const { NTMS_LIBREQFLAGS_NOAUTOPURGE, NTMS_LIBREQFLAGS_NOFAILEDPURGE } = NtmsLibRequestFlags;
const { NTMS_OPREQFLAGS_NOAUTOPURGE, NTMS_OPREQFLAGS_NOFAILEDPURGE } = NtmsOpRequestFlags;
const { NTMS_POOLPOLICY_PURGEOFFLINESCRATCH, NTMS_POOLPOLICY_KEEPOFFLINEIMPORT } = NtmsMediaPoolPolicy;

/** The settings by their options. */
export const OBJECT_SETTINGS: Readonly<Record<SettingName, ObjectSetting>> = {
  name: { fields: (value) => ({ szName: value }) },
  description: { fields: (value) => ({ szDescription: value }) },
  'auto-recovery': field('Library', 'AutoRecovery', switched),
  'inventory-method': field('Library', 'InventoryMethod', inventoryMethod),
  'detect-change': bit('Library', 'dwFlags', NTMS_LIBRARYFLAG_AUTODETECTCHANGE),
  'cleaner-barcodes': bit('Library', 'dwFlags', NTMS_LIBRARYFLAG_RECOGNIZECLEANERBARCODE),
  'cleaner-uses': field('Library', 'dwCleanerUsesRemaining', (text) =>
    text === 'uncounted' ? 0xffff_ffff : number(text),
  ),
  'defer-dismount': field('Drive', 'dwDeferDismountDelay', seconds),
  'max-open': field('IEDoor', 'MaxOpenSecs', seconds),
  'max-extend': field('IEPort', 'MaxExtendSecs', seconds),
  'media-type': {
    member: 'MediaPool',
    fields: async (value, _before, reader) => ({
      MediaType: value === 'none' ? null : (await findObject(reader, 'media-type', value)).id,
    }),
  },
  'draw-from-free': bit('MediaPool', 'AllocationPolicy', NtmsAllocationPolicy.NTMS_ALLOCATE_FROMSCRATCH),
  'return-to-free': bit('MediaPool', 'DeallocationPolicy', NtmsDeallocationPolicy.NTMS_DEALLOCATE_TOSCRATCH),
  'max-allocates': field('MediaPool', 'dwMaxAllocates', number),
  'purge-requests': field('Computer', 'dwLibRequestPurgeTime', seconds),
  'purge-operator-requests': field('Computer', 'dwOpRequestPurgeTime', seconds),
  'keep-requests': bit('Computer', 'dwLibRequestFlags', NTMS_LIBREQFLAGS_NOAUTOPURGE),
  'keep-failed': bit('Computer', 'dwLibRequestFlags', NTMS_LIBREQFLAGS_NOFAILEDPURGE),
  'keep-operator-requests': bit('Computer', 'dwOpRequestFlags', NTMS_OPREQFLAGS_NOAUTOPURGE),
  'keep-refused': bit('Computer', 'dwOpRequestFlags', NTMS_OPREQFLAGS_NOFAILEDPURGE),
  'purge-ejected-free': bit('Computer', 'dwMediaPoolPolicy', NTMS_POOLPOLICY_PURGEOFFLINESCRATCH),
  'keep-ejected-import': bit('Computer', 'dwMediaPoolPolicy', NTMS_POOLPOLICY_KEEPOFFLINEIMPORT),
};

function field(member: string, name: string, read: (text: string) => unknown): ObjectSetting {
  return { member, fields: (value) => ({ [name]: read(value) }) };
}

function bit(member: string, name: string, mask: number): ObjectSetting {
  return {
    member,
    fields: (value, before) => {
      const bits = Number(before[name] ?? 0);
      return { [name]: switched(value) ? bits | mask : bits & ~mask };
    },
  };
}

function switched(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new CommandError('USAGE', `"${text}" is neither on nor off.`);
}

function inventoryMethod(text: string): number {
  const value = INVENTORY_METHODS[text];
  if (value !== undefined) return value;
  throw new CommandError('USAGE', `"${text}" is none of ${Object.keys(INVENTORY_METHODS).join(', ')}.`);
}

function number(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new CommandError('USAGE', `"${text}" is no number from 0 up.`);
}

/** Whole seconds; the API has no finer ones. */
function seconds(text: string): number {
  return Math.round(parseTimeSpan(text) / 1000);
}
