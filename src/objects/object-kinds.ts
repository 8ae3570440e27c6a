import * as schema from './schema.js';
import { NtmsObjectsTypes } from './ntmsapi/index.js';

/** The name under which schema.ts exports a table: `drives`. */
export type TableName = keyof typeof schema;

/** A row as read. */
export type RowOf<Name extends TableName> = (typeof schema)[Name]['$inferSelect'];

/** A row to be inserted: columns with a default may be left out; `id` is made unless given; times are filled in. */
export type NewRowOf<Name extends TableName> = Omit<
  (typeof schema)[Name]['$inferInsert'],
  'id' | 'created' | 'modified'
> & { readonly id?: string };

/** Every table with the kind of object that its rows are; NTMS_UNKNOWN for rows that are no objects of the API. */
export const kindOfTable: Readonly<Record<TableName, NtmsObjectsTypes>> = {
  computers: NtmsObjectsTypes.NTMS_COMPUTER,
  libraries: NtmsObjectsTypes.NTMS_LIBRARY,
  changerTypes: NtmsObjectsTypes.NTMS_CHANGER_TYPE,
  changers: NtmsObjectsTypes.NTMS_CHANGER,
  driveTypes: NtmsObjectsTypes.NTMS_DRIVE_TYPE,
  drives: NtmsObjectsTypes.NTMS_DRIVE,
  slots: NtmsObjectsTypes.NTMS_STORAGESLOT,
  ports: NtmsObjectsTypes.NTMS_IEPORT,
  doors: NtmsObjectsTypes.NTMS_IEDOOR,
  mediaTypes: NtmsObjectsTypes.NTMS_MEDIA_TYPE,
  mediaPools: NtmsObjectsTypes.NTMS_MEDIA_POOL,
  physicalMedia: NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA,
  logicalMedia: NtmsObjectsTypes.NTMS_LOGICAL_MEDIA,
  sides: NtmsObjectsTypes.NTMS_PARTITION,
  libRequests: NtmsObjectsTypes.NTMS_LIBREQUEST,
  opRequests: NtmsObjectsTypes.NTMS_OPREQUEST,
  libraryMediaTypes: NtmsObjectsTypes.NTMS_UNKNOWN,
  moveJournal: NtmsObjectsTypes.NTMS_UNKNOWN,
  accessEntries: NtmsObjectsTypes.NTMS_UNKNOWN,
  objectAttributes: NtmsObjectsTypes.NTMS_UNKNOWN,
  objectSecurity: NtmsObjectsTypes.NTMS_UNKNOWN,
  uiDestinations: NtmsObjectsTypes.NTMS_UNKNOWN,
};

export const tableNames = Object.keys(kindOfTable) as readonly TableName[];

/** The table that holds objects of `kind`; undefined for kinds without objects (NTMS_OBJECT, NTMS_UI_DESTINATION). */
export function tableOfKind(kind: number): TableName | undefined {
  if (kind === NtmsObjectsTypes.NTMS_UNKNOWN) return undefined;
  return tableNames.find((name) => kindOfTable[name] === kind);
}

/** The tables of schema.ts by name. */
export const tables: typeof schema = { ...schema };
