#!/usr/bin/env node
import module from 'node:module';
import { ExitCode } from './command-error.js';
import { type EndSignal, Interruption } from './interruption.js';

// Half of the time of a short command is reading modules; newer versions of Node.js keep them compiled.
if ('enableCompileCache' in module) (module.enableCompileCache as () => void)();
const { runCommandLine } = await import('./command-line.js');

const interruption = new Interruption();
const onSignal = (signal: EndSignal): void => {
  // The second signal does not wait for the motion: the journal and the next start can cope with that.
  if (!interruption.receive(signal)) process.exit(ExitCode.INTERRUPTED);
};
process.on('SIGINT', () => onSignal('SIGINT'));
process.on('SIGTERM', () => onSignal('SIGTERM'));
if (process.env['npm_command'] !== undefined) followParent(() => onSignal('SIGTERM'));

// A reader that went away (`rsm status | head -1`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(ExitCode.SUCCESS);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), interruption);
// What was interrupted while it waited for a device may go on waiting; all that must be kept is closed by now.
if (process.exitCode === ExitCode.INTERRUPTED) process.stdout.write('', () => process.exit());

/**
 * npx and npm run start us through a shell that keeps a signal for itself: whoever ends them would leave us behind, with
 * the hardware locked. Their end counts as a signal.
 */
function followParent(ended: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    ended();
  }, 250);
  watch.unref();
}
