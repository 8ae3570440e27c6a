import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { tgtMissing } from '../../hil/tgt/tgt-admin.js';
import { startTgt } from '../../hil/tgt/start-tgt.js';
import { RsmBench, root } from './rsm-process.js';

t.test(
  'a changer over iSCSI moves what the command says, and agrees after each step',
  { skip: tgtMissing() ?? false },
  async (t) => {
    const bench = new RsmBench(t);
    const tgt = await startTgt({ dir: join(bench.folder, 'tgt') });
    t.teardown(() => tgt.stop());
    const text = readFileSync(join(root, 'hil', 'rigs', 'tgt.yaml'), 'utf8');
    writeFileSync(join(bench.folder, 'rig.yaml'), text.replaceAll('127.0.0.1:13261', tgt.portal));
    const where = async (barcode: string): Promise<number | undefined> =>
      (await tgt.elements()).find((element) => element.barcode === barcode)?.address;
    const succeeds = async (...args: string[]): Promise<void> => {
      const { status, stderr } = await bench.run(...args);
      t.equal(status, 0, `rsm ${args.join(' ')} ${stderr}`);
    };

    t.equal(await where('TGT001L8'), 4096);
    await succeeds('mount', 'TGT001L8', '--drive', '0');
    t.equal(await where('TGT001L8'), 256, 'mounted');
    await succeeds('dismount', 'TGT001L8', '--deferred');
    t.equal(await where('TGT001L8'), 256, 'a deferred dismount moves nothing');
    await succeeds('mount', 'TGT002L8', '--drive', '0');
    t.equal(await where('TGT002L8'), 256, 'a dismountable cartridge makes way');
    t.equal(await where('TGT001L8'), 4096);
    await succeeds('dismount', '--drive', '0');
    t.equal(await where('TGT002L8'), 4097, 'back home');
  },
);
