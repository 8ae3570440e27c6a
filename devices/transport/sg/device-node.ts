import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** What is known of the device behind a path before it is opened. */
export interface ResolvedNode {
  /** The file to open. */
  readonly path: string;
  /** Tells devices apart: what sysfs keeps of their INQUIRY data and serial number. Absent where there is no sysfs. */
  readonly fingerprint?: string;
}

/** Classes whose device files lead to a SCSI device that may have an sg file, too. */
const classes = ['scsi_generic', 'scsi_changer', 'scsi_tape', 'block'] as const;
const fingerprintFiles = ['type', 'vendor', 'model', 'vpd_pg80', 'vpd_pg83'] as const;

/**
 * Finds the file that takes the commands of the device at `path`, which may be a link. For tape drives, changers and optical
 * drives that is their sg file where the kernel has made one: `/dev/stN` would rewind the tape when it is closed and can be
 * opened only once, and `/dev/schN` lets only root move media. `root` stands before `/dev` and `/sys`, for tests; a real path. Never rejects.
 */
export async function resolveNode(path: string, root = ''): Promise<ResolvedNode> {
  // A path that leads nowhere is left for open to fail at.
  const real = await realpath(join(root, path)).then(
    (found) => found.slice(root.length),
    () => path,
  );
  const name = basename(real);
  for (const kind of classes) {
    const device = join(root, '/sys/class', kind, name, 'device');
    const fingerprint = await readFingerprint(device);
    if (fingerprint === undefined) continue;
    if (kind === 'scsi_generic') return { path: real, fingerprint };
    const [generic] = await readdir(join(device, 'scsi_generic')).catch(() => []);
    return { path: generic === undefined ? withoutRewind(real) : `/dev/${generic}`, fingerprint };
  }
  return { path: withoutRewind(real) };
}

/** `/dev/st0`, also `st0a` with its other mode, rewinds when it is closed; its twin `/dev/nst0` is the same device. */
function withoutRewind(path: string): string {
  return path.replace(/^\/dev\/(st\d+[alm]?)$/, '/dev/n$1');
}

async function readFingerprint(device: string): Promise<string | undefined> {
  const parts = await Promise.all(
    fingerprintFiles.map((name) => readFile(join(device, name), 'latin1').catch(() => undefined)),
  );
  const [type] = parts;
  return type === undefined ? undefined : parts.map((part) => part ?? '').join('\n');
}
