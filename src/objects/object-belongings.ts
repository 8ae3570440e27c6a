import type Database from 'better-sqlite3';
import { getTableName } from 'drizzle-orm';
import { kindOfTable, tableNames, tables } from './object-kinds.js';
import { NtmsObjectsTypes } from './ntmsapi/index.js';

/**
 * Lets attributes, access entries and security go with their object, whoever removes it: also a foreign key that cascades.
 * They belong to objects of any table, so no foreign key can say it.
 */
export function removeBelongingsWithObjects(connection: Database.Database): void {
  const belongings = [
    `DELETE FROM "${getTableName(tables.objectAttributes)}" WHERE "object" = old."id";`,
    `DELETE FROM "${getTableName(tables.accessEntries)}" WHERE "object" = old."id";`,
    `DELETE FROM "${getTableName(tables.objectSecurity)}" WHERE "id" = old."id";`,
  ].join(' ');
  for (const name of tableNames) {
    if (kindOfTable[name] === NtmsObjectsTypes.NTMS_UNKNOWN) continue;
    const table = getTableName(tables[name]);
    connection.exec(
      `CREATE TEMP TRIGGER belongings_of_${table} AFTER DELETE ON main."${table}" BEGIN ${belongings} END`,
    );
  }
}
