import type { Profile } from '../profiles/profile.js';
import type { CartridgeSpec } from './cartridge.js';

/** A cartridge and the element it lies in at first power on. */
export interface PlacedCartridge extends CartridgeSpec {
  readonly elementAddress: number;
}

/**
 * What lies in a new virtual autoloader when nothing else was asked for: up to eight labelled data cartridges, the first
 * three with an ANSI VOL1 label on the medium, and one cleaning cartridge at the end. At least two slots stay empty.
 * A model without label reader gets unlabelled media.
 */
export function defaultCartridges(profile: Profile): PlacedCartridge[] {
  const { first, count } = profile.elements.storage;
  const tape = profile.drives.peripheralDeviceType === 0x01;
  const labels = profile.barcode.maximumLength > 0;
  const mediaType = profile.mediaTypes[0] ?? 'unknown';
  const suffix = profile.barcode.mediaIdSuffix ? mediaType : '';

  const room = Math.max(0, count - 2);
  const dataCount = Math.min(8, tape ? room - 1 : room);
  const placed: PlacedCartridge[] = [];
  for (let index = 0; index < dataCount; index++) {
    const serial = `ORS${String(index + 1).padStart(3, '0')}`;
    placed.push({
      elementAddress: first + index,
      barcode: labels ? `${serial}${suffix}` : null,
      mediaType,
      ...(tape && index < 3 ? { ansiVolumeIdentifier: serial } : {}),
    });
  }
  if (tape && room > 0) {
    placed.push({
      elementAddress: first + count - 1,
      barcode: labels ? 'CLNU01L1' : null,
      mediaType: 'L1',
      cleaningUsesRemaining: 50,
    });
  }
  return placed;
}
