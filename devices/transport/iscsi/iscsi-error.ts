/** What went wrong below the SCSI commands of an iSCSI path. Callers test these, never the wording. */
export type IscsiErrorCode =
  | 'ISCSI_OPTION' // an option of ours makes no sense; correct the configuration
  | 'ISCSI_CONNECT' // no TCP connection, or the peer never finished the login
  | 'ISCSI_LOGIN_REFUSED' // the target refused, for now or for good
  | 'ISCSI_AUTHENTICATION' // wrong user, wrong secret, or no common method
  | 'ISCSI_NEGOTIATION' // no common value for a parameter that was insisted on
  | 'ISCSI_PROTOCOL' // the peer broke RFC 7143
  | 'ISCSI_DIGEST' // a header or data digest did not match
  | 'ISCSI_CONNECTION_LOST' // the connection ended, or the peer stopped answering
  | 'ISCSI_CLOSED'; // this side closed the path

export class IscsiError extends Error {
  override readonly name = 'IscsiError';
  readonly code: IscsiErrorCode;
  /** Whether the same attempt may succeed later without anybody changing anything. */
  readonly transient: boolean;

  constructor(code: IscsiErrorCode, message: string, options: { cause?: unknown; transient?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.transient = options.transient ?? (code === 'ISCSI_CONNECT' || code === 'ISCSI_CONNECTION_LOST');
  }
}

/** A peer that broke the protocol: the connection is of no further use. */
export function protocolError(message: string): IscsiError {
  return new IscsiError('ISCSI_PROTOCOL', `The iSCSI peer broke the protocol: ${message}`);
}
