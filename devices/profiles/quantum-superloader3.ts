import type { Profile } from './profile.js';
import { LTO_BARCODE, STANDARD_QUIRKS } from './standard-behaviour.js';

/** Quantum SuperLoader 3: one drive, two magazines of eight; the mail slot is not an element. */
export const QUANTUM_SUPERLOADER_3: Profile = {
  id: 'quantum-superloader3',
  title: 'Quantum SuperLoader 3',
  sources: [
    'Quantum SuperLoader 3 Software Interface Guide p. 2 (LUNs), p. 3 (magazines), p. 4 (events), p. 13 (INQUIRY), p. 58 (map), p. 126-129 (sense)',
    "Quantum SuperLoader 3 User's Guide p. 52 (sequential mode)",
  ],
  changer: {
    inquiry: { vendorIdentification: 'QUANTUM', productIdentification: 'UHDL', productRevisionLevel: '0100' },
    lun: 1,
  },
  drives: {
    inquiry: { vendorIdentification: 'QUANTUM', productIdentification: 'ULTRIUM 8', productRevisionLevel: '0100' },
    peripheralDeviceType: 0x01,
    luns: [0],
  },
  elements: {
    // Medium transport address 0 is the picker's real address here.
    mediumTransport: { first: 0, count: 1 },
    // The interface guide gives 0 and 20h; storage elements begin at 1 (assumed), 16 of them, of which 8 may be absent.
    storage: { first: 1, count: 16 },
    importExport: { first: 0, count: 0 },
    dataTransfer: { first: 0x20, count: 1 },
  },
  magazines: [
    { name: 'left', first: 1, count: 8 },
    { name: 'right', first: 9, count: 8 },
  ],
  barcode: LTO_BARCODE,
  mediaTypes: ['L8', 'L7', 'M8'],
  // Assumed; the sources give no times.
  timings: {
    powerOnMs: 45_000,
    scanMs: 1_500,
    travelStartMs: 2_000,
    travelPerElementMs: 900,
    gripMs: 5_000,
    releaseMs: 5_000,
    invertMs: 0,
    driveLoadMs: 18_000,
    driveUnloadMs: 18_000,
    rewindMs: 60_000,
    cleaningMs: 120_000,
    doorMs: 3_000,
  },
  quirks: {
    ...STANDARD_QUIRKS,
    // LOAD UNLOAD and MOVE MEDIUM are listed, EXCHANGE MEDIUM and volume tag search are not (guide p. 7).
    exchangeMedium: false,
    volumeTagSearch: false,
    initializeElementStatusWithRange: false,
    defaultTransportAddress: false,
    // Assumed: of the sense that the guide lists (p. 127), MEDIA UNLOAD FAILURE is the nearest to "not unloaded".
    driveNotUnloaded: { key: 0x04, asc: 0x53, ascq: 0x01 },
  },
  controller: { timeoutsMs: { motion: 300_000 } },
};
