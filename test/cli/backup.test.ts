import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Overview } from '../../src/cli/overview.js';
import { RsmBench } from './rsm-process.js';

t.test('what was exported comes back with the command after import', async (t) => {
  const bench = new RsmBench(t);
  await bench.json('mount', 'ORS001L8', '--drive', '0');
  const { folder } = await bench.json<{ folder: string }>('export');
  t.equal(folder, join(bench.state, 'database', 'Export'));
  await bench.json('dismount', 'ORS001L8');
  t.match(await bench.json('import'), { pending: true });
  // The exported database says that the cartridge is in the drive. The hardware says otherwise, and is believed.
  const { libraries } = await bench.json<Overview>('status');
  t.match(libraries[0]?.contents.drives[0], { state: 'NTMS_DRIVESTATE_DISMOUNTED', cartridge: null });
  const kept = readdirSync(join(bench.state, 'database')).filter((name) => name.includes('before-import'));
  t.ok(kept.length > 0, 'the replaced database is kept');
});

t.test('an import without an exported set is refused', async (t) => {
  const bench = new RsmBench(t);
  const { status, stderr } = await bench.run('import');
  t.equal(status, 1);
  t.match(stderr, /ERROR_DATABASE_FAILURE \(4313\)/);
});
