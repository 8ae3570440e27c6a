import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { CommandError } from './command-error.js';
import type { EndSignal, Interruption } from './interruption.js';

export interface Program {
  readonly command: readonly string[];
  /** Variables to add to the environment. */
  readonly env: NodeJS.ProcessEnv;
}

const STANDARD_INPUT = 0;

/**
 * Runs a program on our terminal; its exit status, 128 and the signal's number when a signal ended it. Signals are the
 * program's while it runs: a shell does not end by Ctrl-C. A second SIGTERM ends a program that does not heed the first.
 */
export async function runProgram({ command, env }: Program, interruption: Interruption): Promise<number> {
  if (interruption.signal.aborted) throw new CommandError('INTERRUPTED', 'interrupted; the program was not started.');
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  let wasTerminated = false;
  const pass = (signal: EndSignal): void => {
    // An interrupt at the terminal goes to the program by itself; twice is once too often.
    if (signal === 'SIGINT' && isatty(STANDARD_INPUT)) return;
    child.kill(wasTerminated && signal === 'SIGTERM' ? 'SIGKILL' : signal);
    wasTerminated ||= signal === 'SIGTERM';
  };
  const takeBack = interruption.passTo(pass);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  } finally {
    takeBack();
  }
}
