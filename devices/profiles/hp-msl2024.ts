import type { Profile } from './profile.js';
import { LTO_BARCODE, STANDARD_QUIRKS } from './standard-behaviour.js';

/** HP MSL2024: two half-height drives, 24 slots of which one is given to the mail slot here. */
export const HP_MSL2024: Profile = {
  id: 'hp-msl2024',
  title: 'HP StorageWorks MSL2024',
  sources: [
    'mhvtl pm/hp_smc_pm.c (element map of the emulator; no official map was found)',
    'manualshelf AQ746-96005 p. 18 (automatic mode, barcode format, media identifier checked)',
    'INQUIRY strings "HP / MSL G3 Series" as host software lists them',
  ],
  changer: {
    inquiry: { vendorIdentification: 'HP', productIdentification: 'MSL G3 Series', productRevisionLevel: 'D.00' },
    lun: 1,
  },
  drives: {
    inquiry: { vendorIdentification: 'HP', productIdentification: 'Ultrium 8-SCSI', productRevisionLevel: 'J4AB' },
    peripheralDeviceType: 0x01,
    luns: [0, 2],
  },
  elements: {
    mediumTransport: { first: 1, count: 1 },
    storage: { first: 0x20, count: 23 },
    importExport: { first: 0x1c0, count: 1 },
    dataTransfer: { first: 0x1e0, count: 2 },
  },
  magazines: [
    { name: 'left', first: 0x20, count: 11 },
    { name: 'right', first: 0x2b, count: 12 },
  ],
  barcode: LTO_BARCODE,
  mediaTypes: ['L8', 'L7', 'M8'],
  // Assumed; the sources give no times.
  timings: {
    powerOnMs: 60_000,
    scanMs: 700,
    travelStartMs: 1_500,
    travelPerElementMs: 150,
    gripMs: 4_000,
    releaseMs: 4_000,
    invertMs: 0,
    driveLoadMs: 19_000,
    driveUnloadMs: 19_000,
    rewindMs: 60_000,
    cleaningMs: 120_000,
    doorMs: 3_000,
  },
  quirks: {
    ...STANDARD_QUIRKS,
    // "DVCID serial only": mhvtl pm/hp_smc_pm.c.
    deviceIdentifier: 'serial-number',
    // "refuses wrong media ID": manualshelf AQ746-96005 p. 18.
    checksMediaIdentifier: true,
    // Assumed; no source says. It is here so that one tape library of the catalogue unloads its drive by itself.
    implicitUnload: true,
  },
  controller: { timeoutsMs: { motion: 300_000 } },
};
