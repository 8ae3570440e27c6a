import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../src/objects/package-root.js';

/** A program of this folder, running in a process of its own. */
export interface ChildProgram {
  readonly process: ChildProcessWithoutNullStreams;
  /** What it writes, line by line. */
  readonly lines: AsyncIterator<string>;
  /** Resolves when it has ended, with what it wrote as errors. */
  readonly ended: Promise<string>;
}

export function startProgram(name: string, ...args: string[]): ChildProgram {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL(name, import.meta.url)), ...args],
    // tap's own loader would be inherited otherwise.
    { cwd: packageRoot(), env: { ...process.env, NODE_OPTIONS: '' }, stdio: 'pipe' },
  );
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { process: child, lines, ended: once(child, 'close').then(() => errors) };
}
