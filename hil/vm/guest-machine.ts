import { setTimeout as sleep } from 'node:timers/promises';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from './bench-error.js';
import type { GuestImage } from './image/guest-image.js';
import { LineChannel } from './line-channel.js';
import { qemuArguments } from './qemu-arguments.js';
import { QemuMonitor } from './qemu-monitor.js';

export interface GuestOptions {
  readonly image: GuestImage;
  /** Made when it is not there; short enough for a socket's path (108 bytes). */
  readonly folder: string;
  readonly devices?: readonly string[];
  readonly memoryMb?: number;
  readonly bootTimeoutMs?: number;
}

/** How a command in the guest ended. 124: it took longer than it was given. */
export interface GuestResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const DEFAULT_COMMAND_SECONDS = 60;
const BOOT_TIMEOUT_MS = 90_000;
/** The guest ends what takes too long by itself; this is for a guest that does not even do that. */
const GRACE_MS = 20_000;

/** A running guest. Its commands run as root over the host's own file system, of which it can change nothing. */
export class GuestMachine {
  readonly folder: string;
  readonly monitor: QemuMonitor;
  readonly #qemu: ChildProcess;
  readonly #channels: readonly LineChannel[];
  readonly #commands: LineChannel;
  readonly #waiting = new Map<number, (status: number | BenchError) => void>();
  readonly #up: Promise<void>;
  #nextNumber = 1;
  #died: BenchError | undefined;

  private constructor(folder: string, qemu: ChildProcess, commands: LineChannel, monitor: LineChannel) {
    this.folder = folder;
    this.#qemu = qemu;
    this.#commands = commands;
    this.#channels = [commands, monitor];
    this.monitor = new QemuMonitor(monitor);
    this.#up = new Promise((resolve, reject) => {
      commands.onLine((line) => (line === 'ready' ? resolve() : this.#take(line)));
      qemu.once('exit', (code, signal) => {
        void this.#epitaph(code, signal).then((error) => {
          this.#died = error;
          for (const settle of this.#waiting.values()) settle(error);
          this.#waiting.clear();
          reject(error);
        });
      });
    });
    // It is looked at by boot(); a guest that dies later must not end the bench.
    this.#up.catch(() => undefined);
  }

  /** Resolves when the guest obeys commands. Rejects with `GUEST_DIED` or `TIMEOUT`; then nothing is left running. */
  static async boot(options: GuestOptions): Promise<GuestMachine> {
    const { folder, image, devices = [], memoryMb = 1024 } = options;
    await mkdir(join(folder, 'commands'), { recursive: true });
    const commandSocket = join(folder, 'commands.sock');
    const monitorSocket = join(folder, 'monitor.sock');
    const [commands, monitor] = [await LineChannel.at(commandSocket), await LineChannel.at(monitorSocket)];
    const log = openSync(join(folder, 'qemu.log'), 'w');
    const args = qemuArguments({ image, folder, commandSocket, monitorSocket, devices, memoryMb });
    const qemu = spawn('qemu-system-x86_64', args, { stdio: ['ignore', log, log] });
    closeSync(log);
    qemu.once('error', () => undefined);
    const guest = new GuestMachine(folder, qemu, commands, monitor);
    const limitMs = options.bootTimeoutMs ?? BOOT_TIMEOUT_MS;
    try {
      await within(
        limitMs,
        guest.#up,
        `the guest did not come up within ${limitMs / 1000} s, see ${folder}/console.log`,
      );
    } catch (error) {
      await guest.stop();
      throw error;
    }
    return guest;
  }

  /** Runs a shell script (sh, which starts faster here than bash) to its end. Rejects with `GUEST_DIED` or `TIMEOUT` only. */
  async run(script: string, seconds = DEFAULT_COMMAND_SECONDS): Promise<GuestResult> {
    if (this.#died !== undefined) throw this.#died;
    const number = this.#nextNumber++;
    const file = join(this.folder, 'commands', String(number));
    await writeFile(`${file}.sh`, `${script}\n`);
    const ended = new Promise<number | BenchError>((resolve) => this.#waiting.set(number, resolve));
    this.#commands.send(`run ${number} ${seconds}`);
    const status = await within(
      seconds * 1000 + GRACE_MS,
      ended,
      `the guest does not obey: command ${number} of ${this.folder}`,
    );
    if (status instanceof BenchError) throw status;
    return {
      status,
      stdout: await readShared(`${file}.stdout`),
      stderr: await readShared(`${file}.stderr`),
    };
  }

  /** Like {@link run}, for what has to work: its standard output. Rejects with `COMMAND_FAILED` too. */
  async must(script: string, seconds?: number): Promise<string> {
    const { status, stdout, stderr } = await this.run(script, seconds);
    if (status === 0) return stdout;
    const told = `${stdout}${stderr}`.trim().slice(-2_000);
    throw new BenchError('COMMAND_FAILED', `in the guest, \`${script}\` ended with status ${status}: ${told}`);
  }

  /** Switches the guest off; nothing in it is worth keeping. Harmless when repeated; never rejects. */
  async stop(): Promise<void> {
    const { exitCode, signalCode, pid } = this.#qemu;
    if (pid !== undefined && exitCode === null && signalCode === null) {
      const exit = once(this.#qemu, 'exit');
      this.#qemu.kill('SIGKILL');
      await exit;
    }
    for (const channel of this.#channels) channel.close();
  }

  #take(line: string): void {
    const [number, status] = line.split(' ').map(Number);
    if (number === undefined || status === undefined) return;
    this.#waiting.get(number)?.(status);
    this.#waiting.delete(number);
  }

  async #epitaph(code: number | null, signal: string | null): Promise<BenchError> {
    const tail = async (name: string): Promise<string> => {
      const text = await readFile(join(this.folder, name), 'utf8').catch(() => '');
      return text.trim().slice(-1_500);
    };
    const words = [await tail('qemu.log'), await tail('console.log')].filter((text) => text !== '').join('\n');
    return new BenchError('GUEST_DIED', `QEMU ended (${signal ?? `status ${code}`}), see ${this.folder}\n${words}`);
  }
}

async function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new BenchError('TIMEOUT', what)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The guest says that a command ended before the shared folder shows its files, on a machine that is busy. */
async function readShared(file: string): Promise<string> {
  for (let tries = 1; ; tries++) {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if (tries === 50) throw error;
      await sleep(100);
    }
  }
}
