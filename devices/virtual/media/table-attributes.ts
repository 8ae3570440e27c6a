import type Database from 'better-sqlite3';
import type { AttributeChange, AttributeStore, StoredAttribute } from './medium.js';

export const ATTRIBUTE_SCHEMA = `
  CREATE TABLE IF NOT EXISTS medium_attribute (
    cartridge_id INTEGER NOT NULL,
    identifier INTEGER NOT NULL,
    format INTEGER NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (cartridge_id, identifier)
  ) STRICT;
`;

/** The attributes of one cartridge in the hardware's database. */
export class TableAttributes implements AttributeStore {
  readonly #database: Database.Database;
  readonly #cartridgeId: number;

  constructor(database: Database.Database, cartridgeId: number) {
    this.#database = database;
    this.#cartridgeId = cartridgeId;
  }

  all(): readonly StoredAttribute[] {
    const rows = this.#database
      .prepare('SELECT identifier, format, value FROM medium_attribute WHERE cartridge_id = ? ORDER BY identifier')
      .all(this.#cartridgeId) as { identifier: number; format: number; value: Buffer }[];
    return rows.map(({ identifier, format, value }) => ({ identifier, format, value: new Uint8Array(value) }));
  }

  change(changes: readonly AttributeChange[]): void {
    const put = this.#database.prepare('INSERT OR REPLACE INTO medium_attribute VALUES (?, ?, ?, ?)');
    const remove = this.#database.prepare('DELETE FROM medium_attribute WHERE cartridge_id = ? AND identifier = ?');
    this.#database.transaction(() => {
      for (const { identifier, format, value } of changes) {
        if (value === undefined) remove.run(this.#cartridgeId, identifier);
        else put.run(this.#cartridgeId, identifier, format, Buffer.from(value));
      }
    })();
  }
}
