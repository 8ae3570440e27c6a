import type { Clock } from '../../devices/clock.js';
import { CommandError } from './command-error.js';
import type { GlobalOptions } from './global-options.js';
import type { Interruption } from './interruption.js';
import type { Terminal } from './output/terminal.js';

/** What every command is given. */
export interface CommandContext {
  readonly options: GlobalOptions;
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly interrupted: AbortSignal;
  /** For who runs a program that shall have these signals. */
  readonly interruption: Interruption;
}

/**
 * Waits for `work`, but no longer than until the user interrupts; then throws CommandError INTERRUPTED. What `work` began
 * goes on: closing the manager lets a motion under way end. `outcome` tells the user what that means.
 */
export async function unlessInterrupted<T>(
  { interrupted }: Pick<CommandContext, 'interrupted'>,
  work: Promise<T>,
  outcome = 'a motion that is under way is let finish. Look with "rsm status".',
): Promise<T> {
  // Whoever lost the race still ends somewhere; its rejection must not count as unhandled.
  work.catch(() => undefined);
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      const stop = (): void => {
        reject(new CommandError('INTERRUPTED', `interrupted; ${outcome}`));
      };
      if (interrupted.aborted) stop();
      else interrupted.addEventListener('abort', stop, { once: true });
    }),
  ]);
}
