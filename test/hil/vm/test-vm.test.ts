import { spawnSync } from 'node:child_process';
import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { parts } from '../../../hil/vm/parts/index.js';

const program = fileURLToPath(new URL('../../../hil/vm/test-vm.ts', import.meta.url));

/** The command on a machine where no package is installed and none can be. */
function testVm(t: Test, ...args: string[]): { status: number | null; lines: string[]; stderr: string } {
  const folder = t.testdir({
    'dpkg-query': '#!/bin/sh\nexit 1\n',
    'apt-get': '#!/bin/sh\necho no network >&2\nexit 100\n',
    'apt-cache': '#!/bin/sh\nexit 100\n',
    sudo: '#!/bin/sh\nexit 1\n',
  });
  for (const name of ['dpkg-query', 'apt-get', 'apt-cache', 'sudo']) chmodSync(join(folder, name), 0o755);
  symlinkSync('/usr/bin/env', join(folder, 'env'));
  symlinkSync('/bin/sh', join(folder, 'sh'));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', program, ...args], {
    env: { PATH: folder },
    encoding: 'utf8',
  });
  return { status, lines: stdout.trimEnd().split('\n'), stderr };
}

t.test('a machine without QEMU skips every part visibly, says what is missing, and passes', (t) => {
  const { status, lines } = testVm(t);
  t.equal(status, 0);
  const skipped = lines.filter((line) => /^ok \d+ - \S+ # SKIP \S/.test(line));
  t.equal(skipped.length, parts.length);
  t.match(lines.at(-2), `# { total: ${parts.length}, pass: 0, fail: 0, skip: ${parts.length} }`);
  t.match(lines.at(-1), /^# Nothing was judged: this machine lacks ./);
  t.end();
});

t.test('with --required such a machine fails', (t) => {
  const { status, lines } = testVm(t, '--required');
  t.equal(status, 1);
  t.ok(lines.some((line) => line.startsWith('not ok 1 - ')));
  t.match(lines.at(-2), /fail: 1,/);
  t.end();
});

t.test('runs the parts that are named, and no others', (t) => {
  const { lines } = testVm(t, '--only', 'usbip-uas', 'iscsi-login');
  const names = lines.flatMap((line) => /^ok \d+ - (\S+)/.exec(line)?.[1] ?? []);
  t.ok(names.includes('iscsi-login') && names.includes('usbip-uas'));
  t.ok(names.every((name) => name.startsWith('usbip-uas') || name === 'iscsi-login'));
  t.end();
});

t.test('a part that does not exist is wrong usage, answered with those that do', (t) => {
  const { status, stderr } = testVm(t, '--only', 'floppy');
  t.equal(status, 2);
  t.match(stderr, /no part "floppy"/);
  t.ok(parts.every(({ name }) => stderr.includes(name)));
  t.end();
});

t.test('every part has a name of its own and says what it shows', (t) => {
  t.equal(new Set(parts.map(({ name }) => name)).size, parts.length);
  for (const { name, shows, timeoutMs } of parts) {
    t.match(name, /^[a-z0-9-]+$/);
    t.ok(shows.length > 20, shows);
    t.ok(timeoutMs > 0);
  }
  t.end();
});
