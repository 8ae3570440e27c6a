import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../../devices/clock.js';
import { inquiryCdb } from '../../../devices/scsi/spc/inquiry.js';
import { IscsiTransport } from '../../../devices/transport/iscsi/index.js';
import { tgtMissing } from '../../tgt/tgt-admin.js';
import { startTgt } from '../../tgt/start-tgt.js';
import { median, type Figure } from '../figure.js';
import { builtRsm, serveAutoloader } from '../served-autoloader.js';

const RUNS = 7;

/** From the start of the process until the changer's INQUIRY is answered over iSCSI; beside tgtd with its configuration. */
export async function firstInquiry(root: string): Promise<Figure[]> {
  const name = 'rsm virtual, start to first INQUIRY';
  const rsm = builtRsm(root);
  if (rsm === undefined) {
    return [{ name, value: Number.NaN, unit: 'ms', skipped: 'dist/ is not built; run npm run build' }];
  }
  const ours: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    const autoloader = await serveAutoloader(rsm);
    await inquire(autoloader.portal, autoloader.targetName, autoloader.changerLun);
    ours.push(performance.now() - start);
    await autoloader.stop();
  }
  if (tgtMissing() !== undefined) return [{ name, value: median(ours), unit: 'ms' }];
  const theirs: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const dir = await mkdtemp(join(tmpdir(), 'openrsm-bench-'));
    const start = performance.now();
    const tgt = await startTgt({ dir });
    await inquire(tgt.portal, tgt.target, tgt.changerLun);
    theirs.push(performance.now() - start);
    await tgt.stop();
    await rm(dir, { recursive: true, force: true });
  }
  const peer = { name: 'tgtd and tgtadm', value: median(theirs) };
  return [{ name, value: median(ours), unit: 'ms', peer }];
}

async function inquire(portal: string, target: string, lun: number): Promise<void> {
  const transport = new IscsiTransport({ portal, target, clock: new SystemClock() });
  await transport.open();
  const cdb = inquiryCdb({ allocationLength: 96 });
  const result = await transport.execute({ lun, cdb, dataInLength: 96, timeoutMs: 10_000 });
  await transport.close();
  if (result.kind !== 'completed' || result.dataIn.length < 36) throw new Error('INQUIRY was not answered');
}
