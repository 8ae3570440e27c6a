import type { Snapshot, WatchedRow } from '../../objects/database-watch.js';
import { NtmsLmOperation } from '../../objects/ntmsapi/index.js';
import type { TableName } from '../../objects/object-kinds.js';
import { symbolOf, words } from '../output/words.js';
import { WATCHED_KINDS } from './watched-kinds.js';

/** What a person calls the object of a row: `drive 0 of bench`, `medium ORS001L8`, `request 1f2e3d4c (mount)`. */
export function rowLabel(table: TableName, row: WatchedRow, all: Snapshot): string {
  const kind = WATCHED_KINDS[table].replaceAll('-', ' ');
  switch (table) {
    case 'computers':
      return 'the computer';
    case 'changers':
    case 'drives':
    case 'slots':
    case 'ports':
    case 'doors':
      return `${kind} ${shown(row['number'])} of ${nameOf(all, 'libraries', row['library'])}`;
    case 'sides':
      return `side ${shown(row['side'])} of ${nameOf(all, 'physicalMedia', row['physicalMedia'])}`;
    case 'libRequests':
      return `request ${short(row.id)} (${words(symbolOf(NtmsLmOperation, Number(row['operationCode'])))})`;
    case 'moveJournal':
      return `move of ${nameOf(all, 'physicalMedia', row['physMediaId'])}`;
    case 'libraryMediaTypes':
      return `${nameOf(all, 'mediaTypes', row['mediaType'])} in library ${nameOf(all, 'libraries', row['library'])}`;
    case 'objectAttributes':
      return `attribute ${shown(row['name'])} of ${labelOfId(row['object'], all)}`;
    case 'uiDestinations':
      return `messages of ${labelOfId(row['object'], all)} to ${shown(row['destination'])}`;
    case 'accessEntries':
      return `rights of ${shown(row['trustee'])} on ${labelOfId(row['object'], all)}`;
    case 'objectSecurity':
      return `security of ${labelOfId(row.id, all)}`;
    default:
      return `${kind} ${rowName(table, row, all)}`;
  }
}

/** The label of whatever object has this identifier; its beginning when none has. */
export function labelOfId(id: unknown, all: Snapshot): string {
  for (const [table, rows] of all) {
    const row = table === 'objectSecurity' ? undefined : rows.get(String(id));
    if (row !== undefined) return rowLabel(table, row, all);
  }
  return short(id);
}

function nameOf(all: Snapshot, table: TableName, id: unknown): string {
  const row = all.get(table)?.get(String(id));
  return row === undefined ? short(id) : rowName(table, row, all);
}

function rowName(table: TableName, row: WatchedRow, all: Snapshot): string {
  if (table === 'mediaPools') return poolPath(row, all);
  const names = [row['barCode'], row['name'], row['product']];
  return names.filter((name): name is string => typeof name === 'string').find((name) => name !== '') ?? short(row.id);
}

/** `Free/LTO-8`, without the root pool, which has no parent and no name that anybody uses. */
function poolPath(row: WatchedRow, all: Snapshot): string {
  const pools = all.get('mediaPools');
  const names: string[] = [];
  const seen = new Set<string>();
  for (let pool: WatchedRow | undefined = row; pool !== undefined && !seen.has(pool.id);) {
    seen.add(pool.id);
    const parent: unknown = pool['parent'];
    if (parent !== null || names.length === 0) names.unshift(shown(pool['name']));
    pool = typeof parent === 'string' ? pools?.get(parent) : undefined;
  }
  return names.join('/') || short(row.id);
}

function short(id: unknown): string {
  return String(id).slice(0, 8);
}

function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '?';
}
