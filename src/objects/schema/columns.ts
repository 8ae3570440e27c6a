import { integer, text } from 'drizzle-orm/sqlite-core';

/* Columns that several tables have. */

/** What every object has (NTMS_OBJECTINFORMATION). */
export const objectColumns = () => ({
  id: text('id').primaryKey(),
  name: text('name').notNull().default(''),
  description: text('description').notNull().default(''),
  enabled: integer('enabled', { mode: 'boolean' }).notNull().default(true),
  /** NtmsOperationalState */
  operationalState: integer('operational_state').notNull().default(0),
  created: integer('created').notNull(),
  modified: integer('modified').notNull(),
});

export const address = () => ({
  /** SMC element address in the changer's map. */
  elementAddress: integer('element_address').notNull(),
});

export const scsiIdentity = () => ({
  /** How the rig reaches it: `iscsi://…, LUN 1`. */
  deviceName: text('device_name').notNull().default(''),
  serialNumber: text('serial_number').notNull().default(''),
  revision: text('revision').notNull().default(''),
  scsiPort: integer('scsi_port').notNull().default(0),
  scsiBus: integer('scsi_bus').notNull().default(0),
  scsiTarget: integer('scsi_target').notNull().default(0),
  scsiLun: integer('scsi_lun').notNull().default(0),
});
