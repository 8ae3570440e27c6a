/**
 * Runs in a process of its own: opens the store in the folder given, leaves the process 64 MiB of address space, and
 * writes what an insert then throws that needs more, and what is in the database when there is memory again.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { SystemClock } from '../../devices/clock.js';
import { NtmsError } from '../../src/objects/ntms-error.js';
import { ObjectStore } from '../../src/objects/object-store.js';

const [folder] = process.argv.slice(2);
const store = ObjectStore.open({ folder: folder!, clock: new SystemClock() });
const types = store.table('mediaTypes');
store.connection.exec(
  "CREATE TEMP TRIGGER big BEFORE INSERT ON main.media_types WHEN new.name = 'big' " +
    'BEGIN SELECT length(randomblob(500000000)); END',
);
const prlimit = (...options: string[]): string =>
  execFileSync('prlimit', ['--pid', String(process.pid), ...options], { encoding: 'utf8' }).trim();
const before = prlimit('--as', '--output', 'SOFT', '--noheadings', '--raw');
const usedKiB = Number(/VmSize:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]);
prlimit(`--as=${(usedKiB + 65_536) * 1024}:`);
let thrown: unknown;
try {
  store.transaction(() => {
    types.insert({ name: 'small' });
    types.insert({ name: 'big' });
  });
} catch (error) {
  thrown = error;
}
prlimit(`--as=${before}:`);
types.insert({ name: 'after' });
console.log(
  JSON.stringify({
    symbol: thrown instanceof NtmsError ? thrown.symbol : String(thrown),
    code: thrown instanceof NtmsError ? thrown.code : -1,
    names: types.list().map((type) => type.name),
  }),
);
store.close();
