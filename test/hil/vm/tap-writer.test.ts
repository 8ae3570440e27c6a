import t from 'tap';
import { BenchError } from '../../../hil/vm/bench-error.js';
import { TapWriter, type Report } from '../../../hil/vm/tap-writer.js';

async function written(body: (tap: TapWriter) => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const tap = new TapWriter((line) => lines.push(line));
  await body(tap);
  tap.end();
  return lines;
}

const still = (): number => 0;
const part = (body: (report: Report) => void | Promise<void>): Promise<string[]> =>
  written((tap) => tap.part('usb', async (report) => body(report), still));

t.test('writes a part as a subtest and closes with the totals', async (t) => {
  const lines = await part((report) => {
    report.ok(true, 'it is there');
    report.equal([1, { a: 2 }], [1, { a: 2 }], 'the same value');
    report.match('abc', /b/, 'the text');
  });
  t.strictSame(lines, [
    'TAP version 14',
    '# Subtest: usb',
    '    ok 1 - it is there',
    '    ok 2 - the same value',
    '    ok 3 - the text',
    '    1..3',
    'ok 1 - usb # time=0.0s',
    '1..1',
    '# { total: 3, pass: 3, fail: 0, skip: 0 }',
  ]);
});

t.test('shows what was found and what was wanted, and fails the part', async (t) => {
  const lines = await part((report) => {
    report.equal({ slots: [null] }, { slots: ['A'] }, 'the slots');
  });
  t.strictSame(lines.slice(2, 10), [
    '    not ok 1 - the slots',
    '      ---',
    '      found: |',
    '        {"slots":[null]}',
    '      wanted: |',
    '        {"slots":["A"]}',
    '      ...',
    '    1..1',
  ]);
  t.ok(lines.includes('not ok 1 - usb # time=0.0s'));
  t.equal(lines.at(-1), '# { total: 1, pass: 0, fail: 1, skip: 0 }');
});

t.test('a part that throws has failed, with the code of the error', async (t) => {
  const lines = await part(() => {
    throw new BenchError('TIMEOUT', 'it took too long');
  });
  t.ok(lines.includes('    not ok 1 - the part runs to its end'));
  t.ok(lines.includes('        TIMEOUT: it took too long'));
});

t.test('a part that checks nothing has failed', async (t) => {
  const lines = await part(() => undefined);
  t.ok(lines.includes('not ok 1 - usb # time=0.0s'));
});

t.test('a skipped part is counted and says what is missing', async (t) => {
  const lines = await written((tap) => Promise.resolve(tap.skip('usb', 'QEMU: apt-get install qemu-system-x86')));
  t.ok(lines.includes('ok 1 - usb # SKIP QEMU: apt-get install qemu-system-x86'));
  t.equal(lines.at(-1), '# { total: 1, pass: 0, fail: 0, skip: 1 }');
});

t.test('text cannot be taken for a directive or another line', async (t) => {
  const lines = await part((report) => {
    report.ok(true, 'done # SKIP this\nnot ok 2');
  });
  t.equal(lines[2], '    ok 1 - done \\# SKIP this not ok 2');
});

t.test('parts that run at the same time are not mixed', async (t) => {
  const lines = await written(async (tap) => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const slow = tap.part(
      'slow',
      async (report) => {
        report.ok(true, 'before');
        await held;
        report.ok(true, 'after');
      },
      still,
    );
    await tap.part('quick', (report) => Promise.resolve(void report.ok(true, 'at once')), still);
    release();
    await slow;
  });
  t.strictSame(
    lines.filter((line) => line.startsWith('# Subtest')),
    ['# Subtest: quick', '# Subtest: slow'],
  );
  t.equal(lines.indexOf('    ok 2 - after') - lines.indexOf('    ok 1 - before'), 1);
});
