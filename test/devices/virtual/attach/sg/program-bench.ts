import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

import { SystemClock } from '../../../../../devices/clock.js';
import { findProfile } from '../../../../../devices/profiles/index.js';
import type { Profile } from '../../../../../devices/profiles/profile.js';
import { PeripheralDeviceType } from '../../../../../devices/scsi/opcodes.js';
import { ElementType } from '../../../../../devices/scsi/smc/element-type.js';
import { attachSg, type SgAttachment } from '../../../../../devices/virtual/attach/sg/index.js';
import { VirtualAutoloader, type VirtualAutoloaderOptions } from '../../../../../devices/virtual/index.js';

/** Debian package of each program that tests run. */
const packages = {
  'umockdev-wrapper': 'umockdev',
  mtx: 'mtx',
  tapeinfo: 'mtx',
  sg_inq: 'sg3-utils',
  sg_raw: 'sg3-utils',
  lsscsi: 'lsscsi',
  mt: 'mt-st',
  tar: 'tar',
  setpriv: 'util-linux',
} as const;
type Program = keyof typeof packages;

/** False when all of them are there; else what to install, for tap's `skip`. */
export function missing(...programs: readonly Program[]): string | false {
  const absent = ['umockdev-wrapper' as const, ...programs].filter(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
  );
  if (absent.length === 0) return false;
  const install = new Set(absent.map((program) => packages[program]));
  return `needs ${absent.join(', ')}: apt-get install ${[...install].join(' ')}`;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A virtual autoloader with its device files, and programs that see them. */
export class ProgramBench {
  readonly autoloader: VirtualAutoloader;
  readonly attachment: SgAttachment;
  readonly errors: Error[];

  private constructor(autoloader: VirtualAutoloader, attachment: SgAttachment, errors: Error[]) {
    this.autoloader = autoloader;
    this.attachment = attachment;
    this.errors = errors;
  }

  static async start(t: Test, options: Partial<VirtualAutoloaderOptions> = {}): Promise<ProgramBench> {
    const clock = options.clock ?? new SystemClock();
    const profile = options.profile ?? findProfile('ibm-3573-tl');
    const folder = mkdtempSync(join(tmpdir(), 'rsm-sg-'));
    const autoloader = await VirtualAutoloader.create({ timing: 'zero', ...options, profile, clock });
    const errors: Error[] = [];
    const attachment = await attachSg({
      target: autoloader,
      units: unitsOf(profile),
      folder,
      clock,
      onError: (cause) => errors.push(cause),
    });
    t.teardown(async () => {
      await attachment.close();
      await autoloader.close();
      rmSync(folder, { recursive: true, force: true });
    });
    return new ProgramBench(autoloader, attachment, errors);
  }

  /** Runs a program to its end. */
  run(...command: readonly string[]): Promise<Ended> {
    const wrapped = this.attachment.wrap(command);
    const [program = '', ...args] = wrapped.command;
    const env = { ...process.env, NODE_OPTIONS: '', LC_ALL: 'C', ...wrapped.env };
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('latin1')));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('latin1')));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  mtx(...args: readonly string[]): Promise<Ended> {
    return this.run('mtx', '-f', '/dev/sg0', ...args);
  }

  /** What mtx shows; its status must succeed. */
  async mtxView(): Promise<View> {
    const { code, stdout, stderr } = await this.mtx('status');
    if (code !== 0) throw new Error(`mtx status failed: ${stderr}`);
    return readMtxStatus(stdout);
  }

  /** What the device itself knows, in mtx's words. */
  get view(): View {
    const elements = this.autoloader.inspect();
    const ofType = (type: ElementType) => elements.filter(({ elementType }) => elementType === type);
    const slots = [...ofType(ElementType.STORAGE), ...ofType(ElementType.IMPORT_EXPORT)];
    const shown = ({ full, barcode }: { full: boolean; barcode: string | null }) => (full ? (barcode ?? 'full') : '-');
    return Object.fromEntries([
      ...ofType(ElementType.DATA_TRANSFER).map((element, index) => [`drive ${index}`, shown(element)]),
      ...slots.map((element, index) => [`slot ${index + 1}`, shown(element)]),
    ]) as View;
  }
}

/** `drive 0`, `slot 1` ... and the cartridge in each, `-` for none. */
export type View = Readonly<Record<string, string>>;

export function unitsOf(profile: Profile) {
  const { peripheralDeviceType } = profile.drives;
  return [
    { lun: profile.changer.lun, peripheralDeviceType: PeripheralDeviceType.MEDIUM_CHANGER },
    ...profile.drives.luns.map((lun) => ({ lun, peripheralDeviceType })),
  ];
}

function readMtxStatus(text: string): View {
  const view: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /(Data Transfer|Storage) Element (\d+)(?: IMPORT\/EXPORT)?:(Full|Empty)/.exec(line);
    if (match === null) continue;
    const [, kind, number, state] = match;
    const tag = /VolumeTag ?= ?(\S+)/.exec(line)?.[1];
    view[`${kind === 'Storage' ? 'slot' : 'drive'} ${number}`] = state === 'Full' ? (tag ?? 'full') : '-';
  }
  return view;
}
