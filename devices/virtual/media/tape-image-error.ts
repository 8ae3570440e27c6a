/** The image is not a SIMH tape image, or is damaged. */
export class TapeImageError extends Error {
  override readonly name = 'TapeImageError';
  readonly code = 'TAPE_IMAGE_DAMAGED';
  readonly offset: number;

  constructor(what: string, offset: number) {
    super(`Not a sound SIMH tape image: ${what} at byte ${offset}. Restore the image, or write the tape anew.`);
    this.offset = offset;
  }
}
