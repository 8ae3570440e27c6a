import type { RowOf, TableName } from '../objects/object-kinds.js';
import type { ObjectStore } from '../objects/object-store.js';

/**
 * Writes those columns that differ from the row as it is; a row that says so already keeps its time of modification.
 * Tells whether anything was written.
 */
export function updateChanged<Name extends TableName>(
  store: ObjectStore,
  table: Name,
  row: RowOf<Name>,
  patch: Partial<Omit<RowOf<Name>, 'id' | 'created' | 'modified'>>,
): boolean {
  const now = row as Readonly<Record<string, unknown>>;
  const changed = Object.entries(patch).filter(([column, value]) => value !== undefined && now[column] !== value);
  if (changed.length === 0) return false;
  store.table(table).update(row.id, Object.fromEntries(changed) as typeof patch);
  return true;
}
