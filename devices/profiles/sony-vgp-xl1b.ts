import type { Profile } from './profile.js';
import { STANDARD_QUIRKS } from './standard-behaviour.js';

/** Sony VGP-XL1B: a carousel of 200 discs and one DVD drive behind FireWire (SBP-2). */
export const SONY_VGP_XL1B: Profile = {
  id: 'sony-vgp-xl1b',
  title: 'Sony VGP-XL1B disc changer',
  sources: [
    'axbprojects.org/vgp_xl1b.html (200 discs, drive and changer as two logical units over SBP-2)',
    'mtx CHANGES (supported since 1.3.10)',
  ],
  changer: {
    // The strings of the real device are in no source that was found; these say so.
    inquiry: { vendorIdentification: 'Sony', productIdentification: 'VGP-XL1B', productRevisionLevel: '1.00' },
    lun: 1,
  },
  drives: {
    inquiry: { vendorIdentification: 'Sony', productIdentification: 'DVD RW DRU', productRevisionLevel: '1.00' },
    peripheralDeviceType: 0x05,
    luns: [0],
  },
  // The counts are known, the addresses are assumed.
  elements: {
    mediumTransport: { first: 0, count: 1 },
    storage: { first: 1, count: 200 },
    importExport: { first: 0x100, count: 1 },
    dataTransfer: { first: 0x200, count: 1 },
  },
  magazines: [],
  // Discs have no barcode; the changer has no reader.
  barcode: { reportedLength: 'full', maximumLength: 0, cleaning: /^$/, mediaIdSuffix: false },
  mediaTypes: ['CD', 'DVD'],
  // Assumed; the sources give no times.
  timings: {
    powerOnMs: 20_000,
    scanMs: 0,
    travelStartMs: 1_000,
    travelPerElementMs: 25,
    gripMs: 2_000,
    releaseMs: 2_000,
    invertMs: 0,
    driveLoadMs: 8_000,
    driveUnloadMs: 3_000,
    rewindMs: 0,
    cleaningMs: 0,
    doorMs: 2_000,
  },
  quirks: {
    ...STANDARD_QUIRKS,
    // The arm takes the disc out of the drive's tray itself.
    implicitUnload: true,
    deviceIdentifier: 'none',
    exchangeMedium: false,
    initializeElementStatusWithRange: false,
    volumeTagSearch: false,
    defaultTransportAddress: false,
  },
  controller: { timeoutsMs: { motion: 120_000 } },
};
