import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { objectColumns } from './columns.js';
import { libraries } from './libraries.js';

/* What is to be done, by whom, and the motions of the medium transports. */

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
  /** Raised for a call that waits, so that it does not outlive that call. */
  forPendingCall: integer('for_pending_call', { mode: 'boolean' }).notNull().default(false),
});

/** Where messages about a library or the computer go (SetNtmsUIOptions). Lists of sessions end with them and are not stored. */
export const uiDestinations = sqliteTable(
  'ui_destinations',
  {
    id: text('id').primaryKey(),
    /** A library or the computer. */
    object: text('object').notNull(),
    /** NtmsUITypes */
    type: integer('type').notNull(),
    /** A computer's name. */
    destination: text('destination').notNull(),
  },
  (table) => [uniqueIndex('ui_destinations_name').on(table.object, table.type, table.destination)],
);

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
