import type { Snapshot } from '../../objects/database-watch.js';
import {
  NtmsBarCodeState,
  NtmsDoorState,
  NtmsDriveState,
  NtmsInventoryMethod,
  NtmsLibraryType,
  NtmsLmOperation,
  NtmsLmState,
  NtmsMediaState,
  NtmsObjectsTypes,
  NtmsOperationalState,
  NtmsOpreqCommand,
  NtmsOpreqState,
  NtmsPartitionState,
  NtmsPoolType,
  NtmsPortContent,
  NtmsPortPosition,
  NtmsSlotState,
} from '../../objects/ntmsapi/index.js';
import type { TableName } from '../../objects/object-kinds.js';
import { symbolOf, words } from '../output/words.js';
import { labelOfId } from './row-labels.js';

type Enumeration = Readonly<Record<string, number>>;

/** Columns that hold an enumeration's number. */
const ENUMERATIONS: { readonly [Table in TableName]?: Readonly<Record<string, Enumeration>> } = {
  libraries: { libraryType: NtmsLibraryType, inventoryMethod: NtmsInventoryMethod },
  drives: { state: NtmsDriveState },
  slots: { state: NtmsSlotState },
  ports: { content: NtmsPortContent, position: NtmsPortPosition },
  doors: { state: NtmsDoorState },
  mediaPools: { poolType: NtmsPoolType },
  physicalMedia: { mediaState: NtmsMediaState, barCodeState: NtmsBarCodeState, locationType: NtmsObjectsTypes },
  sides: { state: NtmsPartitionState },
  libRequests: { operationCode: NtmsLmOperation, state: NtmsLmState },
  opRequests: { request: NtmsOpreqCommand, state: NtmsOpreqState },
};

const TIMES: readonly string[] = [
  ...['created', 'modified', 'lastCleaned', 'dismountableSince', 'timeQueued', 'timeCompleted', 'submitted'],
  ...['completed', 'intendedAt', 'concludedAt'],
];

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A column's value as JSON has it: enumerations by name, times in ISO 8601, bytes in hexadecimal. */
export function jsonValue(table: TableName, column: string, value: unknown): unknown {
  if (typeof value === 'number') {
    const enumeration = column === 'operationalState' ? NtmsOperationalState : ENUMERATIONS[table]?.[column];
    if (enumeration !== undefined) return symbolOf(enumeration, value);
    if (TIMES.includes(column)) return new Date(value).toISOString();
  }
  return Buffer.isBuffer(value) ? value.toString('hex') : value;
}

/** The same for people: what an identifier names, states in words. */
export function shownValue(table: TableName, column: string, value: unknown, all: Snapshot): string {
  if (value === null || value === undefined || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Buffer.isBuffer(value)) return `${value.length} bytes`;
  if (typeof value === 'string' && GUID.test(value)) return labelOfId(value, all);
  const plain = jsonValue(table, column, value);
  return typeof plain === 'string' && plain.startsWith('NTMS_') ? words(plain) : String(plain);
}

/** `operationalState` → `operational state` */
export function columnWords(column: string): string {
  return column.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
