import type { Clock } from '../../../devices/clock.js';
import type { PlugBoard } from '../plug-board.js';

/** How long discovery asks one target, whatever it answers: one that is slow or gone shall not hold up the others. */
export const TARGET_PATIENCE_MS = 60_000;
/** A changer may have to become ready before it tells its drives. */
export const CHANGER_PATIENCE_MS = 120_000;

export interface Patience {
  readonly clock: Clock;
  /** Whoever looks was interrupted. */
  readonly closing?: AbortSignal;
}

/** Runs `ask` with a signal that aborts when `ms` milliseconds are over, or when nothing more is to be asked. */
export async function withPatience<T>(
  { clock, closing }: Patience,
  ms: number,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const patience = new AbortController();
  const end = (): void => patience.abort(new Error('it was given no more time'));
  if (closing?.aborted === true) end();
  closing?.addEventListener('abort', end, { once: true });
  const cancel = clock.after(ms, end);
  try {
    return await ask(patience.signal);
  } finally {
    cancel();
    closing?.removeEventListener('abort', end);
  }
}

/** Of the units that `board` reaches. */
export function patienceOf({ options, closing }: PlugBoard): Patience {
  return { clock: options.clock, closing };
}

/** What to tell of a target that used up its time. */
export function outOfPatience(name: string, ms: number): string {
  return `${name} took longer than ${ms / 1000} s: what it had not told by then is left out`;
}
