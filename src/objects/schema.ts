import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/**
 * The object model as SQLite tables: one table per kind of object that ntmsapi.h names, its columns the fields of the
 * kind's information structure (without Hungarian prefixes), plus what the library needs to find the hardware again.
 * Identifiers are GUIDs in lower case; times are milliseconds since 1970-01-01 UTC; enumerations hold the documented
 * numbers; a null GUID of the API is NULL here.
 */

/** What every object has (NTMS_OBJECTINFORMATION). */
const objectColumns = () => ({
  id: text('id').primaryKey(),
  name: text('name').notNull().default(''),
  description: text('description').notNull().default(''),
  enabled: integer('enabled', { mode: 'boolean' }).notNull().default(true),
  /** NtmsOperationalState */
  operationalState: integer('operational_state').notNull().default(0),
  created: integer('created').notNull(),
  modified: integer('modified').notNull(),
});

const address = () => ({
  /** SMC element address in the changer's map. */
  elementAddress: integer('element_address').notNull(),
});

const scsiIdentity = () => ({
  /** How the rig reaches it: `iscsi://…, LUN 1`. */
  deviceName: text('device_name').notNull().default(''),
  serialNumber: text('serial_number').notNull().default(''),
  revision: text('revision').notNull().default(''),
  scsiPort: integer('scsi_port').notNull().default(0),
  scsiBus: integer('scsi_bus').notNull().default(0),
  scsiTarget: integer('scsi_target').notNull().default(0),
  scsiLun: integer('scsi_lun').notNull().default(0),
});

/** NTMS_COMPUTER: exactly one row, this server. */
export const computers = sqliteTable('computers', {
  ...objectColumns(),
  libRequestPurgeTime: integer('lib_request_purge_time').notNull().default(259_200),
  opRequestPurgeTime: integer('op_request_purge_time').notNull().default(259_200),
  libRequestFlags: integer('lib_request_flags').notNull().default(0),
  opRequestFlags: integer('op_request_flags').notNull().default(0),
  mediaPoolPolicy: integer('media_pool_policy').notNull().default(0),
});

/** NTMS_LIBRARY. `name` is the rig's name for it and unique; the one offline library has type OFFLINE. */
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

/** NTMS_MEDIA_TYPE */
export const mediaTypes = sqliteTable('media_types', {
  ...objectColumns(),
  /** NtmsMediaType number of the documents (an LTO type that they do not know keeps 0). */
  mediaType: integer('media_type').notNull().default(0),
  numberOfSides: integer('number_of_sides').notNull().default(1),
  /** NtmsReadWriteCharacteristics */
  readWriteCharacteristics: integer('read_write_characteristics').notNull().default(1),
  deviceType: integer('device_type').notNull().default(1),
});

/** NTMS_MEDIA_POOL */
export const mediaPools = sqliteTable(
  'media_pools',
  {
    ...objectColumns(),
    /** NtmsPoolType */
    poolType: integer('pool_type').notNull(),
    mediaType: text('media_type').references(() => mediaTypes.id),
    /** Null for the root pool only. */
    parent: text('parent'),
    allocationPolicy: integer('allocation_policy').notNull().default(0),
    deallocationPolicy: integer('deallocation_policy').notNull().default(0),
    maxAllocates: integer('max_allocates').notNull().default(0),
  },
  (table) => [index('media_pools_parent').on(table.parent)],
);

/** NTMS_PHYSICAL_MEDIA: a cartridge. It is in exactly one place. */
export const physicalMedia = sqliteTable(
  'physical_media',
  {
    ...objectColumns(),
    currentLibrary: text('current_library')
      .notNull()
      .references(() => libraries.id),
    mediaPool: text('media_pool')
      .notNull()
      .references(() => mediaPools.id),
    mediaType: text('media_type').references(() => mediaTypes.id),
    /** Object kind of `location` (NtmsObjectsTypes): slot, drive, port, changer; slot with a null location when offline. */
    locationType: integer('location_type').notNull(),
    location: text('location'),
    homeSlot: text('home_slot'),
    barCode: text('bar_code').notNull().default(''),
    /** NtmsBarCodeState */
    barCodeState: integer('bar_code_state').notNull().default(2),
    sequenceNumber: text('sequence_number').notNull().default(''),
    /** NtmsMediaState */
    mediaState: integer('media_state').notNull().default(0),
    numberOfPartitions: integer('number_of_partitions').notNull().default(1),
    mediaTypeCode: integer('media_type_code').notNull().default(0),
    densityCode: integer('density_code').notNull().default(0),
    mountedPartition: text('mounted_partition'),
    /** The library request that has the cartridge in use, mounted or not; null when nobody has. */
    claimedBy: text('claimed_by'),
    cleaner: integer('cleaner', { mode: 'boolean' }).notNull().default(false),
  },
  (table) => [
    // The database itself refuses two cartridges in one element.
    uniqueIndex('physical_media_location').on(table.location),
    index('physical_media_library').on(table.currentLibrary),
    index('physical_media_bar_code').on(table.barCode),
  ],
);

/** NTMS_LOGICAL_MEDIA */
export const logicalMedia = sqliteTable('logical_media', {
  ...objectColumns(),
  mediaPool: text('media_pool')
    .notNull()
    .references(() => mediaPools.id),
});

/** NTMS_PARTITION: a side of a cartridge. */
export const sides = sqliteTable(
  'sides',
  {
    ...objectColumns(),
    physicalMedia: text('physical_media')
      .notNull()
      .references(() => physicalMedia.id, { onDelete: 'cascade' }),
    logicalMedia: text('logical_media').references(() => logicalMedia.id),
    /** NtmsPartitionState */
    state: integer('state').notNull().default(0),
    side: integer('side').notNull().default(0),
    /** On-media label id, hexadecimal; empty when none was read yet. */
    omidLabelId: text('omid_label_id').notNull().default(''),
    omidLabelType: text('omid_label_type').notNull().default(''),
    omidLabelInfo: text('omid_label_info').notNull().default(''),
    mountCount: integer('mount_count').notNull().default(0),
    allocateCount: integer('allocate_count').notNull().default(0),
    /** Bytes; 0 when unknown. */
    capacity: integer('capacity').notNull().default(0),
  },
  (table) => [uniqueIndex('sides_of_medium').on(table.physicalMedia, table.side)],
);

/** NTMS_LIBREQUEST: one queued operation on a library. */
export const libRequests = sqliteTable(
  'lib_requests',
  {
    ...objectColumns(),
    /** NtmsLmOperation */
    operationCode: integer('operation_code').notNull(),
    operationOption: integer('operation_option').notNull().default(0),
    /** NtmsLmState */
    state: integer('state').notNull().default(0),
    library: text('library')
      .notNull()
      .references(() => libraries.id, { onDelete: 'cascade' }),
    partitionId: text('partition_id'),
    driveId: text('drive_id'),
    physMediaId: text('phys_media_id'),
    slotId: text('slot_id'),
    timeQueued: integer('time_queued').notNull(),
    timeCompleted: integer('time_completed'),
    application: text('application').notNull().default(''),
    user: text('user').notNull().default(''),
    computer: text('computer').notNull().default(''),
    /** Win32 code; 0 while unfinished and after success. */
    errorCode: integer('error_code').notNull().default(0),
    /** Which check or device refused, in words; not part of the API structure. */
    errorDetail: text('error_detail').notNull().default(''),
    workItemId: text('work_item_id'),
    /** -15 ... 15 */
    priority: integer('priority').notNull().default(0),
    /** SetNtmsRequestOrder; 0 means unordered. */
    order: integer('order').notNull().default(0),
    /** Requests of one call with several media carry the same group: all of them or none. */
    mountGroup: text('mount_group'),
  },
  (table) => [index('lib_requests_state').on(table.state), index('lib_requests_library').on(table.library)],
);

/** NTMS_OPREQUEST: something only a person can do. */
export const opRequests = sqliteTable('op_requests', {
  ...objectColumns(),
  /** NtmsOpreqCommand */
  request: integer('request').notNull(),
  submitted: integer('submitted').notNull(),
  completed: integer('completed'),
  /** NtmsOpreqState */
  state: integer('state').notNull().default(1),
  message: text('message').notNull().default(''),
  arg1Type: integer('arg1_type').notNull().default(0),
  arg1: text('arg1'),
  arg2Type: integer('arg2_type').notNull().default(0),
  arg2: text('arg2'),
  application: text('application').notNull().default(''),
  user: text('user').notNull().default(''),
  computer: text('computer').notNull().default(''),
  /** The library request that waits for it. */
  libRequest: text('lib_request'),
});

/**
 * One row per motion of the medium transport. `intended` is committed before MOVE MEDIUM leaves; the outcome together
 * with the new locations after the element status was read back. A row still `intended` at start is what a crash left.
 */
export const moveJournal = sqliteTable(
  'move_journal',
  {
    id: text('id').primaryKey(),
    library: text('library')
      .notNull()
      .references(() => libraries.id, { onDelete: 'cascade' }),
    libRequest: text('lib_request'),
    physMediaId: text('phys_media_id').notNull(),
    mediumTransportAddress: integer('medium_transport_address').notNull(),
    source: integer('source').notNull(),
    destination: integer('destination').notNull(),
    outcome: text('outcome', {
      enum: ['intended', 'moved', 'not-moved', 'on-picker', 'elsewhere', 'uncertain'],
    }).notNull(),
    intendedAt: integer('intended_at').notNull(),
    concludedAt: integer('concluded_at'),
    detail: text('detail').notNull().default(''),
  },
  (table) => [index('move_journal_open').on(table.outcome)],
);

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
