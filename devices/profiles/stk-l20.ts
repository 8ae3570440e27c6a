import type { Profile } from './profile.js';
import { LTO_BARCODE, STANDARD_QUIRKS } from './standard-behaviour.js';

/** StorageTek L20: two drives, 19 storage elements, one-slot cartridge access port; the changer is LUN 0. */
export const STK_L20: Profile = {
  id: 'stk-l20',
  title: 'StorageTek L20',
  sources: [
    'mhvtl pm/stklxx_pm.c (element map of the emulator, executed)',
    'StorageTek L-series address bases: MT 1, IE 10, DT 500, ST 1000',
  ],
  changer: {
    inquiry: { vendorIdentification: 'STK', productIdentification: 'L20', productRevisionLevel: '0215' },
    lun: 0,
  },
  drives: {
    inquiry: { vendorIdentification: 'IBM', productIdentification: 'ULTRIUM-TD8', productRevisionLevel: 'J4D2' },
    peripheralDeviceType: 0x01,
    luns: [1, 2],
  },
  // First addresses from the source; the counts are assumed.
  elements: {
    mediumTransport: { first: 1, count: 1 },
    storage: { first: 1000, count: 19 },
    importExport: { first: 10, count: 1 },
    dataTransfer: { first: 500, count: 2 },
  },
  magazines: [],
  // STK libraries report six characters unless told otherwise (assumed).
  barcode: { ...LTO_BARCODE, reportedLength: 'without-media-id' },
  mediaTypes: ['L8', 'L7', 'M8'],
  // Assumed; the sources give no times.
  timings: {
    powerOnMs: 60_000,
    scanMs: 500,
    travelStartMs: 1_000,
    travelPerElementMs: 100,
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
    // "VolTag+DVCID together fails; max about 1,000 elements per query": seen on some changers by PBS
    // sg_pt_changer.rs 267, 309, 372. Carried here so that one profile makes a controller meet it.
    noVolumeTagWithDeviceIdentifier: true,
    maxElementsPerQuery: 1000,
  },
  controller: { timeoutsMs: { motion: 300_000 }, maxElementsPerQuery: 1000, noVolumeTagWithDeviceIdentifier: true },
};
