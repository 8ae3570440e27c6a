import { spawn } from 'node:child_process';
import { BenchError } from './bench-error.js';

export interface ProgramResult {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * Runs a program of this machine to its end. Rejects with `PREPARATION_FAILED` when it cannot be started, and when it does not
 * end with 0 unless `anyStatus` says that the caller looks at the status itself.
 */
export async function runProgram(
  command: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; input?: Uint8Array; anyStatus?: boolean } = {},
): Promise<ProgramResult> {
  const [program = '', ...args] = command;
  const result = await new Promise<ProgramResult>((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => stdout.push(piece));
    child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
    child.on('error', (cause) =>
      reject(new BenchError('PREPARATION_FAILED', `${program} cannot be run: ${cause.message}`, cause)),
    );
    child.on('close', (code) =>
      resolve({ status: code ?? -1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }),
    );
    // A program that ends before it has read everything says why by its status.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input);
  });
  if (result.status === 0 || options.anyStatus === true) return result;
  const told = `${result.stdout.toString()}${result.stderr}`.trim().slice(-2_000);
  throw new BenchError('PREPARATION_FAILED', `${command.join(' ')} ended with status ${result.status}:\n${told}`);
}
