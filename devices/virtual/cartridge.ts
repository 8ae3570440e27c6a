import type { Profile } from '../profiles/profile.js';
import { nativeCapacityBytes } from './media/medium-format.js';

/** A cartridge as somebody hands it to the operator. */
export interface CartridgeSpec {
  /** What is printed on the label; `null`: there is no label. */
  readonly barcode: string | null;
  /** A label can be there and still not be readable. Default true. */
  readonly labelReadable?: boolean;
  /** Default: the media identifier at the end of the barcode, else the best type that the profile's drives take. */
  readonly mediaType?: string;
  /** Default 0 for data, 50 for a barcode that the profile knows as cleaning. */
  readonly cleaningUsesRemaining?: number;
  readonly writeProtected?: boolean;
  /** Where the tape is full. Default: what the medium type holds, {@link DEFAULT_CAPACITY_BYTES} for one that is not known. */
  readonly capacityBytes?: number;
  /** Writes an ANSI VOL1 label with this volume identifier when the medium is still blank. */
  readonly ansiVolumeIdentifier?: string;
}

/** For a medium of a type whose capacity is not known. */
export const DEFAULT_CAPACITY_BYTES = 256 * 1024 * 1024;

/** One physical cartridge. It is in exactly one element, or outside with the operator. */
export interface Cartridge {
  /** The device's own name for it; two cartridges may carry the same barcode. */
  readonly id: number;
  readonly barcode: string | null;
  labelReadable: boolean;
  readonly mediaType: string;
  readonly cleaning: boolean;
  cleaningUsesRemaining: number;
  writeProtected: boolean;
  readonly capacityBytes: number;
  /** File name of the medium's image within the hardware folder's `media`. */
  readonly image: string;
}

/** Makes the cartridge; its medium is blank until something is written. */
export function makeCartridge(id: number, spec: CartridgeSpec, profile: Profile): Cartridge {
  const cleaning = spec.barcode !== null && profile.barcode.cleaning.test(spec.barcode);
  const mediaType = spec.mediaType ?? mediaTypeOf(spec.barcode, profile);
  const name = (spec.barcode ?? 'nolabel').replaceAll(/[^A-Za-z0-9]/g, '_');
  const extension = profile.drives.peripheralDeviceType === 0x01 ? 'tap' : 'iso';
  return {
    id,
    barcode: spec.barcode,
    labelReadable: spec.labelReadable ?? true,
    mediaType,
    cleaning: cleaning || spec.cleaningUsesRemaining !== undefined,
    cleaningUsesRemaining: spec.cleaningUsesRemaining ?? (cleaning ? 50 : 0),
    writeProtected: spec.writeProtected ?? false,
    capacityBytes: spec.capacityBytes ?? nativeCapacityBytes(mediaType) ?? DEFAULT_CAPACITY_BYTES,
    image: `${String(id).padStart(5, '0')}-${name}.${extension}`,
  };
}

/** ASCII without control characters, and not blanks alone: what a bar code of a cartridge holds, and a volume tag can. */
const PRINTABLE = /^(?=.*[!-~])[ -~]+$/;

/** What the changer's label reader gives for this cartridge; `undefined` when there is nothing to read. */
export function readLabel(cartridge: Cartridge, profile: Profile): string | undefined {
  const { barcode } = cartridge;
  const rules = profile.barcode;
  if (barcode === null || !cartridge.labelReadable || barcode.length > rules.maximumLength) return undefined;
  if (!PRINTABLE.test(barcode)) return undefined;
  const shortened = rules.reportedLength === 'without-media-id' && rules.mediaIdSuffix && barcode.length > 6;
  return shortened ? barcode.slice(0, -2) : barcode;
}

function mediaTypeOf(barcode: string | null, profile: Profile): string {
  const best = profile.mediaTypes[0] ?? 'unknown';
  if (!profile.barcode.mediaIdSuffix || barcode === null || barcode.length <= 6) return best;
  return barcode.slice(-2);
}
