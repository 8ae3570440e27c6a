/** The folder holds hardware of another model, or of this one with other elements. */
export class HardwareMismatchError extends Error {
  override readonly name = 'HardwareMismatchError';
  readonly code = 'HARDWARE_MISMATCH';
}

/** The folder cannot be read or written as hardware; the cause tells what the operating system or the database said. */
export class HardwareUnusableError extends Error {
  override readonly name = 'HardwareUnusableError';
  readonly code = 'HARDWARE_UNUSABLE';

  constructor(folder: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${folder} cannot be used as virtual hardware: ${why}. Mend or remove it, or choose another folder.`, {
      cause,
    });
  }
}
