import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { cpioArchive, withFolders } from '../../../hil/vm/image/cpio-archive.js';

const BUSYBOX = '/bin/busybox';

t.test('puts every folder before what lies in it, once', (t) => {
  const entries = withFolders([
    { kind: 'file', path: 'a/b/one', data: Buffer.from('1') },
    { kind: 'file', path: 'a/b/two', data: Buffer.from('2') },
    { kind: 'folder', path: 'c' },
    { kind: 'link', path: 'c/three', target: 'one' },
  ]);
  t.strictSame(
    entries.map(({ path }) => path),
    ['a', 'a/b', 'a/b/one', 'a/b/two', 'c', 'c/three'],
  );
  t.end();
});

t.test('pads names and data to four bytes and ends with the trailer', (t) => {
  const archive = cpioArchive([{ kind: 'file', path: 'x', data: Buffer.from('12345') }]);
  t.equal(archive.length % 4, 0);
  t.equal(archive.toString('latin1', 0, 6), '070701');
  t.equal(archive.toString('latin1', 112, 117), '12345', 'the header has 110 bytes, the name and its zero two');
  t.match(archive.toString('latin1'), /TRAILER!!!\0/);
  t.end();
});

t.test('the same entries give the same bytes', (t) => {
  const make = (): Buffer => cpioArchive([{ kind: 'file', path: 'x', data: Buffer.from('y'), executable: true }]);
  t.ok(make().equals(make()));
  t.end();
});

t.test(
  'another program unpacks it: contents, modes, links',
  existsSync(BUSYBOX) ? {} : { skip: `${BUSYBOX} not found: apt-get install busybox-static` },
  async (t) => {
    const folder = t.testdir({});
    const archive = cpioArchive(
      withFolders([
        { kind: 'file', path: 'bin/program', data: Buffer.from('#!/bin/sh\n'), executable: true },
        { kind: 'file', path: 'etc/empty', data: Buffer.alloc(0) },
        { kind: 'file', path: 'etc/odd', data: Buffer.alloc(4_097, 7) },
        { kind: 'link', path: 'bin/sh', target: 'program' },
      ]),
    );
    execFileSync(BUSYBOX, ['cpio', '-id'], { cwd: folder, input: archive, stdio: ['pipe', 'ignore', 'ignore'] });
    t.strictSame((await readdir(folder, { recursive: true })).toSorted(), [
      'bin',
      'bin/program',
      'bin/sh',
      'etc',
      'etc/empty',
      'etc/odd',
    ]);
    t.equal(await readlink(join(folder, 'bin/sh')), 'program');
    t.equal((await stat(join(folder, 'bin/program'))).mode & 0o777, 0o755);
    t.equal((await stat(join(folder, 'etc/empty'))).size, 0);
    t.ok((await readFile(join(folder, 'etc/odd'))).equals(Buffer.alloc(4_097, 7)));
  },
);
