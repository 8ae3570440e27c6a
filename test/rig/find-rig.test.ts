import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { findRigFile } from '../../src/rig/find-rig.js';

const before = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'rig-'));
process.chdir(folder);
t.teardown(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

await t.test('without anything the rig is the embedded one', async (t) => {
  t.same(findRigFile({ env: {} }), { origin: 'embedded' });
  t.same(findRigFile({ env: { RSM_RIG: '' } }), { origin: 'embedded' }, 'an empty variable names nothing');
});

await t.test('rig.yaml of the working folder comes before the embedded one', async (t) => {
  writeFileSync('rig.yaml', '');
  t.same(findRigFile({ env: {} }), { file: 'rig.yaml', origin: './rig.yaml' });
});

await t.test('the variable comes before rig.yaml, and the option before the variable', async (t) => {
  const env = { RSM_RIG: '/etc/rsm/rig.yaml' };
  t.same(findRigFile({ env }), { file: '/etc/rsm/rig.yaml', origin: 'RSM_RIG' });
  t.same(findRigFile({ option: 'bench.yaml', env }), { file: 'bench.yaml', origin: '--rig' });
});
