import { NtmsLmState } from '../objects/ntmsapi/index.js';
import { NtmsError } from '../objects/ntms-error.js';
import type { LibRequestRow } from '../objects/rows.js';
import type { CommandContext } from './command-context.js';
import { CommandError } from './command-error.js';
import { requestFailure } from './finished-requests.js';
import type { OpenManager } from './open-manager.js';

/** An operation in which a person takes part: somebody empties or fills a port, or opens a door. */
export interface PersonsPart {
  /** The library request. */
  readonly operation: string;
  /** Whether all is ready for the person, by the records. */
  readonly isReady: () => boolean;
  /** What the person is to do, told once when all is ready. */
  readonly advice: () => string;
  /** Ends it in good order. Without it the operation is given up when the manager closes. */
  readonly stop?: () => Promise<unknown>;
  /** What is asked for when time is up: an inject of many media ends well then. */
  readonly endsByTime?: boolean;
}

export interface PersonsTime {
  /** False with --no-wait: it is enough that all is ready for the person. */
  readonly wait: boolean;
  readonly timeoutMs?: number;
}

/** `done`: the operation has passed. `ready`: it waits for the person, and is left so. `stopped`: as it was meant to end. */
export type PersonsEnd = 'done' | 'ready' | 'stopped';

/**
 * Waits for an operation in which a person takes part: until it is done, until the time is up, or until an interrupt; then
 * it is stopped and its end awaited, so that nothing is left half done.
 *
 * @throws NtmsError what the operation failed with, ERROR_TIMEOUT when time was up, ERROR_RESOURCE_NOT_AVAILABLE when it
 *   waits for something that nobody can give while the command runs; CommandError INTERRUPTED
 */
export async function awaitPerson(
  context: Pick<CommandContext, 'terminal' | 'clock' | 'interrupted'>,
  open: Pick<OpenManager, 'manager' | 'store'>,
  part: PersonsPart,
  time: PersonsTime,
): Promise<PersonsEnd> {
  const finished = open.manager.whenFinished(part.operation);
  const cancels: (() => void)[] = [];
  const ends: Promise<'finished' | 'interrupted' | 'late' | 'stuck'>[] = [
    finished.then(() => 'finished'),
    new Promise((resolve) => {
      const interrupt = (): void => resolve('interrupted');
      context.interrupted.addEventListener('abort', interrupt, { once: true });
      cancels.push(() => context.interrupted.removeEventListener('abort', interrupt));
      if (context.interrupted.aborted) interrupt();
    }),
  ];
  if (time.timeoutMs === undefined) ends.push(whenStuck(open, part.operation));
  else {
    const ms = time.timeoutMs;
    ends.push(new Promise((resolve) => cancels.push(context.clock.after(ms, () => resolve('late')))));
  }
  const ready = new Promise<'ready'>((resolve) => {
    const look = (): void => {
      if (part.isReady()) resolve('ready');
    };
    cancels.push(open.store.onChange(look));
    look();
  });
  try {
    let end = await Promise.race([...ends, ready]);
    if (end === 'ready') {
      if (!time.wait) return 'ready';
      context.terminal.note(part.advice());
      end = await Promise.race(ends);
    }
    if (end === 'stuck') throw stuck(open, part.operation);
    if (end === 'finished') return ended(await finished);
    return await stopped(part, end, finished);
  } finally {
    for (const cancel of cancels) cancel();
  }
}

/**
 * Waits until library requests are over in which nobody takes part. One that waits for what nobody can give while the
 * command runs is an error: it is withdrawn when the command ends.
 *
 * @throws NtmsError what one of them failed with, or ERROR_RESOURCE_NOT_AVAILABLE
 */
export async function awaitWork(
  open: Pick<OpenManager, 'manager' | 'store'>,
  operations: readonly string[],
): Promise<void> {
  for (const operation of operations) {
    const finished = open.manager.whenFinished(operation);
    const end = await Promise.race([finished, whenStuck(open, operation)]);
    if (end === 'stuck') throw stuck(open, operation);
    ended(end);
  }
}

function ended(row: LibRequestRow): 'done' {
  if (row.state === NtmsLmState.NTMS_LM_PASSED) return 'done';
  throw requestFailure(row);
}

/** Nothing runs, nothing that waits can start, and the request is among what waits. */
async function whenStuck(
  { manager, store }: Pick<OpenManager, 'manager' | 'store'>,
  operation: string,
): Promise<'stuck'> {
  await manager.drain();
  const { NTMS_LM_WAITING, NTMS_LM_QUEUED } = NtmsLmState;
  const { state } = store.table('libRequests').require(operation);
  if (state === NTMS_LM_WAITING || state === NTMS_LM_QUEUED) return 'stuck';
  return new Promise<never>(() => undefined);
}

function stuck({ store }: Pick<OpenManager, 'store'>, operation: string): NtmsError {
  const why = store
    .table('libRequests')
    .require(operation)
    .errorDetail.replace(/^waits: /, '');
  return new NtmsError(
    'ERROR_RESOURCE_NOT_AVAILABLE',
    `it waits for this, which nobody can give while the command runs: ${why || 'its library'}`,
    { data: { requestId: operation } },
  );
}

async function stopped(
  part: PersonsPart,
  end: 'interrupted' | 'late',
  finished: Promise<LibRequestRow>,
): Promise<PersonsEnd> {
  const interrupted = new CommandError('INTERRUPTED', 'interrupted; what had been begun was ended in good order.');
  const late = new NtmsError('ERROR_TIMEOUT', 'nobody did in time what was to be done; it was ended in good order');
  if (part.stop === undefined) throw end === 'late' ? late : interrupted;
  await part.stop();
  const row = await finished;
  // A person may have been quicker than the stop.
  if (row.state === NtmsLmState.NTMS_LM_PASSED && (end === 'late' || part.endsByTime === true)) return 'done';
  if (row.state !== NtmsLmState.NTMS_LM_STOPPED && row.state !== NtmsLmState.NTMS_LM_PASSED) throw requestFailure(row);
  if (part.endsByTime === true) return 'stopped';
  throw end === 'late' ? late : interrupted;
}
