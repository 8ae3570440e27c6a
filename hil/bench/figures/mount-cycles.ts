import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { SystemClock } from '../../../devices/clock.js';
import { findProfile } from '../../../devices/profiles/index.js';
import { LoopbackTransport } from '../../../devices/transport/loopback.js';
import { VirtualAutoloader } from '../../../devices/virtual/index.js';
import { RemovableStorageManager } from '../../../src/library/manager.js';
import { createNtmsApi, INFINITE, NtmsMountOptions } from '../../../src/ntms/index.js';
import { ObjectStore } from '../../../src/objects/object-store.js';
import type { Figure } from '../figure.js';
import { ratePerSecond } from '../figure.js';

/**
 * MountNtmsMedia and DismountNtmsMedia of one cartridge on the virtual autoloader without mechanics, every step written
 * down durably, beside commits of one row each to a database of the same kind in the same folder.
 */
export async function mountCycles(): Promise<Figure[]> {
  const dir = await mkdtemp(join(tmpdir(), 'openrsm-bench-'));
  const clock = new SystemClock();
  const autoloader = await VirtualAutoloader.create({ profile: findProfile('ibm-3573-tl'), clock, timing: 'zero' });
  const store = ObjectStore.open({ folder: join(dir, 'database'), clock });
  const manager = await RemovableStorageManager.start({
    store,
    clock,
    libraries: [
      {
        name: 'bench',
        changer: {
          transport: new LoopbackTransport({ target: autoloader, name: 'virtual://bench', clock }),
          lun: autoloader.lunOfChanger,
          deviceName: 'virtual',
        },
      },
    ],
  });
  try {
    const api = createNtmsApi(manager);
    const session = await api.OpenNtmsSession(null, 'bench', 0);
    const side = store.table('sides').list({}, { limit: 1 })[0]?.id ?? '';
    const cycles = await ratePerSecond(async () => {
      const options = NtmsMountOptions.NTMS_MOUNT_READ;
      await api.MountNtmsMedia(session, [side], [null], 1, options, 0, INFINITE, null);
      await api.DismountNtmsMedia(session, [side], 1, 0);
      await manager.drain();
      return 1;
    });
    const commits = await durableCommits(join(dir, 'peer.db'));
    const peer = { name: 'bare durable SQLite commits', value: commits };
    return [
      {
        name: 'mount + dismount, zero-time virtual autoloader, durable journal',
        value: cycles,
        unit: 'cycles/s',
        peer,
      },
    ];
  } finally {
    await manager.stop();
    await autoloader.close();
    store.close();
    await rm(dir, { recursive: true, force: true });
  }
}

async function durableCommits(file: string): Promise<number> {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)');
  const insert = database.prepare('INSERT INTO rows (text) VALUES (?)');
  const rate = await ratePerSecond(() => {
    insert.run('one row');
    return 1;
  });
  database.close();
  return rate;
}
