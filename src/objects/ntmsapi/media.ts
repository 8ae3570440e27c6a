/** Cartridges, their sides, and the pools that govern them. Names and values are those of ntmsapi.h. */

/** Bar code state. MS-RSMP 2.2.4.1. */
export const NtmsBarCodeState = {
  /** Readable. */
  NTMS_BARCODESTATE_OK: 1,
  /** Missing or unreadable. */
  NTMS_BARCODESTATE_UNREADABLE: 2,
} as const;
export type NtmsBarCodeState = (typeof NtmsBarCodeState)[keyof typeof NtmsBarCodeState];

/** Cartridge state. MS-RSMP 2.2.4.4. */
export const NtmsMediaState = {
  /** Resting: slot, dismounted drive, or offline. */
  NTMS_MEDIASTATE_IDLE: 0,
  /** Claimed by an accepted request. */
  NTMS_MEDIASTATE_INUSE: 1,
  /** In a drive. */
  NTMS_MEDIASTATE_MOUNTED: 2,
  /** Readable and writable. */
  NTMS_MEDIASTATE_LOADED: 3,
  /** May be taken from drive. */
  NTMS_MEDIASTATE_UNLOADED: 4,
  /** Error that heals without operator. */
  NTMS_MEDIASTATE_OPERROR: 5,
  /** Awaiting an operator request. */
  NTMS_MEDIASTATE_OPREQ: 6,
} as const;
export type NtmsMediaState = (typeof NtmsMediaState)[keyof typeof NtmsMediaState];

/** Side state. MS-RSMP 2.2.4.7. */
export const NtmsPartitionState = {
  /** Undetermined. */
  NTMS_PARTSTATE_UNKNOWN: 0,
  /** Same value as NTMS_PARTSTATE_UNKNOWN. */
  NTMS_PARTSTATE_NEW: 0,
  /** Free label still to be written. */
  NTMS_PARTSTATE_UNPREPARED: 1,
  /** Drive cannot handle it. */
  NTMS_PARTSTATE_INCOMPATIBLE: 2,
  /** Retired for good. */
  NTMS_PARTSTATE_DECOMMISSIONED: 3,
  /** Ready for allocation. */
  NTMS_PARTSTATE_AVAILABLE: 4,
  /** Owned by an application. */
  NTMS_PARTSTATE_ALLOCATED: 5,
  /** Owned, full, no more writes. */
  NTMS_PARTSTATE_COMPLETE: 6,
  /** Lies in unrecognized pool. */
  NTMS_PARTSTATE_FOREIGN: 7,
  /** Lies in import pool. */
  NTMS_PARTSTATE_IMPORT: 8,
  /** Kept by NEW for same application. */
  NTMS_PARTSTATE_RESERVED: 9,
} as const;
export type NtmsPartitionState = (typeof NtmsPartitionState)[keyof typeof NtmsPartitionState];

/** Media writability. MS-RSMP 2.2.4.19. */
export const NtmsReadWriteCharacteristics = {
  /** Not yet known. */
  NTMS_MEDIARW_UNKNOWN: 0,
  /** Write many times. */
  NTMS_MEDIARW_REWRITABLE: 1,
  /** Write one time. */
  NTMS_MEDIARW_WRITEONCE: 2,
  /** No writing. */
  NTMS_MEDIARW_READONLY: 3,
} as const;
export type NtmsReadWriteCharacteristics =
  (typeof NtmsReadWriteCharacteristics)[keyof typeof NtmsReadWriteCharacteristics];

/** Pool type. MS-RSMP 2.2.4.18. */
export const NtmsPoolType = {
  /** Undetermined. */
  NTMS_POOLTYPE_UNKNOWN: 0,
  /** Free pool. */
  NTMS_POOLTYPE_SCRATCH: 1,
  /** Unrecognized pool. */
  NTMS_POOLTYPE_FOREIGN: 2,
  /** Import pool. */
  NTMS_POOLTYPE_IMPORT: 3,
  /** Application pool. */
  NTMS_POOLTYPE_APPLICATION: 1000,
} as const;
export type NtmsPoolType = (typeof NtmsPoolType)[keyof typeof NtmsPoolType];

/** Allocation policy bit. Bits, or-ed together. MS-RSMP 2.2.4.18. */
export const NtmsAllocationPolicy = {
  /** Draw from free pool when dry. */
  NTMS_ALLOCATE_FROMSCRATCH: 0x01,
} as const;
export type NtmsAllocationPolicy = (typeof NtmsAllocationPolicy)[keyof typeof NtmsAllocationPolicy];

/** Deallocation policy bit. Bits, or-ed together. MS-RSMP 2.2.4.18. */
export const NtmsDeallocationPolicy = {
  /** Give back to free pool. */
  NTMS_DEALLOCATE_TOSCRATCH: 0x01,
} as const;
export type NtmsDeallocationPolicy = (typeof NtmsDeallocationPolicy)[keyof typeof NtmsDeallocationPolicy];

/** Computer-wide pool policy bits. Bits, or-ed together. MS-RSMP 2.2.4.26. */
export const NtmsMediaPoolPolicy = {
  /** Delete free media on eject. */
  NTMS_POOLPOLICY_PURGEOFFLINESCRATCH: 0x01,
  /** Keep import media on eject. */
  NTMS_POOLPOLICY_KEEPOFFLINEIMPORT: 0x02,
} as const;
export type NtmsMediaPoolPolicy = (typeof NtmsMediaPoolPolicy)[keyof typeof NtmsMediaPoolPolicy];

/** Allocation option bits. Bits, or-ed together. MS-RSMP 2.2.3.1. */
export const NtmsAllocateOptions = {
  /** Take side, reserve its siblings. */
  NTMS_ALLOCATE_NEW: 0x01,
  /** Take next side of own cartridge. */
  NTMS_ALLOCATE_NEXT: 0x02,
  /** Never ask the operator. */
  NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE: 0x04,
} as const;
export type NtmsAllocateOptions = (typeof NtmsAllocateOptions)[keyof typeof NtmsAllocateOptions];

/** Pool create action. MS-RSMP 2.2.3.2. */
export const NtmsCreateOptions = {
  /** Open only. */
  NTMS_OPEN_EXISTING: 1,
  /** Create only. */
  NTMS_CREATE_NEW: 2,
  /** Open, else create. */
  NTMS_OPEN_ALWAYS: 3,
} as const;
export type NtmsCreateOptions = (typeof NtmsCreateOptions)[keyof typeof NtmsCreateOptions];

/** Media creation option. MS-RSMP 3.2.5.2.3.6. */
export const NtmsCreateNtmsMediaOptions = {
  /** Refuse a known label. */
  NTMS_ERROR_ON_DUPLICATE: 1,
} as const;
export type NtmsCreateNtmsMediaOptions = (typeof NtmsCreateNtmsMediaOptions)[keyof typeof NtmsCreateNtmsMediaOptions];
