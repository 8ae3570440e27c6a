import type * as schema from './schema.js';

/** One stored object of each kind, as read from its table. */
export type ComputerRow = typeof schema.computers.$inferSelect;
export type LibraryRow = typeof schema.libraries.$inferSelect;
export type ChangerTypeRow = typeof schema.changerTypes.$inferSelect;
export type ChangerRow = typeof schema.changers.$inferSelect;
export type DriveTypeRow = typeof schema.driveTypes.$inferSelect;
export type DriveRow = typeof schema.drives.$inferSelect;
export type SlotRow = typeof schema.slots.$inferSelect;
export type PortRow = typeof schema.ports.$inferSelect;
export type DoorRow = typeof schema.doors.$inferSelect;
export type MediaTypeRow = typeof schema.mediaTypes.$inferSelect;
export type MediaPoolRow = typeof schema.mediaPools.$inferSelect;
export type PhysicalMediumRow = typeof schema.physicalMedia.$inferSelect;
export type LogicalMediumRow = typeof schema.logicalMedia.$inferSelect;
export type SideRow = typeof schema.sides.$inferSelect;
export type LibRequestRow = typeof schema.libRequests.$inferSelect;
export type OpRequestRow = typeof schema.opRequests.$inferSelect;
export type MoveJournalRow = typeof schema.moveJournal.$inferSelect;
export type AccessEntryRow = typeof schema.accessEntries.$inferSelect;
export type ObjectSecurityRow = typeof schema.objectSecurity.$inferSelect;
