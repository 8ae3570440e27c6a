import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';

/** The end of a name whose file is not finished; such files mean nothing and are removed at the next start. */
export const draftSuffix = '.draft';

/** Waits until the file's bytes are on the disk. */
export function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Waits until the folder's names are on the disk. Windows does that by itself and opens no folders. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Gives a finished file its name, replacing another of that name at once or not at all. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  syncFolder(dirname(to));
}

/** A reader, also one after a power cut, finds the old text or the new one. */
export function writeDurably(file: string, text: string): void {
  const draft = file + draftSuffix;
  writeFileSync(draft, text);
  syncFile(draft);
  renameDurably(draft, file);
}

/** As {@link writeDurably}, with the bytes of another file. */
export function copyDurably(from: string, to: string): void {
  const draft = to + draftSuffix;
  copyFileSync(from, draft);
  syncFile(draft);
  renameDurably(draft, to);
}

/** Removes the file, if there is one, and waits until its name is gone from the disk. */
export function removeDurably(file: string): void {
  if (!existsSync(file)) return;
  rmSync(file);
  syncFolder(dirname(file));
}

/** SHA-256 of a file's bytes, hexadecimal in lower case. */
export function sha256OfFile(file: string): string {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(1 << 20);
  const descriptor = openSync(file, 'r');
  try {
    for (let count = readSync(descriptor, block); count > 0; count = readSync(descriptor, block)) {
      hash.update(block.subarray(0, count));
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}
