import { IscsiError } from '../../../transport/iscsi/iscsi-error.js';

export type IscsiAttachErrorCode =
  | 'OPTION' // an option of attachIscsi makes no sense; correct it
  | 'LISTEN' // the address or port cannot be had; choose another one
  | 'TOO_MANY' // a connection or session beyond the limit was turned away
  | 'LOGIN_REFUSED' // an initiator was told so in a login response
  | 'LOGIN_TIMEOUT' // a connection that never finished its login
  | 'PROTOCOL' // an initiator broke RFC 7143
  | 'DIGEST' // a header or data digest did not match
  | 'DEAD_PEER' // no answer to a NOP-In, or a PDU that was never finished
  | 'CONNECTION_LOST' // the initiator went without logging out
  | 'TARGET_FAILURE'; // the device behind the target failed in a way that is no SCSI condition

/** What went wrong with one initiator, or with the attachment itself. Callers test the code, never the wording. */
export class IscsiAttachError extends Error {
  override readonly name = 'IscsiAttachError';
  readonly code: IscsiAttachErrorCode;
  /** The initiator's address, where one is concerned. */
  readonly remote: string | undefined;

  constructor(code: IscsiAttachErrorCode, message: string, options: { cause?: unknown; remote?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remote = options.remote;
  }
}

/** Thrown while one PDU is dealt with: its connection ends, with a Reject of this reason first when there is one. */
export class PeerFault extends Error {
  override readonly name = 'PeerFault';
  readonly code: IscsiAttachErrorCode;
  readonly rejectReason: number | undefined;

  constructor(code: IscsiAttachErrorCode, message: string, rejectReason?: number) {
    super(message);
    this.code = code;
    this.rejectReason = rejectReason;
  }
}

/** What a codec or the dispatch threw, as a fault of the peer. */
export function faultOf(error: unknown): PeerFault {
  if (error instanceof PeerFault) return error;
  if (error instanceof IscsiError) {
    return new PeerFault(error.code === 'ISCSI_DIGEST' ? 'DIGEST' : 'PROTOCOL', error.message);
  }
  return new PeerFault('TARGET_FAILURE', `the target failed over a PDU: ${String(error)}`);
}
