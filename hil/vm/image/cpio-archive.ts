/** One member of an archive: a folder, a file with its bytes, or a symbolic link with its target. */
export type CpioEntry =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly data: Uint8Array; readonly executable?: boolean }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

const TYPE_AND_MODE = { folder: 0o040755, program: 0o100755, file: 0o100644, link: 0o120777 } as const;
const MAGIC = '070701';
const TRAILER = 'TRAILER!!!';

/**
 * An archive in the "newc" format that the Linux kernel unpacks as its first root (kernel documentation,
 * driver-api/early-userspace/buffer-format): a header of 110 ASCII characters, the name, the data, each padded to four
 * bytes. Every owner is root and every time is 0, so the same entries give the same bytes.
 */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const pieces: Uint8Array[] = [];
  entries.forEach((entry, index) => pieces.push(...member(entry.path, modeOf(entry), dataOf(entry), index + 1)));
  pieces.push(...member(TRAILER, 0, Buffer.alloc(0), 0));
  return Buffer.concat(pieces);
}

/** The entries with every folder that they lie in put before them. */
export function withFolders(entries: readonly CpioEntry[]): CpioEntry[] {
  const known = new Set(entries.filter(({ kind }) => kind === 'folder').map(({ path }) => path));
  return entries.flatMap((entry) => {
    const missing = parentsOf(entry.path).filter((path) => !known.has(path));
    for (const path of missing) known.add(path);
    return [...missing.map((path): CpioEntry => ({ kind: 'folder', path })), entry];
  });
}

function parentsOf(path: string): string[] {
  const steps = path.split('/').slice(0, -1);
  return steps.map((_step, index) => steps.slice(0, index + 1).join('/'));
}

function modeOf(entry: CpioEntry): number {
  if (entry.kind !== 'file') return TYPE_AND_MODE[entry.kind];
  return entry.executable === true ? TYPE_AND_MODE.program : TYPE_AND_MODE.file;
}

function dataOf(entry: CpioEntry): Uint8Array {
  if (entry.kind === 'file') return entry.data;
  return entry.kind === 'link' ? Buffer.from(entry.target) : Buffer.alloc(0);
}

function member(path: string, mode: number, data: Uint8Array, inode: number): Uint8Array[] {
  const name = Buffer.from(`${path}\0`);
  const links = (mode & 0o170000) === 0o040000 ? 2 : 1;
  const fields = [inode, mode, 0, 0, links, 0, data.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(MAGIC + fields.map((value) => value.toString(16).padStart(8, '0')).join(''));
  return [header, name, padding(header.length + name.length), data, padding(data.length)];
}

function padding(length: number): Uint8Array {
  return Buffer.alloc((4 - (length % 4)) % 4);
}
