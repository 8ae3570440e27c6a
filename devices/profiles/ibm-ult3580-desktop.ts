import type { Profile } from './profile.js';
import { LTO_BARCODE, STANDARD_QUIRKS } from './standard-behaviour.js';

const none = { first: 0, count: 0 } as const;
const inquiry = {
  vendorIdentification: 'IBM',
  productIdentification: 'ULT3580-HH8',
  productRevisionLevel: 'N9M1',
} as const;

/** A half-height LTO-8 drive in a case of its own: no changer, no slot; a person puts the cartridge in. */
export const IBM_ULT3580_DESKTOP: Profile = {
  id: 'ibm-ult3580-desktop',
  title: 'IBM LTO-8 half-height tape drive on the desk',
  sources: ['the drives of the profile ibm-3573-tl, without their library; the times are assumed'],
  standAlone: true,
  // No host reaches it.
  changer: { inquiry, lun: -1 },
  drives: { inquiry, peripheralDeviceType: 0x01, luns: [0] },
  elements: { mediumTransport: none, storage: none, importExport: none, dataTransfer: { first: 0, count: 1 } },
  magazines: [],
  // Nothing in the case reads what is printed on a cartridge.
  barcode: { ...LTO_BARCODE, maximumLength: 0 },
  mediaTypes: ['L8', 'L7', 'M8'],
  timings: {
    powerOnMs: 20_000,
    scanMs: 0,
    travelStartMs: 0,
    travelPerElementMs: 0,
    gripMs: 0,
    releaseMs: 0,
    invertMs: 0,
    driveLoadMs: 19_000,
    driveUnloadMs: 19_000,
    rewindMs: 60_000,
    cleaningMs: 120_000,
    doorMs: 0,
  },
  quirks: STANDARD_QUIRKS,
  controller: { timeoutsMs: {} },
};
