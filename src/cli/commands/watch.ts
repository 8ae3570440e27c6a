import { join } from 'node:path';
import { type Snapshot, type WatchedChange, watchDatabase } from '../../objects/database-watch.js';
import { chosenStateFolder } from '../chosen-rig.js';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { parseTimeSpan } from '../names/time-span.js';
import { columnWords, jsonValue, shownValue } from '../watching/column-values.js';
import { rowLabel } from '../watching/row-labels.js';
import { WATCHED_KINDS } from '../watching/watched-kinds.js';

export interface WatchCommandOptions {
  /** Of WATCHED_KINDS; absent: all. */
  readonly kind?: readonly string[];
  /** A regular expression; the first line that it matches ends the watch. */
  readonly until?: string;
  /** How long to wait for that. */
  readonly timeout?: string;
}

const EVENTS = { insert: 'added', update: 'changed', delete: 'removed' } as const;

/** `rsm watch`: tells what changes in the database, whoever changes it, until it is interrupted. */
export async function watch(context: CommandContext, options: WatchCommandOptions): Promise<void> {
  const { terminal, clock, interrupted } = context;
  const until = options.until === undefined ? undefined : patternOf(options.until);
  const timeoutMs = options.timeout === undefined ? undefined : parseTimeSpan(options.timeout);
  const ending = new AbortController();
  const outcome: { how: 'interrupted' | 'found' | 'late' } = { how: 'interrupted' };
  const end = (how: typeof outcome.how): void => {
    if (!ending.signal.aborted) outcome.how = how;
    ending.abort();
  };
  const forget = timeoutMs === undefined ? undefined : clock.after(timeoutMs, () => end('late'));
  interrupted.addEventListener('abort', () => end('interrupted'), { once: true });
  if (interrupted.aborted) end('interrupted');

  const onChanges = (changes: readonly WatchedChange[], now: Snapshot, before: Snapshot): void => {
    for (const change of changes) {
      if (ending.signal.aborted) return;
      if (options.kind !== undefined && !options.kind.includes(WATCHED_KINDS[change.table])) continue;
      const text = sentence(change, now, before);
      const time = new Date(change.at).toISOString();
      terminal.line(`${time.slice(11, 23)} ${text}`);
      terminal.record({ time, ...record(change, now, before) });
      if (until?.test(text) === true) end('found');
    }
  };
  const folder = join(chosenStateFolder(context), 'database');
  await watchDatabase({
    ...{ folder, clock, signal: ending.signal, onChanges },
    onState: (_state, message) => terminal.note(message),
  });
  forget?.();
  if (outcome.how === 'late') {
    throw new CommandError('TIMEOUT', `${options.timeout} went by; ${wanted(options)}.`, [], { documented: true });
  }
  // Without --until the watch is meant to be interrupted.
  if (outcome.how === 'interrupted' && until !== undefined) {
    throw new CommandError('INTERRUPTED', `interrupted; ${wanted(options)}.`, [], { documented: true });
  }
}

function wanted({ until }: WatchCommandOptions): string {
  return until === undefined ? 'the watch is over' : `nothing matched "${until}"`;
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
  } catch (error) {
    throw new CommandError('USAGE', `--until is no regular expression: ${(error as Error).message}`);
  }
}

/** `drive 0 of bench: state dismounted -> loaded, mount count 3 -> 4` */
function sentence(change: WatchedChange, now: Snapshot, before: Snapshot): string {
  const { table, operation, columns } = change;
  const label = labelOf(change, now, before);
  if (operation !== 'update') return `${label}: ${EVENTS[operation]}${essence(change, now)}`;
  const parts = columns.map((column) => {
    const from = shownValue(table, column, change.before?.[column], before);
    return `${columnWords(column)} ${from} -> ${shownValue(table, column, change.after?.[column], now)}`;
  });
  return `${label}: ${parts.length === 0 ? 'written again' : parts.join(', ')}`;
}

/** What a person wants to know of a row that is new. */
function essence({ table, after }: WatchedChange, now: Snapshot): string {
  const telling = ['state', 'physMediaId', 'driveId', 'message', 'location', 'outcome', 'mask', 'deny'];
  const parts = telling.flatMap((column) => {
    const value = after?.[column];
    if (value === undefined || value === null || value === '' || value === false) return [];
    return [`${columnWords(column).replace(/ id$/, '')} ${shownValue(table, column, value, now)}`];
  });
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function record(change: WatchedChange, now: Snapshot, before: Snapshot): object {
  const { table, operation, id, columns } = change;
  const row = change.after ?? change.before;
  const values = Object.entries(row ?? {}).map(([column, value]) => [column, jsonValue(table, column, value)]);
  const differences = columns.map((column) => [
    column,
    { from: jsonValue(table, column, change.before?.[column]), to: jsonValue(table, column, change.after?.[column]) },
  ]);
  return {
    ...{ event: EVENTS[operation], kind: WATCHED_KINDS[table], id, object: labelOf(change, now, before) },
    ...(operation === 'update'
      ? { changes: Object.fromEntries(differences) as object }
      : { row: Object.fromEntries(values) as object }),
  };
}

function labelOf(change: WatchedChange, now: Snapshot, before: Snapshot): string {
  const row = change.after ?? change.before;
  return row === undefined ? change.id : rowLabel(change.table, row, change.after === undefined ? before : now);
}
