/** Libraries and the parts of the changer: slots, doors, ports; and the operations on them. Names and values are those of ntmsapi.h. */

/** Library type. MS-RSMP 2.2.1.11. */
export const NtmsLibraryType = {
  /** Undetermined. */
  NTMS_LIBRARYTYPE_UNKNOWN: 0,
  /** Shelf for media outside libraries. */
  NTMS_LIBRARYTYPE_OFFLINE: 1,
  /** Robotic library. */
  NTMS_LIBRARYTYPE_ONLINE: 2,
  /** Single drive shown as library. */
  NTMS_LIBRARYTYPE_STANDALONE: 3,
} as const;
export type NtmsLibraryType = (typeof NtmsLibraryType)[keyof typeof NtmsLibraryType];

/** Library flag bits. Bits, or-ed together. MS-RSMP 2.2.1.11. */
export const NtmsLibraryFlags = {
  /** The offline library, not merely absent. */
  NTMS_LIBRARYFLAG_FIXEDOFFLINE: 0x01,
  /** Cleaner cartridge inside. */
  NTMS_LIBRARYFLAG_CLEANERPRESENT: 0x02,
  /** Media change noticed automatically (header only). */
  NTMS_LIBRARYFLAG_AUTODETECTCHANGE: 0x04,
  /** Cleaner use count not tracked. */
  NTMS_LIBRARYFLAG_IGNORECLEANERUSESREMAINING: 0x08,
  /** Bar code prefix CLN means cleaner. */
  NTMS_LIBRARYFLAG_RECOGNIZECLEANERBARCODE: 0x10,
} as const;
export type NtmsLibraryFlags = (typeof NtmsLibraryFlags)[keyof typeof NtmsLibraryFlags];

/** Inventory action. MS-RSMP 2.2.2.3. */
export const NtmsInventoryMethod = {
  /** None, unless a label mismatch shows. */
  NTMS_INVENTORY_NONE: 0,
  /** Bar code, else newly filled slots. */
  NTMS_INVENTORY_FAST: 1,
  /** Mount and read every side. */
  NTMS_INVENTORY_OMID: 2,
  /** Method stored on the library. */
  NTMS_INVENTORY_DEFAULT: 3,
  /** Slots only. */
  NTMS_INVENTORY_SLOT: 4,
  /** End the running inventory. */
  NTMS_INVENTORY_STOP: 5,
  /** Range sentinel. */
  NTMS_INVENTORY_MAX: 6,
} as const;
export type NtmsInventoryMethod = (typeof NtmsInventoryMethod)[keyof typeof NtmsInventoryMethod];

/** Slot state. MS-RSMP 2.2.4.22. */
export const NtmsSlotState = {
  /** Undetermined. */
  NTMS_SLOTSTATE_UNKNOWN: 0,
  /** Holds a cartridge. */
  NTMS_SLOTSTATE_FULL: 1,
  /** Present without cartridge. */
  NTMS_SLOTSTATE_EMPTY: 2,
  /** Missing, magazine out. */
  NTMS_SLOTSTATE_NOTPRESENT: 3,
  /** Content must be checked. */
  NTMS_SLOTSTATE_NEEDSINVENTORY: 4,
} as const;
export type NtmsSlotState = (typeof NtmsSlotState)[keyof typeof NtmsSlotState];

/** Door state. MS-RSMP 2.2.4.23. */
export const NtmsDoorState = {
  /** Undetermined. */
  NTMS_DOORSTATE_UNKNOWN: 0,
  /** Shut. */
  NTMS_DOORSTATE_CLOSED: 1,
  /** Open. */
  NTMS_DOORSTATE_OPEN: 2,
} as const;
export type NtmsDoorState = (typeof NtmsDoorState)[keyof typeof NtmsDoorState];

/** Port position. MS-RSMP 2.2.4.24. */
export const NtmsPortPosition = {
  /** Undetermined. */
  NTMS_PORTPOSITION_UNKNOWN: 0,
  /** Out, reachable by operator. */
  NTMS_PORTPOSITION_EXTENDED: 1,
  /** In, reachable by robot. */
  NTMS_PORTPOSITION_RETRACTED: 2,
} as const;
export type NtmsPortPosition = (typeof NtmsPortPosition)[keyof typeof NtmsPortPosition];

/** Port content. MS-RSMP 2.2.4.24. */
export const NtmsPortContent = {
  /** Undetermined. */
  NTMS_PORTCONTENT_UNKNOWN: 0,
  /** Holds a cartridge. */
  NTMS_PORTCONTENT_FULL: 1,
  /** Holds none. */
  NTMS_PORTCONTENT_EMPTY: 2,
} as const;
export type NtmsPortContent = (typeof NtmsPortContent)[keyof typeof NtmsPortContent];

/** Eject action. MS-RSMP 2.2.2.1. */
export const NtmsEjectOperation = {
  /** Begin. */
  NTMS_EJECT_START: 0,
  /** End early. */
  NTMS_EJECT_STOP: 1,
  /** Collect for a batch. */
  NTMS_EJECT_QUEUE: 2,
  /** Begin although in use. */
  NTMS_EJECT_FORCE: 3,
  /** Begin and wait for the end. */
  NTMS_EJECT_IMMEDIATE: 4,
  /** Ask a person when in use. */
  NTMS_EJECT_ASK_USER: 5,
} as const;
export type NtmsEjectOperation = (typeof NtmsEjectOperation)[keyof typeof NtmsEjectOperation];

/** Inject action. MS-RSMP 2.2.2.2. */
export const NtmsInjectOperation = {
  /** Begin. */
  NTMS_INJECT_START: 0,
  /** End early. */
  NTMS_INJECT_STOP: 1,
  /** Pull port in and look. */
  NTMS_INJECT_RETRACT: 2,
  /** Begin, reopen after each find. */
  NTMS_INJECT_STARTMANY: 3,
} as const;
export type NtmsInjectOperation = (typeof NtmsInjectOperation)[keyof typeof NtmsInjectOperation];
