import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../bench-error.js';
import { runProgram } from '../host-program.js';
import { cpioArchive, withFolders, type CpioEntry } from './cpio-archive.js';
import { GUEST_MODULES, moduleFiles } from './kernel-modules.js';
import { xzPayload } from './kernel-payload.js';

/** What QEMU boots. */
export interface GuestImage {
  /** `6.1.0-56-amd64` */
  readonly kernelVersion: string;
  readonly kernel: string;
  readonly initramfs: string;
}

const INIT = fileURLToPath(new URL('../guest/init.sh', import.meta.url));
const BUSYBOX = '/bin/busybox';

/**
 * Debian's kernel and a first root with the modules that the guests need, made in `cache`. The kernel package is downloaded
 * and unpacked once and never installed; the first root is made each time, from what the work tree says now.
 * Rejects with `PREPARATION_FAILED`.
 */
export async function makeGuestImage(cache: string): Promise<GuestImage> {
  const packaged = await unpackedKernel(cache);
  const versions = await readdir(join(packaged, 'lib', 'modules'));
  const [kernelVersion] = versions;
  if (kernelVersion === undefined) throw new BenchError('PREPARATION_FAILED', `${packaged} holds no kernel modules`);
  const modules = join(packaged, 'lib', 'modules', kernelVersion);
  if (!existsSync(join(modules, 'modules.dep'))) await runProgram([BUSYBOX, 'depmod', '-b', packaged, kernelVersion]);
  const initramfs = join(cache, 'initramfs.cpio');
  await writeFile(initramfs, cpioArchive(withFolders(await firstRoot(modules, kernelVersion))));
  return { kernelVersion, kernel: await bootableKernel(cache, packaged, kernelVersion), initramfs };
}

async function unpackedKernel(cache: string): Promise<string> {
  const packaged = join(cache, 'kernel');
  if (existsSync(packaged)) return packaged;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'download-'));
  try {
    const about = await runProgram(['apt-cache', 'depends', 'linux-image-amd64']);
    const name = /Depends: (linux-image-[0-9]\S*)/.exec(about.stdout.toString())?.[1];
    if (name === undefined) {
      throw new BenchError('PREPARATION_FAILED', 'apt-cache knows no kernel: run apt-get update, on Debian for x86-64');
    }
    await runProgram(['apt-get', 'download', name], { cwd: work });
    const file = (await readdir(work)).find((entry) => entry.endsWith('.deb'));
    const unpacked = join(work, 'kernel');
    await runProgram(['dpkg', '-x', join(work, file ?? name), unpacked]);
    // In one step: a run that was interrupted leaves nothing that looks whole.
    await rename(unpacked, packaged);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return packaged;
}

/** Under emulation the guest would take seconds to unpack its kernel; QEMU boots an unpacked one by its PVH entry. */
async function bootableKernel(cache: string, packaged: string, version: string): Promise<string> {
  const unpacked = join(cache, `vmlinux-${version}`);
  if (existsSync(unpacked)) return unpacked;
  const packed = join(packaged, 'boot', `vmlinuz-${version}`);
  const payload = xzPayload(await readFile(packed));
  if (payload === undefined) return packed;
  const { stdout } = await runProgram(['xz', '-dc'], { input: payload });
  await writeFile(`${unpacked}.new`, stdout);
  await rename(`${unpacked}.new`, unpacked);
  return unpacked;
}

async function firstRoot(modules: string, version: string): Promise<CpioEntry[]> {
  const folder = `lib/modules/${version}`;
  const files = moduleFiles(await readFile(join(modules, 'modules.dep'), 'utf8'), GUEST_MODULES);
  const lists = ['modules.dep', 'modules.alias', 'modules.symbols', 'modules.builtin', 'modules.order'];
  const present = lists.filter((name) => existsSync(join(modules, name)));
  const copied = await Promise.all(
    [...present, ...files].map(async (name): Promise<CpioEntry> => {
      return { kind: 'file', path: `${folder}/${name}`, data: await readFile(join(modules, name)) };
    }),
  );
  const mountPoints = ['proc', 'sys', 'dev', 'lower', 'rw', 'newroot'];
  return [
    ...mountPoints.map((path): CpioEntry => ({ kind: 'folder', path })),
    { kind: 'file', path: 'bin/busybox', data: await readFile(BUSYBOX), executable: true },
    { kind: 'link', path: 'bin/sh', target: 'busybox' },
    { kind: 'file', path: 'init', data: await readFile(INIT), executable: true },
    ...copied,
  ];
}
