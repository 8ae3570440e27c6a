import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KernelFiles } from '../../src/library/device-volumes.js';
import type { Teardown } from '../library/virtual-library.js';

/** Folders and files as the kernel shows them; `folders` below `/sys/class`, `mounts` the lines of /proc/self/mounts. */
export async function kernelTree(
  t: Teardown,
  folders: readonly string[],
  mounts: readonly string[] = [],
): Promise<KernelFiles> {
  // Not the test's own folder, which the database is made in anew.
  const root = await mkdtemp(join(tmpdir(), 'kernel-'));
  t.teardown(() => rm(root, { recursive: true }));
  for (const folder of folders) await mkdir(join(root, 'sys', 'class', folder), { recursive: true });
  await writeFile(join(root, 'mounts'), mounts.map((line) => `${line}\n`).join(''));
  return { sysfs: join(root, 'sys'), devices: '/dev', mounts: join(root, 'mounts') };
}

/** A tape drive with the device files that Linux gives it, sg3 and st0. */
export function kernelWithTape(t: Teardown): Promise<KernelFiles> {
  const tapes = ['st0', 'st0a', 'st0l', 'st0m', 'nst0', 'nst0a', 'nst0l', 'nst0m'];
  return kernelTree(
    t,
    tapes.map((name) => `scsi_generic/sg3/device/scsi_tape/${name}`),
  );
}
