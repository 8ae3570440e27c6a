/** Kinds of objects, their operational state, and what is said when one changes. Names and values are those of ntmsapi.h. */

/** Kinds of RSM objects. MS-RSMP 2.2.1.6. */
export const NtmsObjectsTypes = {
  /** Kind not known; let server decide. */
  NTMS_UNKNOWN: 0,
  /** Internal default while initialising. */
  NTMS_OBJECT: 1,
  /** Robot arm of a library. */
  NTMS_CHANGER: 2,
  /** Changer model. */
  NTMS_CHANGER_TYPE: 3,
  /** The RSM server itself. */
  NTMS_COMPUTER: 4,
  /** Drive. */
  NTMS_DRIVE: 5,
  /** Drive model. */
  NTMS_DRIVE_TYPE: 6,
  /** Library door. */
  NTMS_IEDOOR: 7,
  /** Insert/eject port (mail slot). */
  NTMS_IEPORT: 8,
  /** Library, offline one included. */
  NTMS_LIBRARY: 9,
  /** Queued library work item. */
  NTMS_LIBREQUEST: 10,
  /** Logical medium (LMID). */
  NTMS_LOGICAL_MEDIA: 11,
  /** Media pool. */
  NTMS_MEDIA_POOL: 12,
  /** Media type. */
  NTMS_MEDIA_TYPE: 13,
  /** One side of a cartridge. */
  NTMS_PARTITION: 14,
  /** Cartridge (PMID). */
  NTMS_PHYSICAL_MEDIA: 15,
  /** Storage slot. */
  NTMS_STORAGESLOT: 16,
  /** Operator request. */
  NTMS_OPREQUEST: 17,
  /** Machine that receives UI messages. */
  NTMS_UI_DESTINATION: 18,
  /** Count sentinel, header only. */
  NTMS_NUMBER_OF_OBJECT_TYPES: 19,
} as const;
export type NtmsObjectsTypes = (typeof NtmsObjectsTypes)[keyof typeof NtmsObjectsTypes];

/** Object operational state. MS-RSMP 2.2.4.5. */
export const NtmsOperationalState = {
  /** Usable. */
  NTMS_READY: 0,
  /** Starting. */
  NTMS_INITIALIZING: 10,
  /** Broken. */
  NTMS_NEEDS_SERVICE: 20,
  /** Not attached. */
  NTMS_NOT_PRESENT: 21,
} as const;
export type NtmsOperationalState = (typeof NtmsOperationalState)[keyof typeof NtmsOperationalState];

/** Notification operation. MS-RSMP 2.2.1.8. */
export const NtmsNotificationOperations = {
  /** Object changed. */
  NTMS_OBJ_UPDATE: 1,
  /** Object added. */
  NTMS_OBJ_INSERT: 2,
  /** Object gone. */
  NTMS_OBJ_DELETE: 3,
  /** Event state changed. */
  NTMS_EVENT_SIGNAL: 4,
  /** Asynchronous operation over. */
  NTMS_EVENT_COMPLETE: 5,
} as const;
export type NtmsNotificationOperations = (typeof NtmsNotificationOperations)[keyof typeof NtmsNotificationOperations];

/** Enumeration option. MS-RSMP 3.2.5.2.7.1. */
export const NtmsEnumerateOption = {
  /** Root pool left out. */
  NTMS_ENUM_DEFAULT: 0,
  /** Root pool listed first. */
  NTMS_ENUM_ROOTPOOL: 1,
} as const;
export type NtmsEnumerateOption = (typeof NtmsEnumerateOption)[keyof typeof NtmsEnumerateOption];
