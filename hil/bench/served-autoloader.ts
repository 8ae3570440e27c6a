import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `rsm virtual` in a process of its own, as its users have it. */
export interface ServedAutoloader {
  readonly portal: string;
  readonly targetName: string;
  readonly changerLun: number;
  stop(): Promise<void>;
}

/** Undefined when dist/ is not built. */
export function builtRsm(root: string): string | undefined {
  const rsm = join(root, 'dist/bin/rsm.js');
  return existsSync(rsm) ? rsm : undefined;
}

/** Starts it on a free port of loopback; resolves when it has said where it is. */
export async function serveAutoloader(rsm: string): Promise<ServedAutoloader> {
  const state = await mkdtemp(join(tmpdir(), 'openrsm-bench-'));
  const args = [rsm, '--state', state, '--json', 'virtual', '--attach', 'iscsi', '--iscsi-port', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: state });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(state, { recursive: true, force: true });
  };
  try {
    const { iscsi, lun } = await firstDocument(child);
    return { ...iscsi, changerLun: lun, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface ServedDocument {
  readonly iscsi: { readonly portal: string; readonly targetName: string };
  readonly lun: number;
}

function firstDocument(child: ChildProcess): Promise<ServedDocument> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.endsWith('}\n')) resolve(JSON.parse(text) as ServedDocument);
    });
    child.once('error', reject);
    child.once('close', (status) => reject(new Error(`rsm virtual ended with ${status}: ${text}`)));
  });
}
