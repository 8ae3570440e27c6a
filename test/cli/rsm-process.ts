import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** The built program. */
export const rsm = join(root, 'dist', 'bin', 'rsm.js');

export interface Ended {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command, with a state folder of its own and a working folder without a rig file. */
export class RsmBench {
  readonly folder: string;
  readonly state: string;
  readonly #started: ChildProcess[] = [];

  constructor(t: Test) {
    if (!existsSync(rsm)) throw new Error(`${rsm} is missing: run "npm run build" first`);
    this.folder = mkdtempSync(join(tmpdir(), 'rsm-cli-'));
    this.state = join(this.folder, 'state');
    t.teardown(() => {
      for (const child of this.#started) if (child.exitCode === null) child.kill('SIGKILL');
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    });
  }

  /** Starts a command; the test may signal it, and the end of the test ends it. */
  start(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    command: readonly [string, ...string[]] = [process.execPath, rsm],
  ): { child: ChildProcess; ended: Promise<Ended> } {
    const { RSM_RIG: _rig, RSM_STATE: _state, ...inherited } = process.env;
    const [program, ...before] = command;
    const child = spawn(program, [...before, ...args], {
      // npx looks for the command in the package that it is started in.
      cwd: program === 'npx' ? root : this.folder,
      env: { ...withoutTestHooks(inherited), RSM_STATE: this.state, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#started.push(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status) => resolve({ status, stdout, stderr }));
    });
    return { child, ended };
  }

  run(...args: string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** Runs with --json and returns the document of a command that must succeed. */
  async json<Document>(...args: string[]): Promise<Document> {
    const { status, stdout, stderr } = await this.run('--json', ...args);
    if (status !== 0) throw new Error(`rsm ${args.join(' ')} ended with ${status}: ${stderr}`);
    return JSON.parse(stdout) as Document;
  }
}

/** The test runner's loaders would slow every child down and watch it. */
function withoutTestHooks(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(NODE_OPTIONS|TAP_|_TAPJS|npm_)/.test(name)));
}

/** Resolves with the text once `stream` has brought something that matches. */
export function whenPrinted(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (pattern.test(text)) resolve(text);
    });
    child.on('close', (status) =>
      reject(new Error(`ended with ${status} before printing ${String(pattern)}: ${text}`)),
    );
  });
}
