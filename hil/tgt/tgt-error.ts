/** Why the tgt bench could not do what was asked. */
export type TgtErrorCode =
  | 'TGT_MISSING' // tgt is not installed
  | 'TGT_OPTION' // an option makes no sense
  | 'TGT_FAILED'; // tgtd or tgtadm failed

export class TgtError extends Error {
  override readonly name = 'TgtError';
  readonly code: TgtErrorCode;

  constructor(code: TgtErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
