import type { CommandFailure } from './command-outcome.js';
import type { CommandRequest } from './command-request.js';
import { explainRecovery, RecoveryAction } from './scsi/recovery.js';
import { describeSense, SenseKey, type SenseData } from './scsi/sense.js';
import { ScsiStatus, statusName } from './scsi/status.js';
import type { TransportFailure } from './transport/scsi-transport.js';

/** Which command of which logical unit a failure belongs to. */
export interface FailedAt {
  /** The logical unit as it names itself. */
  readonly device: string;
  readonly request: Pick<CommandRequest<unknown>, 'name' | 'motion'>;
}

const lookFirst =
  'The device may have done it: read the element status (changer) or the position (tape) before anything else.';

/** No status arrived. */
export function transportFailure(at: FailedAt, transport: TransportFailure): CommandFailure {
  const uncertain = at.request.motion === true && transport.executed === 'unknown';
  return {
    ...common(at),
    layer: 'transport',
    transport,
    recovery: uncertain ? RecoveryAction.REFRESH_ELEMENT_STATUS : RecoveryAction.FAIL,
    executed: transport.executed,
    message: sentence(at, `got no answer (${transport.code})`, transport.message, uncertain ? lookFirst : ''),
    ...(transport.cause === undefined ? {} : { cause: transport.cause }),
  };
}

/** A status that is neither good nor comes with sense data. */
export function statusFailure(at: FailedAt, status: number): CommandFailure {
  const { action, reason } = explainRecovery(status, { motion: at.request.motion === true });
  return {
    ...common(at),
    layer: 'status',
    status,
    recovery: action,
    executed: notBegun.has(status) ? 'no' : 'unknown',
    message: sentence(at, `was answered with ${statusName(status)}: ${reason}`, adviceFor(action)),
  };
}

/** Statuses which say that the device server did not begin the command (SAM-5). */
const notBegun: ReadonlySet<number> = new Set([
  ScsiStatus.BUSY,
  ScsiStatus.TASK_SET_FULL,
  ScsiStatus.RESERVATION_CONFLICT,
  ScsiStatus.ACA_ACTIVE,
]);

/** CHECK CONDITION with sense data. */
export function senseFailure(at: FailedAt, sense: SenseData): CommandFailure {
  const { action, reason } = explainRecovery(sense, { motion: at.request.motion === true });
  return {
    ...common(at),
    layer: 'sense',
    status: ScsiStatus.CHECK_CONDITION,
    sense,
    recovery: action,
    executed: executedAfter(sense),
    message: sentence(at, `ended with ${describeSense(sense)} (${reason})`, adviceFor(action)),
  };
}

/**
 * The device answered, but what it brought cannot be what it claims to be. With status GOOD the command itself was done;
 * with unreadable sense data nobody knows.
 */
export function dataFailure(at: FailedAt, status: number, problem: string, cause?: unknown): CommandFailure {
  const good = status === ScsiStatus.GOOD || status === ScsiStatus.CONDITION_MET;
  return {
    ...common(at),
    layer: 'data',
    status,
    recovery: RecoveryAction.FAIL,
    executed: good ? 'yes' : 'unknown',
    message: sentence(
      at,
      `brought data that cannot be right: ${problem}`,
      'Check the firmware of the device, and record a trace to report it.',
    ),
    ...(cause === undefined ? {} : { cause }),
  };
}

/**
 * Whether the device did the command when its sense data say so much. NOT READY, ILLEGAL REQUEST, UNIT ATTENTION and
 * DATA PROTECT refuse a command before it begins; the other keys may come in the middle of it.
 */
export function executedAfter(sense: Pick<SenseData, 'key' | 'deferred'>): CommandFailure['executed'] {
  // SPC-4: the command that brings an earlier one's error was not executed.
  if (sense.deferred) return 'no';
  switch (sense.key) {
    case SenseKey.NOT_READY:
    case SenseKey.ILLEGAL_REQUEST:
    case SenseKey.UNIT_ATTENTION:
    case SenseKey.DATA_PROTECT:
      return 'no';
    case SenseKey.RECOVERED_ERROR:
    case SenseKey.COMPLETED:
      return 'yes';
    default:
      return 'unknown';
  }
}

function common({ device, request }: FailedAt): Pick<CommandFailure, 'command' | 'device' | 'notes'> {
  return { command: request.name, device, notes: [] };
}

function sentence({ device, request }: FailedAt, what: string, ...more: readonly string[]): string {
  return [`${request.name} to ${device} ${what.replace(/\.$/, '')}.`, ...more.filter((text) => text !== '')].join(' ');
}

/** What to do about it, for the end of a message; empty where the reason says it already. */
const advice: Partial<Record<RecoveryAction, string>> = {
  [RecoveryAction.RETRY]: 'Try again.',
  [RecoveryAction.RETRY_LATER]: 'Try again later.',
  [RecoveryAction.WAIT_UNTIL_READY]: 'Wait until it is ready.',
  [RecoveryAction.INITIALIZE_FIRST]: 'Take an inventory (changer) or load the medium (drive) first.',
  [RecoveryAction.REFRESH_ELEMENT_STATUS]: 'Read the element status before anything else.',
  [RecoveryAction.UNLOAD_FIRST]: 'Unload the drive first.',
  [RecoveryAction.ALLOW_REMOVAL_FIRST]: 'Allow medium removal first, or leave the medium where it is.',
  [RecoveryAction.CLEAN_DRIVE]: 'Clean the drive.',
  [RecoveryAction.ASK_OPERATOR]: 'Someone must look at the device.',
  [RecoveryAction.WRITE_PROTECTED]: 'Take a medium that may be written, or remove its write protection.',
  [RecoveryAction.REJECT_MEDIUM]: 'Take another medium.',
};

function adviceFor(action: RecoveryAction): string {
  return advice[action] ?? '';
}
