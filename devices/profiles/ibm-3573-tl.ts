import type { Profile } from './profile.js';
import { LTO_BARCODE, STANDARD_QUIRKS } from './standard-behaviour.js';

/** IBM TS3100 (2U), also sold as Dell TL2000: two half-height drives, 23 storage elements, three-slot I/O station. */
export const IBM_3573_TL: Profile = {
  id: 'ibm-3573-tl',
  title: 'IBM TS3100 Tape Library, 2U (3573-TL)',
  sources: [
    'easymanua.ls/ibm/ts3100 p. 313-316 (element map)',
    "Dell PowerVault TL2000 user's guide p. 55, 68, 76, C-5 (sense, allocation length 8, transport address 0)",
    'cern-cta/CTA spectra_like_libs.cpp (no volume tag search, guessed source address)',
  ],
  changer: {
    inquiry: { vendorIdentification: 'IBM', productIdentification: '3573-TL', productRevisionLevel: 'D.02' },
    // The changer is LUN 1 of the first drive. The second drive is a target of its own in the real device; here all
    // logical units belong to one target, so it is LUN 2.
    lun: 1,
  },
  drives: {
    inquiry: { vendorIdentification: 'IBM', productIdentification: 'ULT3580-HH8', productRevisionLevel: 'N9M1' },
    peripheralDeviceType: 0x01,
    luns: [0, 2],
  },
  elements: {
    mediumTransport: { first: 1, count: 1 },
    storage: { first: 4096, count: 23 },
    importExport: { first: 16, count: 3 },
    dataTransfer: { first: 256, count: 2 },
  },
  // Assumed: the map source gives the total only; 12 on the right side, the rest on the left beside the I/O station.
  magazines: [
    { name: 'left', first: 4096, count: 11 },
    { name: 'right', first: 4107, count: 12 },
  ],
  barcode: LTO_BARCODE,
  mediaTypes: ['L8', 'L7', 'M8'],
  // Assumed; the sources give no times.
  timings: {
    powerOnMs: 60_000,
    scanMs: 700,
    travelStartMs: 1_500,
    travelPerElementMs: 120,
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
    // "lacks volume-tag search": CTA spectra_like_libs.cpp [inferred].
    volumeTagSearch: false,
    // "Cleaning cartridge" with EXCEPT: TL4000 user's guide p. 71-75, the same library in another colour.
    cleaningCartridge: { asc: 0x30, ascq: 0x03 },
    driveRemovalPrevented: { key: 0x05, asc: 0x53, ascq: 0x03 },
    // "Source not ready", in the ILLEGAL REQUEST rows of the TL2000 user's guide p. C-5.
    driveNotUnloaded: { key: 0x05, asc: 0x44, ascq: 0x81 },
  },
  controller: {
    timeoutsMs: { motion: 300_000, inventory: 300_000 },
    sourceAddressIsGuess: true,
  },
};
