/** Sessions and rights. Names and values are those of ntmsapi.h. */

/** Session options. Bits, or-ed together. ntmsapi.h. */
export const NtmsSessionOptions = {
  /** Undocumented bit. */
  NTMS_SESSION_QUERYEXPEDITE: 0x01,
} as const;
export type NtmsSessionOptions = (typeof NtmsSessionOptions)[keyof typeof NtmsSessionOptions];

/** RSM rights. Bits, or-ed together. MS-RSMP 2.2.1.12. */
export const NtmsAccessMask = {
  /** Use: read data, mount. */
  NTMS_USE_ACCESS: 0x01,
  /** Modify: rename, change attributes. */
  NTMS_MODIFY_ACCESS: 0x02,
  /** Control: inject, eject, clean, door. */
  NTMS_CONTROL_ACCESS: 0x04,
} as const;
export type NtmsAccessMask = (typeof NtmsAccessMask)[keyof typeof NtmsAccessMask];

/** What the generic rights stand for, in NtmsAccessMask bits. Bits, or-ed together. ntmsapi.h. */
export const NtmsGenericAccess = {
  /** Use. */
  NTMS_GENERIC_READ: 0x01,
  /** Use, modify. */
  NTMS_GENERIC_WRITE: 0x03,
  /** Use, modify, control. */
  NTMS_GENERIC_EXECUTE: 0x07,
  /** Same as execute. */
  NTMS_GENERIC_ALL: 0x07,
} as const;
export type NtmsGenericAccess = (typeof NtmsGenericAccess)[keyof typeof NtmsGenericAccess];

/** Standard rights that an access list may name beside {@link NtmsAccessMask}. winnt.h. */
export const StandardAccess = {
  /** Read the access list. */
  READ_CONTROL: 0x20000,
  /** Change the access list. */
  WRITE_DAC: 0x40000,
} as const;
export type StandardAccess = (typeof StandardAccess)[keyof typeof StandardAccess];
