import { ScsiStatus } from '../../scsi/status.js';
import type { CompletedCommand } from '../scsi-transport.js';
import type { SgIoOutcome } from './sg-calls.js';
import { statusFailure, type SgFailure } from './sg-failure.js';
import { decodeSgIoHeader, DriverStatus, driverStatusMask, type SgIoHeader } from './sg-io-header.js';

type DoneOutcome = SgIoOutcome & { readonly kind: 'done' };

/** How many bytes of the room for data-in are data; pure. */
export function lengthThatCame({ resid }: Pick<SgIoHeader, 'resid'>, room: number): number {
  // More left than there was room for, or less than nothing, is a host adapter's mistake: it is taken for all or none.
  return room - Math.min(Math.max(0, resid), room);
}

/** What the kernel's answer says; pure. */
export function judgeAnswer({
  header: bytes,
  dataIn,
  sense,
}: DoneOutcome): CompletedCommand | { readonly kind: 'failed'; readonly failure: SgFailure } {
  const header = decodeSgIoHeader(bytes);
  const failure = statusFailure(header);
  if (failure !== undefined) return { kind: 'failed', failure };
  const hasSense = (header.driverStatus & driverStatusMask) === DriverStatus.SENSE && sense.length > 0;
  // Some adapters fetch sense data and forget the status that made them do so.
  const status = header.status === ScsiStatus.GOOD && hasSense ? ScsiStatus.CHECK_CONDITION : header.status;
  return { kind: 'completed', status, dataIn, sense };
}
