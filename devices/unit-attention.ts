import type { SenseData } from './scsi/sense.js';

/** What a unit attention condition tells, as far as a library cares. */
export const UnitAttentionKind = {
  /** Power on, a reset, or the loss of the I_T nexus: reservations, prevention and mode parameters may be gone. */
  RESET: 'reset',
  /** Someone used the import/export element. */
  IMPORT_EXPORT_ACCESSED: 'import-export-accessed',
  /** Media may have been changed: the inventory is no longer to be trusted. */
  MEDIUM_MAY_HAVE_CHANGED: 'medium-may-have-changed',
  /** A magazine came or went, or an element or drive was enabled, disabled, inserted or removed. */
  ELEMENTS_CHANGED: 'elements-changed',
  MODE_PARAMETERS_CHANGED: 'mode-parameters-changed',
  RESERVATIONS_CHANGED: 'reservations-changed',
  /** Prevention of medium removal that was asked for is no longer in force. */
  MEDIUM_REMOVAL_PREVENTION_PREEMPTED: 'medium-removal-prevention-preempted',
  /** INQUIRY data, device identifier or firmware: identify the device again. */
  IDENTITY_CHANGED: 'identity-changed',
  REPORTED_LUNS_CHANGED: 'reported-luns-changed',
  /** The operator pressed something at the device: wants a medium back, or changed a switch. */
  OPERATOR: 'operator',
  OTHER: 'other',
} as const;
export type UnitAttentionKind = (typeof UnitAttentionKind)[keyof typeof UnitAttentionKind];

/** Sorts the additional sense of a UNIT ATTENTION by what it means for what is known about the device. */
export function unitAttentionKind({ asc, ascq }: Pick<SenseData, 'asc' | 'ascq'>): UnitAttentionKind {
  switch (asc) {
    case 0x28:
      // 28/01 and 28/03 name the import/export element; 28/00 and 28/02 leave open what changed.
      return ascq === 0x01 || ascq === 0x03
        ? UnitAttentionKind.IMPORT_EXPORT_ACCESSED
        : UnitAttentionKind.MEDIUM_MAY_HAVE_CHANGED;
    case 0x29:
      return UnitAttentionKind.RESET;
    case 0x2a:
      if (ascq >= 0x03 && ascq <= 0x05) return UnitAttentionKind.RESERVATIONS_CHANGED;
      return ascq === 0x15
        ? UnitAttentionKind.MEDIUM_REMOVAL_PREVENTION_PREEMPTED
        : UnitAttentionKind.MODE_PARAMETERS_CHANGED;
    case 0x3b:
      return UnitAttentionKind.ELEMENTS_CHANGED;
    case 0x3f:
      if (ascq === 0x0e) return UnitAttentionKind.REPORTED_LUNS_CHANGED;
      return ascq >= 0x01 && ascq <= 0x05 ? UnitAttentionKind.IDENTITY_CHANGED : UnitAttentionKind.OTHER;
    case 0x5a:
      return UnitAttentionKind.OPERATOR;
    default:
      return UnitAttentionKind.OTHER;
  }
}

/** After these an inventory taken earlier may be wrong: read the element status again. */
export function invalidatesInventory(kind: UnitAttentionKind): boolean {
  return (
    kind === UnitAttentionKind.RESET ||
    kind === UnitAttentionKind.IMPORT_EXPORT_ACCESSED ||
    kind === UnitAttentionKind.MEDIUM_MAY_HAVE_CHANGED ||
    kind === UnitAttentionKind.ELEMENTS_CHANGED
  );
}
