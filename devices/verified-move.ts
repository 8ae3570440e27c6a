import type { Clock } from './clock.js';
import { dataFailure } from './command-failure.js';
import type { CommandFailure, CommandOutcome } from './command-outcome.js';
import type { CommandOptions } from './command-request.js';
import { judgeMove, sameSnapshot, volumeIdentifierOf, type MoveOutcome, type MoveSnapshot } from './move-judgement.js';
import { RecoveryAction } from './scsi/recovery.js';
import { SenseKey } from './scsi/sense.js';
import { ScsiStatus } from './scsi/status.js';
import type { ElementStatus } from './scsi/smc/element-status.js';
import { invalidatesInventory, unitAttentionKind } from './unit-attention.js';

/** A move as MOVE MEDIUM takes it. Addresses are element addresses. */
export interface MoveParams {
  /** The changer's first picker when left out. */
  readonly mediumTransportAddress?: number;
  readonly source: number;
  readonly destination: number;
  /** Turn the medium over. */
  readonly invert?: boolean;
}

export interface VerifiedMoveParams extends MoveParams {
  /** The label that the medium at the source must have. When left out, it is the one that it has. */
  readonly volumeIdentifier?: string;
}

export interface VerifiedMove {
  readonly outcome: MoveOutcome;
  /** As last read; absent when nothing could be read. */
  readonly source?: ElementStatus;
  readonly destination?: ElementStatus;
  readonly pickers?: readonly ElementStatus[];
  /** Where it is, for `elsewhere`. */
  readonly foundAt?: ElementStatus;
  /** The label that was to be moved, as far as it is known. */
  readonly volumeIdentifier?: string;
  /** Why the command failed, or why it was not sent, or why nothing could be read back. */
  readonly failure?: CommandFailure;
  /** What was seen, and with a failure what to do. */
  readonly message: string;
}

/** The verbs that a verified move is made of. */
export interface MovingChanger {
  readonly name: string;
  readonly clock: Clock;
  /** How long a motion may take, in milliseconds. */
  readonly motionTimeoutMs: number;
  /** MOVE MEDIUM that comes back on a unit attention instead of being sent again. */
  moveOnce(params: MoveParams, options: CommandOptions): Promise<CommandOutcome<undefined>>;
  readElement(address: number, options: CommandOptions): Promise<CommandOutcome<ElementStatus>>;
  readPickers(options: CommandOptions): Promise<CommandOutcome<readonly ElementStatus[]>>;
  readAllElements(options: CommandOptions): Promise<CommandOutcome<readonly ElementStatus[]>>;
}

/** How often a move is sent again after a unit attention. */
const attentionBound = 8;
/** Some changers show a medium in the old place for a moment after the status. */
const settleMs = 2_000;
const settleReads = 3;
/** After a lost answer the motion may go on; only a picture that stands still for so long is believed. */
const stillAfterLossMs = 30_000;

/**
 * Moves a medium and reads back where it is. Never throws for what the device does, and never sends a move again that may
 * have begun. After a lost answer it waits until the changer can be asked and the picture stands still.
 */
export async function verifiedMove(
  changer: MovingChanger,
  params: VerifiedMoveParams,
  options: CommandOptions,
): Promise<VerifiedMove> {
  let before: Before | undefined;
  for (let attempt = 1; ; attempt++) {
    if (before === undefined) {
      const looked = await lookBefore(changer, params, options);
      if ('outcome' in looked) return looked;
      before = looked;
    }
    const command = await changer.moveOnce(params, options);
    if (command.ok) return readBack(changer, params, before, undefined, options);
    const { sense, executed } = command.failure;
    if (sense?.key !== SenseKey.UNIT_ATTENTION || attempt > attentionBound) {
      const cancelled = options.signal?.aborted === true;
      if (cancelled && executed === 'no') return notSent(before, command.failure);
      return readBack(changer, params, before, command.failure, options);
    }
    // Someone may have put another cartridge into the source: look again before the move is sent again.
    if (invalidatesInventory(unitAttentionKind(sense))) before = undefined;
  }
}

interface Before {
  readonly source: ElementStatus;
  readonly destination: ElementStatus;
  readonly volumeIdentifier?: string;
}

async function lookBefore(
  changer: MovingChanger,
  params: VerifiedMoveParams,
  options: CommandOptions,
): Promise<Before | VerifiedMove> {
  const source = await changer.readElement(params.source, options);
  if (!source.ok) return { outcome: 'not-moved', failure: source.failure, message: source.failure.message };
  const destination = await changer.readElement(params.destination, options);
  if (!destination.ok) {
    return { outcome: 'not-moved', failure: destination.failure, message: destination.failure.message };
  }
  const found = volumeIdentifierOf(source.value);
  const expected = params.volumeIdentifier;
  const volumeIdentifier = expected ?? found;
  const before = {
    source: source.value,
    destination: destination.value,
    ...(volumeIdentifier === undefined ? {} : { volumeIdentifier }),
  };
  if (expected === undefined || found === undefined || found === expected) return before;
  const problem = `element ${params.source} holds ${found}, not ${expected}; the move was not sent`;
  return notSent(before, {
    ...dataFailure({ device: changer.name, request: { name: 'MOVE MEDIUM', motion: true } }, ScsiStatus.GOOD, problem),
    recovery: RecoveryAction.REFRESH_ELEMENT_STATUS,
    executed: 'no',
    message: `${changer.name}: ${problem}. Read the inventory again.`,
  });
}

function notSent(before: Before, failure: CommandFailure): VerifiedMove {
  return { outcome: 'not-moved', ...before, failure, message: failure.message };
}

async function readBack(
  changer: MovingChanger,
  params: VerifiedMoveParams,
  before: Before,
  failure: CommandFailure | undefined,
  given: CommandOptions,
): Promise<VerifiedMove> {
  // A cancelled move is still looked at, once and without the signal: its caller must know where the medium is.
  const options = given.correlationId === undefined ? {} : { correlationId: given.correlationId };
  const mayStillMove = failure !== undefined && hasNotEnded(failure);
  const deadlineMs = changer.clock.now() + changer.motionTimeoutMs;
  const { volumeIdentifier } = before;
  const evidence = {
    before,
    commandSucceeded: failure === undefined,
    ...(volumeIdentifier === undefined ? {} : { volumeIdentifier }),
  };
  let previous: MoveSnapshot | undefined;
  let stillSinceMs = changer.clock.now();
  for (let reads = 1; ; reads++) {
    const after = await snapshot(changer, params, options);
    if (!after.ok) {
      const message = `${failure?.message ?? 'The move was answered with GOOD.'} It could not be read back: ${after.failure.message}`;
      return { outcome: 'uncertain', ...labelled(volumeIdentifier), failure: failure ?? after.failure, message };
    }
    const { outcome, message } = judgeMove({ ...evidence, after: after.value });
    const nowMs = changer.clock.now();
    if (previous === undefined || !sameSnapshot(previous, after.value)) stillSinceMs = nowMs;
    previous = after.value;
    const cancelled = given.signal?.aborted === true;
    const still = nowMs - stillSinceMs >= stillAfterLossMs;
    const enough = mayStillMove
      ? cancelled || (still && outcome !== 'on-picker') || nowMs >= deadlineMs
      : failure !== undefined || reads >= settleReads;
    if (outcome === 'moved' || enough) {
      const result = {
        ...after.value,
        ...labelled(volumeIdentifier),
        ...(failure === undefined ? {} : { failure }),
        message: [message, failure?.message].filter((text) => text !== undefined).join('. '),
      };
      // Not all that was under way ends with the wait for it.
      if (mayStillMove && cancelled && outcome === 'not-moved') return { ...result, outcome: 'uncertain' };
      return outcome === 'uncertain' ? search(changer, result, options) : { ...result, outcome };
    }
    await pause(changer.clock, mayStillMove ? given.signal : undefined);
  }
}

/** No answer came, or another host had the command ended: the picker may be on its way all the same. */
function hasNotEnded({ layer, executed, status }: CommandFailure): boolean {
  return executed === 'unknown' && (layer === 'transport' || status === ScsiStatus.TASK_ABORTED);
}

/** A caller that cancels is told at once what is seen then. */
async function pause(clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  try {
    await clock.sleep(settleMs, signal);
  } catch (cause) {
    if (signal?.aborted !== true) throw cause;
  }
}

async function snapshot(
  changer: MovingChanger,
  { source, destination }: MoveParams,
  options: CommandOptions,
): Promise<CommandOutcome<MoveSnapshot>> {
  const from = await changer.readElement(source, options);
  if (!from.ok) return from;
  const to = await changer.readElement(destination, options);
  if (!to.ok) return to;
  const pickers = await changer.readPickers(options);
  if (!pickers.ok) return pickers;
  const others = pickers.value.filter(({ address }) => address !== source && address !== destination);
  return { ok: true, value: { source: from.value, destination: to.value, pickers: others }, notes: [] };
}

/** Looks for the label in the whole library. */
async function search(
  changer: MovingChanger,
  result: Omit<VerifiedMove, 'outcome'> & MoveSnapshot,
  options: CommandOptions,
): Promise<VerifiedMove> {
  const { volumeIdentifier, source, destination } = result;
  const all = volumeIdentifier === undefined ? undefined : await changer.readAllElements(options);
  if (all?.ok !== true) return { ...result, outcome: 'uncertain' };
  const found = all.value.filter((element) => element.full && volumeIdentifierOf(element) === volumeIdentifier);
  const [foundAt] = found;
  const third = foundAt !== undefined && foundAt.address !== source.address && foundAt.address !== destination.address;
  // The same label twice is no proof of anything.
  if (!third || found.length > 1) return { ...result, outcome: 'uncertain' };
  const message = `${result.message}. ${volumeIdentifier} is at element ${foundAt.address}`;
  return { ...result, outcome: 'elsewhere', foundAt, message };
}

function labelled(volumeIdentifier: string | undefined): { volumeIdentifier?: string } {
  return volumeIdentifier === undefined ? {} : { volumeIdentifier };
}
