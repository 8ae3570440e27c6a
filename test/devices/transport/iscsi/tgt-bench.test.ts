import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { attachTgt, startTgt } from '../../../../hil/tgt/start-tgt.js';
import { tgtMissing } from '../../../../hil/tgt/tgt-admin.js';
import { parseSlotDump } from '../../../../hil/tgt/tgt-elements.js';

const missing = tgtMissing() ?? false;

async function folder(t: Test): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'tgt-'));
  t.teardown(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

t.test('reads element contents from the log of tgtd', (t) => {
  // Log of tgt 1.0.85 after a move from 4096 to 256; an emptied slot prints spaces and what follows them in memory.
  const log = [
    'tgtd: mtask_execute(501) 138 0 2 5 1 0 3 targetOps dump=1, 7052',
    'tgtd: slot_dump(628) Slot 4096 Information',
    'tgtd: slot_dump(629)   Last Addr: 0',
    'tgtd: slot_dump(630)   Type: 2',
    'tgtd: slot_dump(631)   Barcode:            \u0001\u0001',
    'tgtd: slot_dump(632)   Volume Tag:                                 ',
    'tgtd: slot_dump(637)   ASC/ASCQ : 0',
    '',
    'tgtd: slot_dump(628) Slot 256 Information',
    'tgtd: slot_dump(629)   Last Addr: 4096',
    'tgtd: slot_dump(630)   Type: 4',
    'tgtd: slot_dump(631)   Barcode: TGT001L8',
    'tgtd: slot_dump(632)   Volume Tag: ',
    'tgtd: slot_dump(634)   TID : 1',
  ].join('\n');
  t.strictSame(parseSlotDump(log), [
    { address: 256, type: 4, barcode: 'TGT001L8', source: 4096 },
    { address: 4096, type: 2, barcode: undefined, source: undefined },
  ]);
  t.throws(() => parseSlotDump('tgtd: nothing of interest\n'), { code: 'TGT_FAILED' });
  t.end();
});

t.test('starts the library that was asked for, and stops it', { skip: missing }, async (t) => {
  const dir = await folder(t);
  const bench = await startTgt({ dir, drives: 1, slots: 3, ports: 2, tapes: 2 });
  t.equal(bench.changerLun, 2);
  t.strictSame(
    (await bench.elements()).map(({ address, barcode }) => [address, barcode]),
    [
      [1, undefined],
      [16, undefined],
      [17, undefined],
      [256, undefined],
      [4096, 'TGT001L8'],
      [4097, 'TGT002L8'],
      [4098, undefined],
    ],
  );
  const attached = await attachTgt(dir);
  t.equal(attached.pid, bench.pid);
  await t.rejects(startTgt({ dir }), { code: 'TGT_OPTION' }, 'one bench a folder');
  await attached.stop();
  await t.rejects(
    readFile(`/proc/${bench.pid}/cmdline`, 'latin1').then(
      (text) => text.includes('tgtd') || Promise.reject(new Error('gone')),
    ),
  );
  await bench.stop();
  await t.rejects(attachTgt(dir), { code: 'TGT_OPTION' });
});

t.test('leaves nothing running when the library cannot be made', { skip: missing }, async (t) => {
  const dir = await folder(t);
  await t.rejects(startTgt({ dir, slots: 1, tapes: 2 }), { code: 'TGT_OPTION' });
  await t.rejects(attachTgt(dir), { code: 'TGT_OPTION' });
  await t.rejects(startTgt({ dir: join(dir, 'x'.repeat(90)) }), { code: 'TGT_OPTION', message: /too long/ });
});
