import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { tgtMissing } from '../../tgt/tgt-admin.js';
import { startTgt } from '../../tgt/start-tgt.js';
import { median, type Figure } from '../figure.js';
import { builtRsm, serveAutoloader } from '../served-autoloader.js';

const run = promisify(execFile);
const ROUNDS = 3;
const ROUND_MS = 1_000;
const CASES = [
  { what: 'one at a time', mode: 'tur', inFlight: 1 },
  { what: '32 in flight', mode: 'tur', inFlight: 32 },
  { what: 'READ ELEMENT STATUS, 32 in flight', mode: 'elements', inFlight: 32 },
] as const;

/** Our iSCSI target beside tgtd, both driven by one C program made of libiscsi, turn by turn. */
export async function iscsiTarget(root: string): Promise<Figure[]> {
  const name = 'iSCSI target under libiscsi';
  const skip = (skipped: string): Figure[] => [{ name, value: Number.NaN, unit: 'commands/s', skipped }];
  const rsm = builtRsm(root);
  if (rsm === undefined) return skip('dist/ is not built; run npm run build');
  const missing = tgtMissing();
  if (missing !== undefined) return skip(missing);
  const dir = await mkdtemp(join(tmpdir(), 'openrsm-bench-'));
  const program = join(dir, 'libiscsi-load');
  try {
    await run('cc', ['-O2', '-o', program, join(root, 'hil/bench/libiscsi-load.c'), '-liscsi']);
  } catch {
    await rm(dir, { recursive: true, force: true });
    return skip('hil/bench/libiscsi-load.c cannot be compiled; apt-get install gcc libc6-dev libiscsi-dev');
  }
  const tgt = await startTgt({ dir: join(dir, 'tgt') });
  const ours = await serveAutoloader(rsm).catch(async (error: unknown) => {
    await tgt.stop();
    throw error;
  });
  try {
    const figures: Figure[] = [];
    for (const { what, mode, inFlight } of CASES) {
      const rate = async (portal: string, target: string, lun: number): Promise<number> => {
        const url = `iscsi://${portal}/${target}/${lun}`;
        const { stdout } = await run(program, [url, String(lun), String(inFlight), String(ROUND_MS), mode]);
        return Number(stdout.trim());
      };
      const rates: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
      for (let round = 0; round < ROUNDS; round++) {
        rates.ours.push(await rate(ours.portal, ours.targetName, ours.changerLun));
        rates.theirs.push(await rate(tgt.portal, tgt.target, tgt.changerLun));
      }
      const peer = { name: 'tgtd, same program', value: median(rates.theirs) };
      figures.push({ name: `${name}, ${what}`, value: median(rates.ours), unit: 'commands/s', peer });
    }
    return figures;
  } finally {
    await ours.stop();
    await tgt.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
