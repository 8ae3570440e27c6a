import t, { type Test } from 'tap';

import { findProfile } from '../../../../../devices/profiles/index.js';
import { missing, ProgramBench } from './program-bench.js';

const skip = missing('mtx');
const ibm = findProfile('ibm-3573-tl');
/** A changer that takes a tape out of a drive without being asked to unload it first. */
const unloadsByItself = { ...ibm, quirks: { ...ibm.quirks, implicitUnload: true } };

/** The device and mtx agree on where everything is. */
async function agree(t: Test, bench: ProgramBench, after: string): Promise<void> {
  t.strictSame(await bench.mtxView(), bench.view, `mtx and the device agree after ${after}`);
}

t.test('mtx finds a changer that was scanned at boot: no unit attention is left for it', { skip }, async (t) => {
  const bench = await ProgramBench.start(t);
  const inquiry = await bench.mtx('inquiry');
  t.match(inquiry, { code: 0, stdout: /Product Type: Medium Changer[^]*Vendor ID: 'IBM     '/, stderr: '' });
  const first = await bench.mtx('noattach', 'load', '1', '0');
  t.match(first, { code: 0, stdout: /done/, stderr: '' });
  t.strictSame(bench.errors, []);
});

t.test('mtx moves cartridges, and what it shows is what the device has', { skip }, async (t) => {
  const bench = await ProgramBench.start(t, { profile: unloadsByItself });
  await agree(t, bench, 'the start');
  const steps: readonly (readonly [readonly string[], Readonly<Record<string, string>>])[] = [
    [['load', '1', '0'], { 'slot 1': '-', 'drive 0': 'ORS001L8' }],
    [['load', '2', '1'], { 'slot 2': '-', 'drive 1': 'ORS002L8' }],
    [['unload', '1', '0'], { 'slot 1': 'ORS001L8', 'drive 0': '-' }],
    [['transfer', '4', '24'], { 'slot 4': '-', 'slot 24': 'ORS004L8' }],
    [['eepos', '0', 'transfer', '24', '9'], { 'slot 24': '-', 'slot 9': 'ORS004L8' }],
    [['unload', '2', '1'], { 'slot 2': 'ORS002L8', 'drive 1': '-' }],
    [['first', '0'], { 'drive 0': 'ORS001L8', 'slot 1': '-' }],
    [['next', '0'], { 'drive 0': 'ORS002L8', 'slot 1': 'ORS001L8', 'slot 2': '-' }],
    [['previous', '0'], { 'drive 0': 'ORS001L8', 'slot 2': 'ORS002L8' }],
    [['last', '0'], { 'drive 0': 'CLNU01L1', 'slot 1': 'ORS001L8' }],
    [['unload'], { 'drive 0': '-', 'slot 23': 'CLNU01L1' }],
  ];
  for (const [command, expected] of steps) {
    const what = `mtx ${command.join(' ')}`;
    t.match(await bench.mtx(...command), { code: 0 }, what);
    t.match(bench.view, expected, what);
    await agree(t, bench, what);
  }
  t.strictSame(bench.errors, []);
});

t.test('mtx exchanges two cartridges on a changer that can', { skip }, async (t) => {
  const profile = { ...ibm, quirks: { ...ibm.quirks, exchangeMedium: true } };
  const bench = await ProgramBench.start(t, { profile });
  t.match(await bench.mtx('exchange', '1', '2'), { code: 0 });
  t.match(bench.view, { 'slot 1': 'ORS002L8', 'slot 2': 'ORS001L8' });
  await agree(t, bench, 'the exchange');
});

t.test('mtx tells what the device refuses, and nothing moves', { skip }, async (t) => {
  const bench = await ProgramBench.start(t);
  const before = bench.view;
  const empty = await bench.mtx('transfer', '20', '21');
  t.not(empty.code, 0);
  t.match(empty.stderr, /Illegal Request|Empty/);
  t.not((await bench.mtx('transfer', '1', '2')).code, 0);
  t.not((await bench.mtx('load', '99', '0')).code, 0);
  t.strictSame(bench.view, before);
});

t.test('mtx goes on after another program has reset the changer', { skip: skip || missing('sg_raw') }, async (t) => {
  const bench = await ProgramBench.start(t);
  t.match(await bench.run('sg_reset', '-d', '/dev/sg0'), { code: 0 });
  // Every program of the host is one initiator: the first to ask hears of it, the next one does not.
  t.match((await bench.run('sg_raw', '/dev/sg0', '0', '0', '0', '0', '0', '0')).stderr, /Unit Attention/);
  await agree(t, bench, 'the reset');
});

t.test('mtx serves a library of 3,000 slots', { skip }, async (t) => {
  const count = 3_000;
  const profile = { ...ibm, magazines: [], elements: { ...ibm.elements, storage: { first: 4096, count } } };
  const cartridges = Array.from({ length: count - 1 }, (_, index) => ({
    elementAddress: 4096 + index,
    barcode: `A${String(index).padStart(5, '0')}L8`,
    mediaType: 'L8',
  }));
  const bench = await ProgramBench.start(t, { profile, cartridges });
  await agree(t, bench, 'the start');
  t.equal(Object.keys(bench.view).length, 3_005);
  t.match(await bench.mtx('load', '2999', '1'), { code: 0 });
  t.match(await bench.mtx('transfer', '1', '3000'), { code: 0 });
  t.match(bench.view, { 'drive 1': 'A02998L8', 'slot 3000': 'A00000L8', 'slot 1': '-', 'slot 2999': '-' });
  await agree(t, bench, 'moves at its ends');
});

t.test(
  'a tape has to be unloaded first where the model wants it, by mt',
  { skip: skip || missing('mt') },
  async (t) => {
    const bench = await ProgramBench.start(t);
    await bench.mtx('load', '1', '0');
    t.match(await bench.mtx('unload', '1', '0'), { code: 1, stderr: /Additional Sense Code = 44/ });
    t.match(await bench.run('mt', '-f', '/dev/nst0', 'offline'), { code: 0 });
    t.match(await bench.mtx('unload', '1', '0'), { code: 0 });
    t.match(bench.view, { 'slot 1': 'ORS001L8', 'drive 0': '-' });
  },
);

t.test('a shell script such as backup programs use runs unchanged', { skip: skip || missing('mt') }, async (t) => {
  const bench = await ProgramBench.start(t);
  const script = new URL('changer-script.sh', import.meta.url).pathname;
  const run = (...args: readonly string[]) => bench.run('sh', script, '/dev/sg0', ...args);
  t.equal((await run('slots')).stdout.trim(), '26');
  t.equal((await run('loaded', '-', '0')).stdout.trim(), '0', 'no slot is loaded');
  t.match(await run('load', '3', '0', '/dev/nst0'), { code: 0 });
  t.equal((await run('loaded', '-', '0')).stdout.trim(), '3');
  t.match(await run('list'), {
    stdout: '1:ORS001L8\n2:ORS002L8\n4:ORS004L8\n5:ORS005L8\n6:ORS006L8\n7:ORS007L8\n8:ORS008L8\n23:CLNU01L1\n',
  });
  t.match(await run('load', '4', '0', '/dev/nst0'), { code: 1 }, 'it does not load what is full');
  t.match(await run('unload', '3', '0', '/dev/nst0'), { code: 0 });
  t.match(bench.view, { 'slot 3': 'ORS003L8', 'drive 0': '-' });
  await agree(t, bench, 'the script');
});
