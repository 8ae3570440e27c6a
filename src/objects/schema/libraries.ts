import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { address, objectColumns, scsiIdentity } from './columns.js';

/* The computer, libraries and their elements. */

/** NTMS_COMPUTER: exactly one row, this server. */
export const computers = sqliteTable('computers', {
  ...objectColumns(),
  libRequestPurgeTime: integer('lib_request_purge_time').notNull().default(259_200),
  opRequestPurgeTime: integer('op_request_purge_time').notNull().default(259_200),
  libRequestFlags: integer('lib_request_flags').notNull().default(0),
  opRequestFlags: integer('op_request_flags').notNull().default(0),
  mediaPoolPolicy: integer('media_pool_policy').notNull().default(0),
  /** True: a cartridge that becomes free is mounted for its free label; false: the label waits for the next mount. */
  freeLabelsAtOnce: integer('free_labels_at_once', { mode: 'boolean' }).notNull().default(false),
});

/** NTMS_LIBRARY. `name` is unique, and at first the rig's name for it; the one offline library has type OFFLINE. */
export const libraries = sqliteTable(
  'libraries',
  {
    ...objectColumns(),
    /** NtmsLibraryType */
    libraryType: integer('library_type').notNull(),
    cleanerSlot: text('cleaner_slot'),
    librarySupportsDriveCleaning: integer('library_supports_drive_cleaning', { mode: 'boolean' })
      .notNull()
      .default(false),
    barCodeReaderInstalled: integer('bar_code_reader_installed', { mode: 'boolean' }).notNull().default(false),
    /** NtmsInventoryMethod */
    inventoryMethod: integer('inventory_method').notNull().default(1),
    cleanerUsesRemaining: integer('cleaner_uses_remaining').notNull().default(0),
    autoRecovery: integer('auto_recovery', { mode: 'boolean' }).notNull().default(true),
    /** NtmsLibraryFlags */
    flags: integer('flags').notNull().default(0),
    /** The rig's name for it, by which a start finds it whatever it is called now; empty: it is still `name`. */
    rigName: text('rig_name').notNull().default(''),
  },
  (table) => [uniqueIndex('libraries_name').on(table.name)],
);

/** NTMS_CHANGER_TYPE */
export const changerTypes = sqliteTable('changer_types', {
  ...objectColumns(),
  vendor: text('vendor').notNull(),
  product: text('product').notNull(),
  deviceType: integer('device_type').notNull(),
});

/** NTMS_CHANGER: the medium transport of a library. */
export const changers = sqliteTable('changers', {
  ...objectColumns(),
  ...scsiIdentity(),
  ...address(),
  number: integer('number').notNull(),
  library: text('library')
    .notNull()
    .references(() => libraries.id, { onDelete: 'cascade' }),
  changerType: text('changer_type').references(() => changerTypes.id),
});

/** NTMS_DRIVE_TYPE */
export const driveTypes = sqliteTable('drive_types', {
  ...objectColumns(),
  vendor: text('vendor').notNull(),
  product: text('product').notNull(),
  numberOfHeads: integer('number_of_heads').notNull().default(1),
  deviceType: integer('device_type').notNull(),
});

/** NTMS_DRIVE: a data transfer element and the drive in it. */
export const drives = sqliteTable(
  'drives',
  {
    ...objectColumns(),
    ...scsiIdentity(),
    ...address(),
    number: integer('number').notNull(),
    library: text('library')
      .notNull()
      .references(() => libraries.id, { onDelete: 'cascade' }),
    /** NtmsDriveState */
    state: integer('state').notNull().default(0),
    driveType: text('drive_type').references(() => driveTypes.id),
    mountCount: integer('mount_count').notNull().default(0),
    lastCleaned: integer('last_cleaned'),
    /** The side inside; null while filled means that a person inserted it. */
    savedPartitionId: text('saved_partition_id'),
    /** Seconds that a deferred cartridge stays at least. */
    deferDismountDelay: integer('defer_dismount_delay').notNull().default(300),
    dismountableSince: integer('dismountable_since'),
  },
  (table) => [uniqueIndex('drives_element').on(table.library, table.elementAddress)],
);

/** NTMS_STORAGESLOT */
export const slots = sqliteTable(
  'slots',
  {
    ...objectColumns(),
    ...address(),
    number: integer('number').notNull(),
    library: text('library')
      .notNull()
      .references(() => libraries.id, { onDelete: 'cascade' }),
    /** NtmsSlotState */
    state: integer('state').notNull().default(0),
  },
  (table) => [uniqueIndex('slots_element').on(table.library, table.elementAddress)],
);

/** NTMS_IEPORT */
export const ports = sqliteTable(
  'ports',
  {
    ...objectColumns(),
    ...address(),
    number: integer('number').notNull(),
    library: text('library')
      .notNull()
      .references(() => libraries.id, { onDelete: 'cascade' }),
    /** NtmsPortContent */
    content: integer('content').notNull().default(0),
    /** NtmsPortPosition */
    position: integer('position').notNull().default(0),
    maxExtendSecs: integer('max_extend_secs').notNull().default(0),
  },
  (table) => [uniqueIndex('ports_element').on(table.library, table.elementAddress)],
);

/** NTMS_IEDOOR */
export const doors = sqliteTable('doors', {
  ...objectColumns(),
  number: integer('number').notNull(),
  library: text('library')
    .notNull()
    .references(() => libraries.id, { onDelete: 'cascade' }),
  /** NtmsDoorState */
  state: integer('state').notNull().default(0),
  maxOpenSecs: integer('max_open_secs').notNull().default(0),
});
