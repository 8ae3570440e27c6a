/**
 * - `USBIP_PROTOCOL`: the peer sent what the protocol does not allow, or more than is taken.
 * - `USBIP_SILENCE`: the peer began a message and did not go on.
 */
export type UsbipErrorCode = 'USBIP_PROTOCOL' | 'USBIP_SILENCE';

/** Why a USB/IP connection was ended. */
export class UsbipError extends Error {
  override readonly name = 'UsbipError';
  readonly code: UsbipErrorCode;

  constructor(code: UsbipErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
