import type { BarcodeRules, Quirks } from './profile.js';

/**
 * What a device does that follows SMC-3 and has every optional command. A profile spreads this and names only what its
 * model does otherwise.
 */
export const STANDARD_QUIRKS: Quirks = {
  implicitUnload: false,
  deviceIdentifier: 't10-vendor-id',
  noVolumeTagWithDeviceIdentifier: false,
  checksMediaIdentifier: false,
  exchangeMedium: true,
  positionToElement: true,
  initializeElementStatusWithRange: true,
  volumeTagSearch: true,
  openCloseImportExport: false,
  invert: false,
  defaultTransportAddress: true,
  labelsNeedInventory: false,
  // 83/00 not scanned and 83/01 no label: Dell TL2000 manual p. 76, easymanua.ls/dell/powervault-tl2000.
  labelNotScanned: { asc: 0x83, ascq: 0x00 },
  labelUnreadable: { asc: 0x83, ascq: 0x01 },
  // 3B/90: Exabyte Magnum 1x7 manual p. 11-7, "source cartridge is loaded inside the tape drive".
  driveNotUnloaded: { key: 0x05, asc: 0x3b, ascq: 0x90 },
  // 3B/A0: Dell TL2000 user's guide p. C-5, "medium transfer element full".
  pickerFull: { key: 0x05, asc: 0x3b, ascq: 0xa0 },
  // Some devices tell library (53/02) and drive (53/03) apart: Dell TL2000 user's guide p. C-5.
  driveRemovalPrevented: { key: 0x05, asc: 0x53, ascq: 0x02 },
  // LOGICAL UNIT NOT READY, A DOOR IS OPEN.
  doorOpen: { key: 0x02, asc: 0x04, ascq: 0x18 },
  // 04/07 operation in progress: Quantum SuperLoader 3 Software Interface Guide p. 4.
  operatorPanelInUse: { key: 0x02, asc: 0x04, ascq: 0x07 },
};

/** LTO labels: six characters and a media identifier; `CLNxxxLx` and `CLNUxxLx` clean (Dell TL2000 manual p. 148). */
export const LTO_BARCODE: BarcodeRules = {
  reportedLength: 'full',
  maximumLength: 32,
  cleaning: /^CLN/,
  mediaIdSuffix: true,
};
