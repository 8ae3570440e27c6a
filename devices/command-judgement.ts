import { dataFailure, senseFailure, statusFailure, type FailedAt } from './command-failure.js';
import type { CommandFailure } from './command-outcome.js';
import type { CommandRequest } from './command-request.js';
import { recoveryFor, RecoveryAction } from './scsi/recovery.js';
import { decodeSense, SenseKey, type SenseData } from './scsi/sense.js';
import { ScsiStatus } from './scsi/status.js';

/** What one answer of the device means, before anything is tried again. */
export type Judgement<T> =
  | { readonly ok: true; readonly value: T; readonly recovered?: SenseData }
  | { readonly ok: false; readonly failure: CommandFailure };

/** Status, data and sense data as the transport brought them. */
export interface Answer {
  readonly status: number;
  readonly dataIn: Uint8Array;
  readonly sense: Uint8Array;
}

/** Judges an answer. Never throws: whatever a device sends becomes a value or a failure with its layer. */
export function judgeAnswer<T>(at: FailedAt, request: CommandRequest<T>, answer: Answer): Judgement<T> {
  const { status, dataIn } = answer;
  const asked = request.dataInLength ?? 0;
  if (dataIn.length > asked) {
    return { ok: false, failure: dataFailure(at, status, `${dataIn.length} bytes came, ${asked} were asked for`) };
  }
  if (status === ScsiStatus.GOOD || status === ScsiStatus.CONDITION_MET) return decoded(at, request, answer);
  if (status !== ScsiStatus.CHECK_CONDITION || answer.sense.length === 0) {
    return { ok: false, failure: statusFailure(at, status) };
  }
  let sense: SenseData;
  try {
    sense = decodeSense(answer.sense);
  } catch (cause) {
    return { ok: false, failure: dataFailure(at, status, `the sense data: ${messageOf(cause)}`, cause) };
  }
  if (sense.deferred) return { ok: false, failure: senseFailure(at, sense) };
  const own = answerFromSense(at, request, sense, dataIn);
  if (own !== undefined) return own;
  if (wasCompleted(sense)) {
    const judged = decoded(at, request, answer);
    return judged.ok ? { ...judged, recovered: sense } : judged;
  }
  return { ok: false, failure: senseFailure(at, sense) };
}

/** The command was done; the sense data only tell that the device had to try harder, or wants to be cleaned. */
function wasCompleted(sense: SenseData): boolean {
  if (sense.key === SenseKey.RECOVERED_ERROR || sense.key === SenseKey.COMPLETED) return true;
  const marked = sense.filemark || sense.endOfMedium || sense.incorrectLengthIndicator;
  const action = recoveryFor(sense);
  return sense.key === SenseKey.NO_SENSE && !marked && action !== RecoveryAction.WAIT_UNTIL_READY;
}

function decoded<T>(at: FailedAt, request: CommandRequest<T>, { status, dataIn }: Answer): Judgement<T> {
  try {
    return { ok: true, value: request.decode(dataIn) };
  } catch (cause) {
    return { ok: false, failure: dataFailure(at, status, messageOf(cause), cause) };
  }
}

function answerFromSense<T>(
  at: FailedAt,
  request: CommandRequest<T>,
  sense: SenseData,
  dataIn: Uint8Array,
): Judgement<T> | undefined {
  try {
    const own = request.answerFromSense?.(sense, dataIn);
    return own === undefined ? undefined : { ok: true, value: own.value };
  } catch (cause) {
    return { ok: false, failure: dataFailure(at, ScsiStatus.CHECK_CONDITION, messageOf(cause), cause) };
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
