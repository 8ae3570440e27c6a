/** What a cartridge's bar code label says about it. */
export interface CartridgeLabel {
  /** Media type by name: `LTO-8`; undefined when the label does not tell. */
  readonly mediaType: string | undefined;
  /** A cleaning cartridge: CLN… (IBM, HP, Dell and Quantum agree). */
  readonly cleaner: boolean;
  readonly writeOnce: boolean;
}

/** Media identifiers that end an eight-character LTO label, and what they stand for (IBM LTO label specification). */
const ltoIdentifiers: Readonly<Record<string, { readonly name: string; readonly writeOnce: boolean }>> = {
  L1: { name: 'LTO-1', writeOnce: false },
  L2: { name: 'LTO-2', writeOnce: false },
  L3: { name: 'LTO-3', writeOnce: false },
  L4: { name: 'LTO-4', writeOnce: false },
  L5: { name: 'LTO-5', writeOnce: false },
  L6: { name: 'LTO-6', writeOnce: false },
  L7: { name: 'LTO-7', writeOnce: false },
  M8: { name: 'LTO-M8', writeOnce: false },
  L8: { name: 'LTO-8', writeOnce: false },
  L9: { name: 'LTO-9', writeOnce: false },
  LT: { name: 'LTO-3 WORM', writeOnce: true },
  LU: { name: 'LTO-4 WORM', writeOnce: true },
  LV: { name: 'LTO-5 WORM', writeOnce: true },
  LW: { name: 'LTO-6 WORM', writeOnce: true },
  LX: { name: 'LTO-7 WORM', writeOnce: true },
  LY: { name: 'LTO-8 WORM', writeOnce: true },
  LZ: { name: 'LTO-9 WORM', writeOnce: true },
};

export function readCartridgeLabel(barCode: string): CartridgeLabel {
  const cleaner = barCode.startsWith('CLN');
  const lto = barCode.length === 8 ? ltoIdentifiers[barCode.slice(6)] : undefined;
  return {
    mediaType: cleaner ? 'Cleaning cartridge' : lto?.name,
    cleaner,
    writeOnce: lto?.writeOnce ?? false,
  };
}
