/** Why the bench itself could not do its work; a check that fails is no error. */
export type BenchErrorCode =
  | 'USAGE' // wrong arguments
  | 'PREPARATION_FAILED' // packages, kernel, or compiling
  | 'GUEST_DIED' // QEMU ended, or never came up
  | 'COMMAND_FAILED' // a program in the guest, which had to work
  | 'TIMEOUT'
  | 'INTERRUPTED'; // by SIGINT or SIGTERM

export class BenchError extends Error {
  override readonly name = 'BenchError';
  readonly code: BenchErrorCode;

  constructor(code: BenchErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
