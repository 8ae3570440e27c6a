import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { objectColumns } from './columns.js';
import { libraries } from './libraries.js';

/* Media types, pools, cartridges, their sides. */

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

/** Which media types a library supports: those of its drives, of its media, and those that were added to it. */
export const libraryMediaTypes = sqliteTable(
  'library_media_types',
  {
    id: text('id').primaryKey(),
    library: text('library')
      .notNull()
      .references(() => libraries.id, { onDelete: 'cascade' }),
    mediaType: text('media_type')
      .notNull()
      .references(() => mediaTypes.id, { onDelete: 'cascade' }),
  },
  (table) => [uniqueIndex('library_media_types_once').on(table.library, table.mediaType)],
);

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
    /** A drive refused it as used up, or as no cleaner for it: it is not tried again. */
    cleanerSpent: integer('cleaner_spent', { mode: 'boolean' }).notNull().default(false),
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
    /** Id of the free label that its next mount writes, hexadecimal; empty when none is owed. */
    owedFreeLabel: text('owed_free_label').notNull().default(''),
    /** While a free label is owed: the id that the medium still carries, `*` when its owner may have written anything. */
    formerLabelId: text('former_label_id').notNull().default(''),
  },
  (table) => [
    uniqueIndex('sides_of_medium').on(table.physicalMedia, table.side),
    index('sides_label').on(table.omidLabelId),
  ],
);
