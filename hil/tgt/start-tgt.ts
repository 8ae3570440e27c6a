import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTape, TgtAdmin, tgtMissing, tgtProgram } from './tgt-admin.js';
import { readTgtElements, type TgtElement } from './tgt-elements.js';
import { TgtError } from './tgt-error.js';

export interface TgtOptions {
  /** Where tapes, log and control socket go; made when it is not there. */
  readonly dir: string;
  /** Absent: a free one. */
  readonly port?: number | undefined;
  readonly target?: string | undefined;
  readonly drives?: number | undefined;
  readonly slots?: number | undefined;
  /** Import/export elements. */
  readonly ports?: number | undefined;
  readonly tapes?: number | undefined;
  readonly tapeSizeMb?: number | undefined;
  readonly chap?: TgtAccount | undefined;
  /** What the target proves itself with: mutual CHAP. */
  readonly outgoing?: TgtAccount | undefined;
  /** iSCSI keys of the target, as `HeaderDigest: 'CRC32C'`, and tgt's own, as `nop_interval: '1'`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Lets tgtd outlive this process. */
  readonly detached?: boolean | undefined;
}

export interface TgtAccount {
  readonly user: string;
  readonly secret: string;
}

/** A running tgtd with one changer. Drives are LUN 1 and up, the changer comes after them. */
export interface TgtBench {
  readonly portal: string;
  readonly target: string;
  readonly changerLun: number;
  readonly pid: number;
  readonly admin: TgtAdmin;
  /** tgt's own view of its elements, sorted by address. */
  elements(): Promise<TgtElement[]>;
  stop(): Promise<void>;
}

export const DEFAULT_TGT_TARGET = 'iqn.2026-11.test.bench:vtl';
export const DEFAULT_TGT_PORT = 13261;

/** First addresses of picker, ports, drives and slots: an IBM TS3100's with the 3584's picker, as far as tgt has them. */
export const tgtAddresses = { picker: 1, ports: 16, drives: 256, slots: 4096 } as const;

const STATE_FILE = 'bench.json';
const LOG_FILE = 'tgtd.log';
/** tgt 1.0.85 builds the path of a tape in 128 bytes, and a unix socket's path has 108. */
const LONGEST_DIR = 90;
const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 5_000;

interface BenchState {
  readonly pid: number;
  readonly portal: string;
  readonly target: string;
  readonly changerLun: number;
}

/** Starts a private tgtd on loopback. Rejects with {@link TgtError}; then nothing is left running. */
export async function startTgt(options: TgtOptions): Promise<TgtBench> {
  const missing = tgtMissing();
  if (missing !== undefined) throw new TgtError('TGT_MISSING', missing);
  const dir = resolve(options.dir);
  if (Buffer.byteLength(dir) > LONGEST_DIR) {
    throw new TgtError('TGT_OPTION', `${dir} is too long for tgt; choose one of at most ${LONGEST_DIR} bytes`);
  }
  await mkdir(dir, { recursive: true });
  const former = await readState(dir);
  if (former !== undefined && (await isOurTgtd(former))) {
    throw new TgtError('TGT_OPTION', `A tgtd already runs in ${dir} (process ${former.pid}); stop it first`);
  }
  const portal = `127.0.0.1:${options.port ?? (await freePort())}`;
  const admin = new TgtAdmin(join(dir, 'ipc'));
  const log = openSync(join(dir, LOG_FILE), 'w');
  const child = spawn(tgtProgram('tgtd'), ['-f', '--iscsi', `portal=${portal}`], {
    env: admin.environment,
    stdio: ['ignore', log, log],
    detached: options.detached ?? false,
  });
  closeSync(log);
  if (child.pid === undefined) throw new TgtError('TGT_FAILED', 'tgtd could not be started');
  const state: BenchState = {
    pid: child.pid,
    portal,
    target: options.target ?? DEFAULT_TGT_TARGET,
    changerLun: (options.drives ?? 2) + 1,
  };
  const bench = benchOf(dir, state, admin);
  try {
    await answering(admin, child, join(dir, LOG_FILE));
    await furnish(admin, dir, state, options);
    await writeFile(join(dir, STATE_FILE), `${JSON.stringify(state)}\n`);
  } catch (error) {
    await bench.stop();
    throw error;
  }
  if (options.detached === true) child.unref();
  return bench;
}

/** The bench that runs in a folder, started by this or another process. Rejects with `TGT_OPTION` when there is none. */
export async function attachTgt(dir: string): Promise<TgtBench> {
  const folder = resolve(dir);
  const state = await readState(folder);
  if (state === undefined || !(await isOurTgtd(state))) {
    throw new TgtError('TGT_OPTION', `No tgtd runs in ${folder}; start one there first`);
  }
  return benchOf(folder, state, new TgtAdmin(join(folder, 'ipc')));
}

function benchOf(dir: string, state: BenchState, admin: TgtAdmin): TgtBench {
  return {
    ...state,
    admin,
    elements: () => readTgtElements(admin, state.changerLun, join(dir, LOG_FILE)),
    stop: () => stopTgtd(state, admin),
  };
}

/** Targets, tapes and elements: what an empty tgtd lacks to be a library. */
async function furnish(admin: TgtAdmin, dir: string, state: BenchState, options: TgtOptions): Promise<void> {
  const { drives = 2, slots = 6, ports = 1, tapes = 4 } = options;
  if (tapes > slots) throw new TgtError('TGT_OPTION', `${tapes} tapes do not fit ${slots} slots`);
  if (drives > 0 && tapes < 1)
    throw new TgtError('TGT_OPTION', 'tgt needs one tape file to make a drive: ask for tapes');
  const barcodes = Array.from({ length: tapes }, (_unused, index) => `TGT${String(index + 1).padStart(3, '0')}L8`);
  await writeFile(join(dir, 'smc'), Buffer.alloc(1024));
  for (const barcode of barcodes) {
    const file = join(dir, barcode);
    if (!existsSync(file)) await makeTape(file, barcode, options.tapeSizeMb ?? 1);
  }
  await admin.run('--mode', 'target', '--op', 'new', '--tid', '1', '-T', state.target);
  const unit = ['--mode', 'logicalunit', '--op', 'new', '--tid', '1', '--lun'] as const;
  for (let lun = 1; lun <= drives; lun++) {
    // A drive must have some tape when it is made; taking it offline empties it.
    await admin.run(...unit, String(lun), '-b', join(dir, barcodes[0] ?? ''), '--device-type', 'tape');
    await admin.updateLogicalUnit(lun, 'online=0');
  }
  await admin.run(...unit, String(state.changerLun), '-b', join(dir, 'smc'), '--device-type', 'changer');
  const changer = (params: string): Promise<void> => admin.updateLogicalUnit(state.changerLun, params);
  await changer('vendor_id=STGT,product_id=VMCHANGER,product_rev=0001,scsi_sn=TGTSN01');
  await changer(`media_home=${dir}`);
  if (drives > 0) await changer(`element_type=4,start_address=${tgtAddresses.drives},quantity=${drives}`);
  for (let lun = 1; lun <= drives; lun++) {
    await changer(`element_type=4,address=${tgtAddresses.drives + lun - 1},tid=1,lun=${lun}`);
  }
  await changer(`element_type=1,start_address=${tgtAddresses.picker},quantity=1`);
  if (ports > 0) await changer(`element_type=3,start_address=${tgtAddresses.ports},quantity=${ports}`);
  await changer(`element_type=2,start_address=${tgtAddresses.slots},quantity=${slots}`);
  for (const [index, barcode] of barcodes.entries()) {
    await changer(`element_type=2,address=${tgtAddresses.slots + index},barcode=${barcode},sides=1`);
  }
  for (const [name, value] of Object.entries(options.parameters ?? {})) await admin.updateTarget(name, value);
  if (options.chap !== undefined) await bindAccount(admin, options.chap);
  if (options.outgoing !== undefined) await bindAccount(admin, options.outgoing, '--outgoing');
  await admin.run('--mode', 'target', '--op', 'bind', '--tid', '1', '-I', 'ALL');
}

async function bindAccount(admin: TgtAdmin, { user, secret }: TgtAccount, ...flags: string[]): Promise<void> {
  await admin.run('--mode', 'account', '--op', 'new', '--user', user, '--password', secret);
  await admin.run('--mode', 'account', '--op', 'bind', '--tid', '1', '--user', user, ...flags);
}

async function answering(admin: TgtAdmin, child: ChildProcess, logFile: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS; waitedMs += 20) {
    if (child.exitCode !== null) break;
    try {
      await admin.run('--mode', 'sys', '--op', 'show');
      return;
    } catch {
      await sleep(20);
    }
  }
  const log = await readFile(logFile, 'utf8').catch(() => '');
  throw new TgtError('TGT_FAILED', `tgtd did not come up; its log ends with:\n${log.slice(-1000)}`);
}

/** tgtd ignores SIGTERM while it has a target, so the target goes first; SIGKILL is for one that hangs. */
async function stopTgtd(state: BenchState, admin: TgtAdmin): Promise<void> {
  if (!(await isOurTgtd(state))) return;
  await admin.run('--mode', 'target', '--op', 'delete', '--force', '--tid', '1').catch(() => undefined);
  await admin.run('--mode', 'system', '--op', 'delete').catch(() => undefined);
  for (let waitedMs = 0; waitedMs < STOP_TIMEOUT_MS; waitedMs += 20) {
    if (!(await isOurTgtd(state))) return;
    await sleep(20);
  }
  process.kill(state.pid, 'SIGKILL');
}

/** Whether that process still is our tgtd; process ids are used again. */
async function isOurTgtd({ pid, portal }: BenchState): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
  return commandLine.includes('tgtd') && commandLine.includes(`portal=${portal}`);
}

async function readState(dir: string): Promise<BenchState | undefined> {
  const text = await readFile(join(dir, STATE_FILE), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as BenchState);
}

function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new TgtError('TGT_FAILED', 'No free port'));
        else resolvePort(address.port);
      });
    });
  });
}
