export type HardwareErrorCode = 'NOT_PRESENT' | 'NEEDS_SERVICE' | 'DRIVE_ADDRESS_OUTSIDE_MAP' | 'DRIVES_NOT_MATCHED';

/** A library's devices cannot be used as the rig describes them. */
export class HardwareError extends Error {
  override readonly name = 'HardwareError';
  readonly code: HardwareErrorCode;
  /** The library's name in the rig. */
  readonly library: string;
  /** For DRIVE_ADDRESS_OUTSIDE_MAP. */
  readonly elementAddress: number | undefined;

  constructor(
    code: HardwareErrorCode,
    library: string,
    message: string,
    options: { cause?: unknown; elementAddress?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.library = library;
    this.elementAddress = options.elementAddress;
  }
}
