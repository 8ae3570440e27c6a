/**
 * The first label of a tape with ANSI X3.27 labels: 80 characters, `VOL1`, then the six-character volume identifier.
 * A label set needs a header of a file behind it; a tape that was only initialised has VOL1 and one filemark.
 */
export function ansiVolumeLabel(volumeIdentifier: string): Uint8Array {
  if (!/^[A-Z0-9 !"%&'()*+,\-./:;<=>?_]{1,6}$/.test(volumeIdentifier)) {
    throw new VolumeIdentifierError(volumeIdentifier);
  }
  const label = `VOL1${volumeIdentifier.padEnd(6)}`.padEnd(79) + '3';
  return new TextEncoder().encode(label);
}

/** A volume identifier that VOL1 cannot carry. */
export class VolumeIdentifierError extends Error {
  override readonly name = 'VolumeIdentifierError';
  readonly code = 'VOLUME_IDENTIFIER';

  constructor(volumeIdentifier: string) {
    super(
      `'${volumeIdentifier}' cannot be written to a VOL1 label: use one to six upper-case letters, digits or ` +
        'punctuation marks of the ANSI label set.',
    );
  }
}
