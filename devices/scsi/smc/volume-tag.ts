import { readText, writeText } from '../layout.js';
import { ScsiFormatError } from '../format-error.js';

/** A volume tag (SMC-3): what the label says, and which side or part of a volume set it is. */
export interface VolumeTag {
  /** The 32-byte field without trailing spaces and NULs. */
  readonly volumeIdentifier: string;
  readonly volumeSequenceNumber: number;
}

/** Bytes of a volume tag: identifier 32, reserved 2, sequence number 2. */
export const volumeTagLength = 36;
export const volumeIdentifierLength = 32;

/**
 * Reads a tag at `at`, of which the caller has made sure that the identifier is there; undefined when there is no label.
 */
export function readVolumeTag(bytes: Uint8Array, at: number): VolumeTag | undefined {
  const volumeIdentifier = readText(bytes, at, volumeIdentifierLength);
  const whole = at + volumeTagLength <= bytes.length;
  const volumeSequenceNumber = whole ? ((bytes[at + 34] ?? 0) << 8) | (bytes[at + 35] ?? 0) : 0;
  if (volumeIdentifier === '' && volumeSequenceNumber === 0) return undefined;
  return { volumeIdentifier, volumeSequenceNumber };
}

/** Writes 36 bytes at `at` of zeroed bytes; no tag leaves zeros, as libraries send them. Throws `OUT_OF_RANGE`. */
export function writeVolumeTag(bytes: Uint8Array, at: number, tag: VolumeTag | undefined): void {
  if (tag === undefined) return;
  const { volumeIdentifier, volumeSequenceNumber } = tag;
  try {
    writeText(bytes, at, volumeIdentifierLength, volumeIdentifier);
  } catch (cause) {
    throw new ScsiFormatError('OUT_OF_RANGE', 'volume tag', at, (cause as Error).message);
  }
  if (!Number.isInteger(volumeSequenceNumber) || volumeSequenceNumber < 0 || volumeSequenceNumber > 0xffff) {
    const message = `volume sequence number is ${volumeSequenceNumber}, allowed is 0 to 65535`;
    throw new ScsiFormatError('OUT_OF_RANGE', 'volume tag', at + 34, message);
  }
  bytes[at + 34] = volumeSequenceNumber >> 8;
  bytes[at + 35] = volumeSequenceNumber & 0xff;
}
