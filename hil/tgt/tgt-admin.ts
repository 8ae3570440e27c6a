import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TgtError } from './tgt-error.js';

const run = promisify(execFile);
const ADMIN_TIMEOUT_MS = 30_000;
/** The programs live where only root's PATH looks. */
const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];

/** What is missing on this machine, for a skipped test or an error; undefined when tgt is there. */
export function tgtMissing(): string | undefined {
  const missing = ['tgtd', 'tgtadm', 'tgtimg'].filter((program) => findProgram(program) === undefined);
  return missing.length === 0 ? undefined : `${missing.join(', ')} not found: apt-get install tgt`;
}

/** The full path of one of tgt's programs. Throws `TGT_MISSING`. */
export function tgtProgram(name: string): string {
  const path = findProgram(name);
  if (path === undefined) throw new TgtError('TGT_MISSING', `${name} not found: apt-get install tgt`);
  return path;
}

function findProgram(name: string): string | undefined {
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** tgt's own command line, speaking to one private tgtd through its control socket. */
export class TgtAdmin {
  readonly #environment: NodeJS.ProcessEnv;

  /** `socket` is the path that tgtd and tgtadm both put `.0` after. */
  constructor(socket: string) {
    this.#environment = { ...process.env, TGT_IPC_SOCKET: socket };
  }

  get environment(): NodeJS.ProcessEnv {
    return this.#environment;
  }

  /** Runs `tgtadm --lld iscsi` with these arguments; gives its output. Rejects with `TGT_FAILED`. */
  async run(...args: readonly string[]): Promise<string> {
    try {
      const { stdout } = await run(tgtProgram('tgtadm'), ['--lld', 'iscsi', ...args], {
        env: this.#environment,
        // tgtadm itself waits for ever for a tgtd that hangs.
        timeout: ADMIN_TIMEOUT_MS,
      });
      return stdout;
    } catch (cause) {
      throw new TgtError('TGT_FAILED', `tgtadm ${args.join(' ')} failed: ${errorText(cause)}`, cause);
    }
  }

  /** Sets parameters of a logical unit of target 1. */
  async updateLogicalUnit(lun: number, params: string): Promise<void> {
    await this.run('--mode', 'logicalunit', '--op', 'update', '--tid', '1', '--lun', String(lun), '--params', params);
  }

  /** Sets a parameter of target 1, an iSCSI key for instance. */
  async updateTarget(name: string, value: string): Promise<void> {
    await this.run('--mode', 'target', '--op', 'update', '--tid', '1', '--name', name, '--value', value);
  }
}

/** Makes an empty tape image with a barcode. Rejects with `TGT_FAILED`. */
export async function makeTape(file: string, barcode: string, sizeMb: number): Promise<void> {
  const args = ['--op', 'new', '--device-type', 'tape', '--type', 'data', '--size', String(sizeMb)];
  try {
    await run(tgtProgram('tgtimg'), [...args, '--barcode', barcode, '--file', file]);
  } catch (cause) {
    throw new TgtError('TGT_FAILED', `tgtimg could not make ${file}: ${errorText(cause)}`, cause);
  }
}

function errorText(cause: unknown): string {
  const stderr = (cause as { stderr?: unknown }).stderr;
  return typeof stderr === 'string' && stderr !== '' ? stderr.trim() : String(cause);
}
