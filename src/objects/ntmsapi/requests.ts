/** Library requests and operator requests. Names and values are those of ntmsapi.h. */

/** Library request operation. MS-RSMP 2.2.4.3. */
export const NtmsLmOperation = {
  /** Cancel another work item. */
  NTMS_LM_REMOVE: 0,
  /** Disable changer (old name). */
  NTMS_LM_DISABLECHANGER: 1,
  /** Same value as NTMS_LM_DISABLECHANGER; disable library. */
  NTMS_LM_DISABLELIBRARY: 1,
  /** Enable changer (old name). */
  NTMS_LM_ENABLECHANGER: 2,
  /** Same value as NTMS_LM_ENABLECHANGER; enable library. */
  NTMS_LM_ENABLELIBRARY: 2,
  /** Disable drive. */
  NTMS_LM_DISABLEDRIVE: 3,
  /** Enable drive. */
  NTMS_LM_ENABLEDRIVE: 4,
  /** Disable cartridge. */
  NTMS_LM_DISABLEMEDIA: 5,
  /** Enable cartridge. */
  NTMS_LM_ENABLEMEDIA: 6,
  /** Record a new label. */
  NTMS_LM_UPDATEOMID: 7,
  /** Inventory. */
  NTMS_LM_INVENTORY: 8,
  /** Door opening. */
  NTMS_LM_DOORACCESS: 9,
  /** Eject cartridge. */
  NTMS_LM_EJECT: 10,
  /** Eject cleaner. */
  NTMS_LM_EJECTCLEANER: 11,
  /** Insert cartridge. */
  NTMS_LM_INJECT: 12,
  /** Insert cleaner. */
  NTMS_LM_INJECTCLEANER: 13,
  /** Evaluate a label. */
  NTMS_LM_PROCESSOMID: 14,
  /** Clean drive. */
  NTMS_LM_CLEANDRIVE: 15,
  /** Dismount. */
  NTMS_LM_DISMOUNT: 16,
  /** Mount side. */
  NTMS_LM_MOUNT: 17,
  /** Write free label. */
  NTMS_LM_WRITESCRATCH: 18,
  /** Classify cartridge. */
  NTMS_LM_CLASSIFY: 19,
  /** Reserve cleaner slot. */
  NTMS_LM_RESERVECLEANER: 20,
  /** Release cleaner slot. */
  NTMS_LM_RELEASECLEANER: 21,
  /** Count sentinel, header only. */
  NTMS_LM_MAXWORKITEM: 22,
} as const;
export type NtmsLmOperation = (typeof NtmsLmOperation)[keyof typeof NtmsLmOperation];

/** Library request state. MS-RSMP 2.2.1.10. */
export const NtmsLmState = {
  /** Waiting its turn. */
  NTMS_LM_QUEUED: 0,
  /** Running. */
  NTMS_LM_INPROCESS: 1,
  /** Finished well. */
  NTMS_LM_PASSED: 2,
  /** Finished with error code. */
  NTMS_LM_FAILED: 3,
  /** Not a valid request. */
  NTMS_LM_INVALID: 4,
  /** Blocked on a resource. */
  NTMS_LM_WAITING: 5,
  /** Put off until slot needed, header only. */
  NTMS_LM_DEFERRED: 6,
  /** Same value as NTMS_LM_DEFERRED; misspelt old name of deferred. */
  NTMS_LM_DEFFERED: 6,
  /** Withdrawn. */
  NTMS_LM_CANCELLED: 7,
  /** Ended by a stop action. */
  NTMS_LM_STOPPED: 8,
} as const;
export type NtmsLmState = (typeof NtmsLmState)[keyof typeof NtmsLmState];

/** Library request purge bits. Bits, or-ed together. MS-RSMP 2.2.4.26. */
export const NtmsLibRequestFlags = {
  /** Keep all finished requests. */
  NTMS_LIBREQFLAGS_NOAUTOPURGE: 0x01,
  /** Keep failed ones. */
  NTMS_LIBREQFLAGS_NOFAILEDPURGE: 0x02,
} as const;
export type NtmsLibRequestFlags = (typeof NtmsLibRequestFlags)[keyof typeof NtmsLibRequestFlags];

/** Operator request type. MS-RSMP 2.2.1.7. */
export const NtmsOpreqCommand = {
  /** Invalid. */
  NTMS_OPREQ_UNKNOWN: 0,
  /** Bring new media for a pool. */
  NTMS_OPREQ_NEWMEDIA: 1,
  /** Bring a cleaner. */
  NTMS_OPREQ_CLEANER: 2,
  /** Repair a device. */
  NTMS_OPREQ_DEVICESERVICE: 3,
  /** Carry cartridge to a library. */
  NTMS_OPREQ_MOVEMEDIA: 4,
  /** Free text from application. */
  NTMS_OPREQ_MESSAGE: 5,
} as const;
export type NtmsOpreqCommand = (typeof NtmsOpreqCommand)[keyof typeof NtmsOpreqCommand];

/** Operator request state. MS-RSMP 2.2.4.6. */
export const NtmsOpreqState = {
  /** Undetermined. */
  NTMS_OPSTATE_UNKNOWN: 0,
  /** Posted, unread. */
  NTMS_OPSTATE_SUBMITTED: 1,
  /** Read by some console. */
  NTMS_OPSTATE_ACTIVE: 2,
  /** Person is working on it. */
  NTMS_OPSTATE_INPROGRESS: 3,
  /** Declined or cancelled. */
  NTMS_OPSTATE_REFUSED: 4,
  /** Done. */
  NTMS_OPSTATE_COMPLETE: 5,
} as const;
export type NtmsOpreqState = (typeof NtmsOpreqState)[keyof typeof NtmsOpreqState];

/** Operator request option bits. Bits, or-ed together. MS-RSMP 2.2.4.26. */
export const NtmsOpRequestFlags = {
  /** Keep all finished requests. */
  NTMS_OPREQFLAGS_NOAUTOPURGE: 0x01,
  /** Keep failed ones. */
  NTMS_OPREQFLAGS_NOFAILEDPURGE: 0x02,
  /** No pop-up alert. */
  NTMS_OPREQFLAGS_NOALERTS: 0x10,
  /** No tray icon. */
  NTMS_OPREQFLAGS_NOTRAYICON: 0x20,
} as const;
export type NtmsOpRequestFlags = (typeof NtmsOpRequestFlags)[keyof typeof NtmsOpRequestFlags];

/** UI message type. MS-RSMP 2.2.5.2. */
export const NtmsUITypes = {
  /** Not allowed. */
  NTMS_UITYPE_INVALID: 0,
  /** Progress news. */
  NTMS_UITYPE_INFO: 1,
  /** Media requests. */
  NTMS_UITYPE_REQ: 2,
  /** Trouble reports. */
  NTMS_UITYPE_ERR: 3,
  /** Range sentinel. */
  NTMS_UITYPE_MAX: 4,
} as const;
export type NtmsUITypes = (typeof NtmsUITypes)[keyof typeof NtmsUITypes];

/** UI destination list change. MS-RSMP 2.2.5.1. */
export const NtmsUIOperations = {
  /** Add name. */
  NTMS_UIDEST_ADD: 1,
  /** Drop name. */
  NTMS_UIDEST_DELETE: 2,
  /** Drop all names. */
  NTMS_UIDEST_DELETEALL: 3,
  /** Range sentinel, header only. */
  NTMS_UIOPERATION_MAX: 4,
} as const;
export type NtmsUIOperations = (typeof NtmsUIOperations)[keyof typeof NtmsUIOperations];

/** `operationOption` of a mount, dismount or eject request. MS-RSMP 2.2.4.16. */
export const LibRequestOption = {
  /** Now. */
  IMMEDIATE: 0,
  /** Once the slot is needed. */
  DEFERRED: 1,
  /** Now, open handles ignored. */
  FORCEIMMEDIATE: 2,
  /** Later, open handles ignored. */
  FORCEDEFERRED: 3,
  /** Several slots. */
  INJECTMANY: 4,
} as const;
export type LibRequestOption = (typeof LibRequestOption)[keyof typeof LibRequestOption];

/** `operationOption` of an inventory request. MS-RSMP 2.2.4.16. */
export const InventoryRequestOption = {
  /** Everything. */
  FULL_INVENTORY: 0,
  /** Media in slots only. */
  SLOTS_ONLY: 1,
} as const;
export type InventoryRequestOption = (typeof InventoryRequestOption)[keyof typeof InventoryRequestOption];
