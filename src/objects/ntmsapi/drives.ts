/** Drives, and mounting media in them. Names and values are those of ntmsapi.h. */

/** Drive state. MS-RSMP 2.2.4.2. */
export const NtmsDriveState = {
  /** Drive empty. */
  NTMS_DRIVESTATE_DISMOUNTED: 0,
  /** Cartridge in, drive not ready yet. */
  NTMS_DRIVESTATE_MOUNTED: 1,
  /** Cartridge in, ready for I/O. */
  NTMS_DRIVESTATE_LOADED: 2,
  /** Spun down or rewound, can be removed. */
  NTMS_DRIVESTATE_UNLOADED: 5,
  /** Cleaning, unusable. */
  NTMS_DRIVESTATE_BEING_CLEANED: 6,
  /** Cartridge left in, drive up for grabs. */
  NTMS_DRIVESTATE_DISMOUNTABLE: 7,
} as const;
export type NtmsDriveState = (typeof NtmsDriveState)[keyof typeof NtmsDriveState];

/** Drive type. ntmsapi.h. */
export const NtmsDriveType = {
  /** Only member. */
  NTMS_UNKNOWN_DRIVE: 0,
} as const;
export type NtmsDriveType = (typeof NtmsDriveType)[keyof typeof NtmsDriveType];

/** Mount option bits. Bits, or-ed together. MS-RSMP 2.2.3.3. */
export const NtmsMountOptions = {
  /** Read access. */
  NTMS_MOUNT_READ: 0x01,
  /** Write access; refuses complete sides. */
  NTMS_MOUNT_WRITE: 0x02,
  /** Fail at once when drive or medium busy. */
  NTMS_MOUNT_ERROR_NOT_AVAILABLE: 0x04,
  /** Same value as NTMS_MOUNT_ERROR_NOT_AVAILABLE. */
  NTMS_MOUNT_ERROR_IF_UNAVAILABLE: 0x04,
  /** Fail at once when medium offline. */
  NTMS_MOUNT_ERROR_OFFLINE: 0x08,
  /** Same value as NTMS_MOUNT_ERROR_OFFLINE. */
  NTMS_MOUNT_ERROR_IF_OFFLINE: 0x08,
  /** Drive array is input. */
  NTMS_MOUNT_SPECIFIC_DRIVE: 0x10,
  /** Queue and return, timeout ignored. */
  NTMS_MOUNT_NOWAIT: 0x20,
} as const;
export type NtmsMountOptions = (typeof NtmsMountOptions)[keyof typeof NtmsMountOptions];

/** Dismount option. MS-RSMP 2.2.1.9. */
export const NtmsDismountOptions = {
  /** Leave in drive, mark dismountable. */
  NTMS_DISMOUNT_DEFERRED: 1,
  /** Return to slot now. */
  NTMS_DISMOUNT_IMMEDIATE: 2,
} as const;
export type NtmsDismountOptions = (typeof NtmsDismountOptions)[keyof typeof NtmsDismountOptions];

/** Named mount priorities, range -15..15. MS-RSMP 2.2.3.4. */
export const NtmsMountPriority = {
  /** Same as normal. */
  NTMS_PRIORITY_DEFAULT: 0,
  /** Upper end. */
  NTMS_PRIORITY_HIGHEST: 15,
  /** Urgent. */
  NTMS_PRIORITY_HIGH: 7,
  /** Same value as NTMS_PRIORITY_DEFAULT; ordinary. */
  NTMS_PRIORITY_NORMAL: 0,
  /** Background. */
  NTMS_PRIORITY_LOW: -7,
  /** Lower end. */
  NTMS_PRIORITY_LOWEST: -15,
} as const;
export type NtmsMountPriority = (typeof NtmsMountPriority)[keyof typeof NtmsMountPriority];

/** Progress of an asynchronous call. ntmsapi.h. */
export const NtmsAsyncStatus = {
  /** Starting point, queued. */
  NTMS_ASYNCSTATE_QUEUED: 0,
  /** Blocked on hardware. */
  NTMS_ASYNCSTATE_WAIT_RESOURCE: 1,
  /** Blocked on a person. */
  NTMS_ASYNCSTATE_WAIT_OPERATOR: 2,
  /** Running. */
  NTMS_ASYNCSTATE_INPROCESS: 3,
  /** Over; look at result. */
  NTMS_ASYNCSTATE_COMPLETE: 4,
} as const;
export type NtmsAsyncStatus = (typeof NtmsAsyncStatus)[keyof typeof NtmsAsyncStatus];

/** Kinds of asynchronous call. ntmsapi.h. */
export const NtmsAsyncOperations = {
  /** Mount. */
  NTMS_ASYNCOP_MOUNT: 1,
} as const;
export type NtmsAsyncOperations = (typeof NtmsAsyncOperations)[keyof typeof NtmsAsyncOperations];
