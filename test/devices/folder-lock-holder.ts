/**
 * Run as a process of its own: takes the lock of the folder in its first argument (and gives it back at once when the
 * second is `release`), says so, and waits to be ended.
 */
import { lockFolder } from '../../devices/folder-lock.js';

const [, , folder, work] = process.argv;
if (folder === undefined) throw new Error('which folder?');
try {
  const lock = lockFolder(folder, { purpose: 'hardware' });
  if (work === 'release') lock.release();
  process.stdout.write(work === 'release' ? 'released\n' : 'locked\n');
  // Something to live for, until somebody ends this process.
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.stdout.write(`${(error as { code?: string }).code} ${(error as Error).message}\n`);
}
