import type { Profile } from './profile.js';
import { LTO_BARCODE, STANDARD_QUIRKS } from './standard-behaviour.js';

/** Exabyte Magnum 1x7: one drive, seven storage elements, no import/export element, a door. */
export const EXABYTE_MAGNUM_1X7: Profile = {
  id: 'exabyte-magnum-1x7',
  title: 'Exabyte Magnum 1x7 LTO Autoloader',
  sources: ['Magnum 1x7 manual p. 35, 92, 107 (map, resets), 6-13 (INQUIRY), 11-7 (MOVE MEDIUM), A-7 to A-11 (sense)'],
  changer: {
    // Page 6-13 of the manual: "EXABYTE", and "LTO 1x7 2U" followed by six blanks.
    inquiry: { vendorIdentification: 'EXABYTE', productIdentification: 'LTO 1x7 2U', productRevisionLevel: 'A110' },
    lun: 1,
  },
  drives: {
    inquiry: { vendorIdentification: 'IBM', productIdentification: 'ULTRIUM-TD2', productRevisionLevel: '53Y3' },
    peripheralDeviceType: 0x01,
    luns: [0],
  },
  elements: {
    mediumTransport: { first: 0x56, count: 1 },
    storage: { first: 1, count: 7 },
    importExport: { first: 0, count: 0 },
    dataTransfer: { first: 0x52, count: 1 },
  },
  magazines: [{ name: 'magazine', first: 1, count: 7 }],
  barcode: LTO_BARCODE,
  mediaTypes: ['L2', 'L1'],
  // Assumed, but for "back 15 s after a panel reset" (manual p. 107).
  timings: {
    powerOnMs: 15_000,
    scanMs: 1_500,
    travelStartMs: 2_000,
    travelPerElementMs: 1_000,
    gripMs: 5_000,
    releaseMs: 5_000,
    invertMs: 0,
    driveLoadMs: 20_000,
    driveUnloadMs: 20_000,
    rewindMs: 60_000,
    cleaningMs: 120_000,
    doorMs: 2_000,
  },
  quirks: {
    ...STANDARD_QUIRKS,
    exchangeMedium: false,
    defaultTransportAddress: false,
    // Manual p. A-7: door open, operator panel in use.
    doorOpen: { key: 0x02, asc: 0x04, ascq: 0x83 },
    operatorPanelInUse: { key: 0x02, asc: 0x04, ascq: 0x8d },
    // Manual p. A-11: label questionable until inventory, and no label or one that cannot be read.
    labelNotScanned: { asc: 0x83, ascq: 0x00 },
    labelUnreadable: { asc: 0x83, ascq: 0x09 },
  },
  controller: { timeoutsMs: { motion: 300_000 }, backAfterResetMs: 15_000 },
};
