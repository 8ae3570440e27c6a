import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask, StandardAccess } from '../objects/ntmsapi/index.js';

/** Which parts of a security descriptor a call speaks of: SECURITY_INFORMATION. Bits, or-ed together. winnt.h. */
export const SecurityInformation = {
  OWNER_SECURITY_INFORMATION: 0x1,
  GROUP_SECURITY_INFORMATION: 0x2,
  /** The access list. */
  DACL_SECURITY_INFORMATION: 0x4,
  /** The list of what is to be audited. OpenRSM keeps none. */
  SACL_SECURITY_INFORMATION: 0x8,
} as const;
export type SecurityInformation = (typeof SecurityInformation)[keyof typeof SecurityInformation];

/** Rights that stand for several others in an access list. winnt.h. */
export const GenericAccess = {
  GENERIC_READ: 0x8000_0000,
  GENERIC_WRITE: 0x4000_0000,
  GENERIC_EXECUTE: 0x2000_0000,
  GENERIC_ALL: 0x1000_0000,
} as const;
export type GenericAccess = (typeof GenericAccess)[keyof typeof GenericAccess];

/** Whom an entry is about: `user:<name>`, `group:<name>` or `everyone`. */
export type Trustee = string;

/** One entry of an access list. Within a list a denial wins over a grant. */
export interface NTMS_ACCESS_ENTRY {
  readonly trustee: Trustee;
  /** Bits of NtmsAccessMask, READ_CONTROL and WRITE_DAC; a generic right is stored as what it stands for. */
  readonly mask: number;
  readonly deny: boolean;
}

/** Who owns a media pool, a library or the computer, and who may do what with it. Stands for SECURITY_DESCRIPTOR. */
export interface NTMS_SECURITY_DESCRIPTOR {
  /** `user:<name>` or `group:<name>`. May always read and change the access list. */
  readonly owner?: Trustee;
  /** `group:<name>`; kept and shown, decides nothing. Null: none. */
  readonly group?: Trustee | null;
  /**
   * The access list; an empty one grants nobody anything. Null, where it is written: the object is to have no list of its
   * own, and that of what is above it counts.
   */
  readonly dacl?: readonly NTMS_ACCESS_ENTRY[] | null;
  /** Where it is read. True: the list is that of what is above the object (a pool's parent pool, the computer). */
  readonly daclInherited?: boolean;
}

/** Every right that an access list can name. */
export const EVERY_RIGHT: number =
  NtmsAccessMask.NTMS_USE_ACCESS |
  NtmsAccessMask.NTMS_MODIFY_ACCESS |
  NtmsAccessMask.NTMS_CONTROL_ACCESS |
  StandardAccess.READ_CONTROL |
  StandardAccess.WRITE_DAC;

/** What the generic rights stand for on objects of the removable storage manager (MS-RSMP 5). */
const genericMapping: readonly (readonly [number, number])[] = [
  [GenericAccess.GENERIC_READ, NtmsAccessMask.NTMS_USE_ACCESS | StandardAccess.READ_CONTROL],
  [
    GenericAccess.GENERIC_WRITE,
    NtmsAccessMask.NTMS_USE_ACCESS | NtmsAccessMask.NTMS_MODIFY_ACCESS | StandardAccess.WRITE_DAC,
  ],
  [GenericAccess.GENERIC_EXECUTE, EVERY_RIGHT],
  [GenericAccess.GENERIC_ALL, EVERY_RIGHT],
];

/** An access list as it is stored: checked, generic rights resolved. */
export interface CheckedEntry {
  readonly trustee: Trustee;
  readonly mask: number;
  readonly deny: boolean;
}

/** Throws ERROR_INVALID_PARAMETER unless it is a list of entries; `what` names the argument in the message. */
export function checkedAccessList(entries: unknown, what: string): CheckedEntry[] {
  if (!Array.isArray(entries)) throw invalid(`${what} is neither null nor a list of entries`);
  return entries.map((entry: unknown, index) => checkedEntry(entry, `${what}[${index}]`));
}

/** Throws ERROR_INVALID_PARAMETER unless it may own an object. */
export function checkedOwner(owner: unknown, what: string): Trustee {
  if (typeof owner === 'string' && /^(user|group):[^\0]+$/.test(owner)) return owner;
  throw invalid(`${what} is ${shown(owner)}; an owner is user:<name> or group:<name>`);
}

/** Throws ERROR_INVALID_PARAMETER unless it is null or a group. */
export function checkedGroup(group: unknown, what: string): Trustee | null {
  if (group === null || (typeof group === 'string' && /^group:[^\0]+$/.test(group))) return group;
  throw invalid(`${what} is ${shown(group)}; it is group:<name>, or null`);
}

/**
 * Bytes that the descriptor takes in the self-relative layout of winnt.h, each user and group counted as a SID of a
 * domain (28 bytes) and `everyone` as S-1-1-0 (12 bytes).
 */
export function descriptorLength({ owner, group, dacl }: NTMS_SECURITY_DESCRIPTOR): number {
  const sid = (trustee: Trustee | null | undefined): number => {
    if (trustee === null || trustee === undefined) return 0;
    return trustee === 'everyone' ? 12 : 28;
  };
  const entries = (dacl ?? []).reduce((bytes, { trustee }) => bytes + 8 + sid(trustee), 0);
  return 20 + sid(owner) + sid(group) + (dacl === null || dacl === undefined ? 0 : 8 + entries);
}

function checkedEntry(entry: unknown, what: string): CheckedEntry {
  if (typeof entry !== 'object' || entry === null) throw invalid(`${what} is no entry of an access list`);
  const { trustee, mask, deny } = entry as Partial<Record<keyof NTMS_ACCESS_ENTRY, unknown>>;
  if (typeof trustee !== 'string' || !/^(everyone|(user|group):[^\0]+)$/.test(trustee)) {
    throw invalid(`${what}.trustee is ${shown(trustee)}; it is user:<name>, group:<name> or everyone`);
  }
  if (deny !== undefined && typeof deny !== 'boolean') throw invalid(`${what}.deny is neither true nor false`);
  return { trustee, mask: checkedMask(mask, `${what}.mask`), deny: deny ?? false };
}

function checkedMask(mask: unknown, what: string): number {
  if (typeof mask !== 'number' || !Number.isInteger(mask) || mask <= 0 || mask > 0xffff_ffff) {
    throw invalid(`${what} is ${shown(mask)}; it is a number with at least one right`);
  }
  // Bit operations in JavaScript are signed, and GENERIC_READ is the sign bit: >>> 0 makes a DWORD of it again.
  let left = mask;
  let rights = 0;
  for (const [generic, stands] of genericMapping) {
    if ((left & generic) === 0) continue;
    left = (left & ~generic) >>> 0;
    rights |= stands;
  }
  if ((left & ~EVERY_RIGHT) !== 0) {
    throw invalid(`${what} has bits that are no right: ${((left & ~EVERY_RIGHT) >>> 0).toString(16)}h`);
  }
  return rights | left;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}

function invalid(detail: string): NtmsError {
  return new NtmsError('ERROR_INVALID_PARAMETER', detail);
}
