import type { ScsiCommand, TransportFailure, TransportResult } from '../scsi-transport.js';

/**
 * What carries SCSI commands over the pipes of one opened interface: Bulk-Only Transport or USB Attached SCSI. It lives as
 * long as the {@link UsbInterface} it was made for. Nothing rejects, nothing throws.
 */
export interface UsbProtocol {
  /** How many commands may be under way at once; more wait for their turn. */
  readonly maxInFlight: number;
  /** As {@link ScsiTransport.execute}: always settles, latest when the command's time is over. */
  execute(command: ScsiCommand): Promise<TransportResult>;
  /** LOGICAL UNIT RESET, or the nearest thing the protocol has. Undefined when it was done. */
  resetLogicalUnit(lun: number, timeoutMs: number): Promise<TransportFailure | undefined>;
  /**
   * Whether a next command has a chance. False once the device is gone, or when what the protocol has to bring the two sides
   * back in step was tried and failed: then the interface must be closed and the device opened anew, with a port reset.
   */
  readonly usable: boolean;
  /** Ends what is under way with code `closed`; the interface itself is closed by whoever opened it. Never rejects. */
  close(): Promise<void>;
}
