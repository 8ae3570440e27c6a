import type { FailedCommand, TransportFailure, TransportFailureCode } from '../scsi-transport.js';
import type { UsbTransfer } from './usb-interface.js';

export type FailedTransfer = Exclude<UsbTransfer, { kind: 'done' }>;

const unknownOutcome = 'the device may have executed the command: look at the device before sending it again';

/** The failure of a command on this path; says by itself what an unknown outcome asks for. */
export function usbFailure(
  code: TransportFailureCode,
  executed: TransportFailure['executed'],
  message: string,
  cause?: unknown,
): TransportFailure {
  const whole = executed === 'unknown' ? `${message}; ${unknownOutcome}` : message;
  return { code, executed, message: whole, ...(cause !== undefined && { cause }) };
}

export function failedCommand(failure: TransportFailure): FailedCommand {
  return { kind: 'failed', failure };
}

/** What the end of a transfer means for the command that it was part of. */
export function failureCodeOf(transfer: FailedTransfer): TransportFailureCode {
  switch (transfer.kind) {
    case 'timeout':
      return 'timeout';
    case 'cancelled':
      return 'aborted';
    case 'disconnected':
      return 'disconnected';
    default:
      return 'protocol';
  }
}

/** How a transfer ended, in words that follow its name: "the data stage ...". */
export function wordsOf(transfer: FailedTransfer): string {
  switch (transfer.kind) {
    case 'stall':
      return 'was stalled by the device';
    case 'timeout':
      return 'did not end in time';
    case 'cancelled':
      return 'was cancelled';
    case 'overflow':
      return 'brought more bytes than were asked for';
    case 'disconnected':
      return `lost the device (${transfer.message})`;
    case 'failed':
      return `failed (${transfer.message})`;
  }
}
