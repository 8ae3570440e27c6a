import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { FolderLockedError, lockFolder } from '../../devices/folder-lock.js';

const HOLDER = fileURLToPath(new URL('folder-lock-holder.ts', import.meta.url));

function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'openrsm-lock-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a second process on the folder; gives it and its first line. */
async function startHolder(t: Test, ...args: string[]): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', HOLDER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error('no standard output');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, line };
}

function refusalOf(folder: string): FolderLockedError {
  try {
    lockFolder(folder, { purpose: 'database' }).release();
  } catch (error) {
    if (error instanceof FolderLockedError) return error;
    throw error;
  }
  throw new Error('the folder could be locked');
}

void t.test('makes the folder, locks it, and gives it back', async (t) => {
  const folder = join(folderFor(t), 'deeper', 'state');
  const lock = lockFolder(folder, { purpose: 'database', nowMs: Date.UTC(2026, 0, 1) });
  t.ok(existsSync(join(folder, 'lock')));
  const refusal = refusalOf(folder);
  t.match(refusal, {
    code: 'FOLDER_LOCKED',
    folder,
    holder: { pid: process.pid, since: '2026-01-01T00:00:00.000Z' },
  });
  lock.release();
  lock.release();
  t.notOk(existsSync(join(folder, 'lock-holder.json')), 'nobody is named any more');
  lockFolder(folder, { purpose: 'database' }).release();
});

void t.test('names the other process and what to do', async (t) => {
  const folder = folderFor(t);
  const { child, line } = await startHolder(t, folder);
  t.equal(line, 'locked');
  const refusal = refusalOf(folder);
  t.equal(refusal.holder?.pid, child.pid);
  t.match(refusal.holder?.command, HOLDER);
  t.match(refusal.message, `process ${child.pid}`);
  t.match(refusal.message, /Stop that process, or choose another folder/);
  const record = JSON.parse(readFileSync(join(folder, 'lock-holder.json'), 'utf8')) as { pid: number };
  t.equal(record.pid, child.pid, 'a person can read it, too');
});

void t.test('is refused to the other process while it is held here', async (t) => {
  const folder = folderFor(t);
  const lock = lockFolder(folder, { purpose: 'hardware' });
  const { line } = await startHolder(t, folder);
  t.match(line, `FOLDER_LOCKED The hardware folder ${folder} is in use by process ${process.pid} `);
  lock.release();
  t.equal((await startHolder(t, folder)).line, 'locked');
});

void t.test('ends with the process, even one that was killed', async (t) => {
  const folder = folderFor(t);
  const { child } = await startHolder(t, folder);
  t.ok(refusalOf(folder));
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = lockFolder(folder, { purpose: 'database' });
  t.equal(refusalOf(folder).holder?.pid, process.pid, 'the dead process is named no more');
  lock.release();
});

void t.test('is free while the process that gave it back lives on', async (t) => {
  const folder = folderFor(t);
  const { child, line } = await startHolder(t, folder, 'release');
  t.equal(line, 'released');
  t.equal(child.exitCode, null);
  lockFolder(folder, { purpose: 'database' }).release();
});

void t.test('names nobody when the record cannot be read', async (t) => {
  const folder = folderFor(t);
  const lock = lockFolder(folder, { purpose: 'database' });
  for (const content of ['not json', '{}', '{"pid":"one"}']) {
    writeFileSync(join(folder, 'lock-holder.json'), content);
    const refusal = refusalOf(folder);
    t.equal(refusal.holder, undefined);
    t.match(refusal.message, 'another process');
  }
  lock.release();
});

t.test(
  'a folder that nobody can make is refused at once',
  { skip: existsSync('/proc/self') ? false : 'needs /proc, where the kernel lets nobody make a folder' },
  (t) => {
    t.throws(() => lockFolder('/proc/openrsm/a/b', { purpose: 'hardware' }), { code: 'FOLDER_UNUSABLE' });
    t.end();
  },
);
