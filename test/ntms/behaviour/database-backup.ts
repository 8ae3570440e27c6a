import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Test } from 'tap';
import { ObjectStore } from '../../../src/objects/object-store.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { mountBy } from '../house.js';

function exportedFiles({ store }: VirtualLibrary): string[] {
  return readdirSync(join(store.folder, 'Export')).sort();
}

/** Reads from the exported copy, as an administrator would with a tool of his own. */
function inExport({ store }: VirtualLibrary, sql: string): unknown {
  const file = readdirSync(join(store.folder, 'Export')).find((name) => name.endsWith('.db'));
  const copy = new Database(join(store.folder, 'Export', file ?? ''), { readonly: true });
  try {
    return copy.prepare(sql).pluck().get();
  } finally {
    copy.close();
  }
}

/** Exported, then changed, then marked for import: the description says which database one looks at. */
async function marked(t: Test): Promise<VirtualLibrary> {
  const library = await VirtualLibrary.open(t);
  const { api, session, store } = library;
  store.table('libraries').update(library.library.id, { description: 'as exported' });
  await api.ExportNtmsDatabase(session);
  store.table('libraries').update(library.library.id, { description: 'changed since' });
  await api.ImportNtmsDatabase(session);
  return library;
}

/** What a start of the service opens. */
function nextStart(t: Test, { store, clock, manager }: VirtualLibrary): Promise<ObjectStore> {
  return manager.stop().then(() => {
    store.close();
    const next = ObjectStore.open({ folder: store.folder, clock });
    t.teardown(() => next.close());
    return next;
  });
}

export const exportNtmsDatabaseBehaviour = behaviourOf('ExportNtmsDatabase', [
  {
    rule: 'export-folder',
    title: 'writes a whole copy into the folder Export below the database folder',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      await library.api.ExportNtmsDatabase(library.session);
      const [manifest, copy, ...more] = exportedFiles(library);
      t.equal(manifest, 'manifest.json');
      t.match(copy, /^rsm-[0-9a-f]{16}\.db$/);
      t.same(more, []);
      t.equal(inExport(library, 'PRAGMA integrity_check'), 'ok');
      t.equal(inExport(library, "SELECT mount_count FROM drives WHERE name = 'drive 0'"), 1);
    },
  },
  {
    rule: 'older-files-replaced',
    title: 'replaces the older copy',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.api.ExportNtmsDatabase(library.session);
      const older = exportedFiles(library);
      await library.mount('ORS001L8');
      await library.api.ExportNtmsDatabase(library.session);
      t.equal(exportedFiles(library).length, 2);
      t.not(exportedFiles(library)[1], older[1]);
      t.equal(inExport(library, "SELECT mount_count FROM drives WHERE name = 'drive 0'"), 1);
    },
  },
  {
    rule: 'while-running',
    title: 'exports while a mount is under way, which goes on',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const mounting = mountBy(library, [library.side('ORS001L8').id]);
      await Promise.resolve();
      await library.api.ExportNtmsDatabase(library.session);
      t.equal(inExport(library, 'PRAGMA integrity_check'), 'ok');
      t.same(await mounting, [library.drive(0).id]);
    },
  },
  {
    change: 'files-written',
    title: 'puts a snapshot where there was none',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      t.throws(() => exportedFiles(library));
      await library.api.ExportNtmsDatabase(library.session);
      t.equal(exportedFiles(library).length, 2);
    },
  },
]);

export const importNtmsDatabaseBehaviour = behaviourOf('ImportNtmsDatabase', [
  {
    rule: 'only-marks',
    title: 'changes nothing in the running database',
    async run(t) {
      const library = await marked(t);
      t.equal(library.library.description, 'changed since');
      t.same(await library.mount('ORS001L8'), [0], 'and the work goes on with it');
    },
  },
  {
    rule: 'replaced-at-next-start',
    title: 'has the next start take the exported database, and keep the replaced one beside it',
    async run(t) {
      const library = await marked(t);
      const next = await nextStart(t, library);
      t.equal(next.table('libraries').find({ name: 'test' })?.description, 'as exported');
      t.match(next.startupNotices, [{ event: 'database-imported' }]);
      t.ok(readdirSync(next.folder).some((name) => name.startsWith('rsm.db.before-import-')));
    },
  },
  {
    rule: 'any-restart',
    title: 'takes it whether the manager ended or the machine did',
    async run(t) {
      const library = await marked(t);
      // As after a power cut: nothing was stopped, and the lock went with the process.
      library.store.close();
      const next = ObjectStore.open({ folder: library.store.folder, clock: library.clock });
      t.teardown(() => next.close());
      t.equal(next.table('libraries').find({ name: 'test' })?.description, 'as exported');
    },
  },
  {
    change: 'import-marked',
    title: 'sets the mark',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.api.ExportNtmsDatabase(library.session);
      t.equal(library.store.importPending, false);
      await library.api.ImportNtmsDatabase(library.session);
      t.equal(library.store.importPending, true);
    },
  },
  {
    change: 'database-replaced',
    title: 'clears the mark when the database was replaced',
    async run(t) {
      const next = await nextStart(t, await marked(t));
      t.equal(next.table('libraries').find({ name: 'test' })?.description, 'as exported');
      t.equal(next.importPending, false);
    },
  },
]);
