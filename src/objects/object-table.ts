import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import type Database from 'better-sqlite3';
import { getTableColumns, getTableName } from 'drizzle-orm';
import type { Clock } from '../../devices/clock.js';
import { NtmsError } from './ntms-error.js';
import { tables } from './object-kinds.js';
import type { NewRowOf, RowOf, TableName } from './object-kinds.js';

/** Columns with the value that a row must have; with a list, one of its values. Null asks for rows without one. */
export type Where<Row> = { readonly [Column in keyof Row]?: Row[Column] | readonly NonNullable<Row[Column]>[] };

export interface ListOptions<Row> {
  /** Column or columns; rows that are equal in them stay in the order in which they were inserted. */
  readonly orderBy?: (keyof Row & string) | readonly (keyof Row & string)[];
  readonly descending?: boolean;
  readonly limit?: number;
}

/** What a table is read and written through; see {@link StoreSession}. */
export interface TableSession {
  readonly connection: Database.Database;
  read<T>(what: string, work: () => T): T;
  write<T>(what: string, work: () => T): T;
}

/** What the store is to those who only read objects. */
export interface ReadableTables {
  table<Name extends TableName>(name: Name): ReadableTable<Name>;
}

/** The part of {@link ObjectTable} that changes nothing. */
export type ReadableTable<Name extends TableName> = Pick<
  ObjectTable<Name>,
  'name' | 'get' | 'require' | 'list' | 'find' | 'count'
>;

/** What the store is to those who only read and write objects. */
export interface ObjectTables {
  table<Name extends TableName>(name: Name): ObjectTable<Name>;
  transaction<T>(work: () => T): T;
}

type Value = string | number | bigint | Buffer | null;
type Values = Readonly<Record<string, unknown>>;

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The rows of one table. All calls are synchronous and throw NtmsError: ERROR_OBJECT_NOT_FOUND where a row must exist,
 * ERROR_INVALID_PARAMETER for a column that is none, and the database's own failures. Statements are kept, one for each
 * set of columns that the program asks with.
 */
export class ObjectTable<Name extends TableName> {
  readonly name: Name;
  readonly #session: TableSession;
  readonly #clock: Clock;
  /** Column names in SQL by their names in rows. */
  readonly #columns: ReadonlyMap<string, string>;
  readonly #booleans: readonly string[];
  readonly #from: string;
  readonly #select: string;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(name: Name, session: TableSession, clock: Clock) {
    this.name = name;
    this.#session = session;
    this.#clock = clock;
    const columns = Object.entries(getTableColumns(tables[name]));
    this.#columns = new Map(columns.map(([key, column]) => [key, `"${column.name}"`]));
    this.#booleans = columns.filter(([, column]) => column.dataType === 'boolean').map(([key]) => key);
    this.#from = `"${getTableName(tables[name])}"`;
    this.#select = `SELECT ${[...this.#columns].map(([key, sql]) => `${sql} AS "${key}"`).join(', ')} FROM ${this.#from}`;
  }

  get(id: string): RowOf<Name> | undefined {
    return this.#session.read(`read from ${this.name}`, () =>
      this.#row(this.#statement(`${this.#select} WHERE "id" = ?`).get(id)),
    );
  }

  /** As `get`, for an object that must exist. */
  require(id: string): RowOf<Name> {
    return this.get(id) ?? this.#notFound(id);
  }

  list(where: Where<RowOf<Name>> = {}, options: ListOptions<RowOf<Name>> = {}): RowOf<Name>[] {
    const { sql, values } = this.#condition(where);
    const direction = options.descending === true ? ' DESC' : '';
    const order = [options.orderBy ?? []].flat().map((column) => `${this.#column(column)}${direction}`);
    const limit = options.limit === undefined ? '' : ' LIMIT ?';
    return this.#session.read(`list ${this.name}`, () =>
      this.#statement(`${this.#select}${sql} ORDER BY ${[...order, `rowid${direction}`].join(', ')}${limit}`)
        .all(...values, ...(options.limit === undefined ? [] : [options.limit]))
        .map((row) => this.#row(row) as RowOf<Name>),
    );
  }

  /** The first that was inserted of those that fit. */
  find(where: Where<RowOf<Name>>): RowOf<Name> | undefined {
    return this.list(where, { limit: 1 })[0];
  }

  count(where: Where<RowOf<Name>> = {}): number {
    const { sql, values } = this.#condition(where);
    return this.#session.read(
      `count ${this.name}`,
      () =>
        this.#statement(`SELECT count(*) FROM ${this.#from}${sql}`)
          .pluck()
          .get(...values) as number,
    );
  }

  /** Returns the row as stored, with its new id, times and defaults. */
  insert(row: NewRowOf<Name>): RowOf<Name> {
    const given = row as Values;
    const id = given['id'] === undefined ? randomUUID() : this.#checkedId(given['id']);
    const now = this.#clock.now();
    const times = this.#columns.has('created') ? { created: now, modified: now } : {};
    const { columns, values } = this.#assignment({ ...given, ...times, id });
    const sql = `INSERT INTO ${this.#from} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    this.#session.write(`insert into ${this.name}`, () => this.#statement(sql).run(...values));
    return this.require(id);
  }

  /** Changes the columns that `patch` has, and the time of modification. Returns the row as it is now. */
  update(id: string, patch: Partial<Omit<RowOf<Name>, 'id' | 'created' | 'modified'>>): RowOf<Name> {
    const times = this.#columns.has('modified') ? { modified: this.#clock.now() } : {};
    const { columns, values } = this.#assignment({ ...(patch as Values), ...times });
    if (columns.length === 0) return this.require(id);
    const sql = `UPDATE ${this.#from} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE "id" = ?`;
    const { changes } = this.#session.write(`update ${this.name}`, () => this.#statement(sql).run(...values, id));
    return changes === 0 ? this.#notFound(id) : this.require(id);
  }

  /** Removes the row and, as the schema says, what belongs to it: a cartridge's sides, a library's elements. */
  remove(id: string): void {
    const sql = `DELETE FROM ${this.#from} WHERE "id" = ?`;
    const { changes } = this.#session.write(`remove from ${this.name}`, () => this.#statement(sql).run(id));
    if (changes === 0) this.#notFound(id);
  }

  #statement(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#session.connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #condition(where: Where<RowOf<Name>>): { sql: string; values: Value[] } {
    const terms: string[] = [];
    const values: Value[] = [];
    for (const [key, value] of Object.entries(where as Values)) {
      if (value === undefined)
        throw invalid(`${this.name}.${key} is asked for with undefined; leave it out, or say null`);
      if (Array.isArray(value)) {
        terms.push(`${this.#column(key)} IN (SELECT value FROM json_each(?))`);
        values.push(JSON.stringify(value.map((one) => this.#value(key, one))));
      } else {
        terms.push(`${this.#column(key)} IS ?`);
        values.push(this.#value(key, value));
      }
    }
    return { sql: terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`, values };
  }

  #assignment(row: Values): { columns: string[]; values: Value[] } {
    const given = Object.entries(row).filter(([, value]) => value !== undefined);
    return {
      columns: given.map(([key]) => this.#column(key)),
      values: given.map(([key, value]) => this.#value(key, value)),
    };
  }

  #column(key: string): string {
    const column = this.#columns.get(key);
    if (column === undefined) {
      throw invalid(`${this.name} has no column ${key}; it has ${[...this.#columns.keys()].join(', ')}`);
    }
    return column;
  }

  #value(key: string, value: unknown): Value {
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (value === null || typeof value === 'string' || typeof value === 'bigint' || Buffer.isBuffer(value))
      return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw invalid(`${this.name}.${key} cannot hold ${inspect(value)}; give text, a finite number, true, false or null`);
  }

  #row(row: unknown): RowOf<Name> | undefined {
    if (row === undefined) return undefined;
    const values = row as Record<string, unknown>;
    for (const key of this.#booleans) values[key] = values[key] === null ? null : values[key] === 1;
    return values as RowOf<Name>;
  }

  #checkedId(id: unknown): string {
    if (typeof id === 'string' && guid.test(id)) return id;
    throw invalid(`${inspect(id)} is no identifier; give a GUID in lower case without braces`);
  }

  #notFound(id: string): never {
    throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `${this.name} has no object ${id}`, {
      data: { table: this.name, id },
    });
  }
}

function invalid(detail: string): NtmsError {
  return new NtmsError('ERROR_INVALID_PARAMETER', detail);
}
