import { blob, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/* Attributes of objects, and who may do what with them. */

/** What applications keep with an object: bytes under a name. Goes when the object goes. */
export const objectAttributes = sqliteTable(
  'object_attributes',
  {
    id: text('id').primaryKey(),
    /** Of whatever kind. */
    object: text('object').notNull(),
    name: text('name').notNull(),
    data: blob('data', { mode: 'buffer' }).notNull(),
  },
  (table) => [uniqueIndex('object_attributes_name').on(table.object, table.name)],
);

/** What a media pool, a library or the computer says about its security beside its access entries. Goes when it goes. */
export const objectSecurity = sqliteTable('object_security', {
  /** The object's own. */
  id: text('id').primaryKey(),
  /** `user:<name>` or `group:<name>`; empty: the owner of what is above it. */
  owner: text('owner').notNull().default(''),
  /** `group:<name>` */
  ownerGroup: text('owner_group'),
  /** Whether it has an access list of its own, even an empty one. */
  ownList: integer('own_list', { mode: 'boolean' }).notNull().default(false),
});

/** An access list entry: what `trustee` may do with the object and with all it governs. */
export const accessEntries = sqliteTable(
  'access_entries',
  {
    id: text('id').primaryKey(),
    /** A media pool, a library or the computer. */
    object: text('object').notNull(),
    /** `user:<name>`, `group:<name>` or `everyone`. */
    trustee: text('trustee').notNull(),
    /** Bits of NtmsAccessMask, READ_CONTROL and WRITE_DAC. */
    mask: integer('mask').notNull(),
    deny: integer('deny', { mode: 'boolean' }).notNull().default(false),
  },
  (table) => [index('access_entries_object').on(table.object)],
);
