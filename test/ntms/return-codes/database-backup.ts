import { existsSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { startProgram } from '../../objects/child-program.js';
import { damageTable } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { guestOf } from '../house.js';
import { after, afterStop, withClosedHandle, withoutHandle } from './common.js';
import type { RightCall } from './common.js';

const exportDatabase: RightCall = (_, { api, session }) => api.ExportNtmsDatabase(session);
const importDatabase: RightCall = (_, { api, session }) => api.ImportNtmsDatabase(session);

/** A house whose database was exported once. */
async function exported(t: Test, prepare: (library: VirtualLibrary, file: string) => unknown): Promise<VirtualLibrary> {
  const library = await VirtualLibrary.open(t);
  await library.api.ExportNtmsDatabase(library.session);
  const folder = join(library.store.folder, 'Export');
  const file = readdirSync(folder).find((name) => name.endsWith('.db'));
  if (file === undefined || !existsSync(join(folder, file))) throw new Error(`nothing was exported into ${folder}`);
  await prepare(library, join(folder, file));
  return library;
}

export const exportNtmsDatabaseCodes = returnCodesOf('ExportNtmsDatabase', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'exports the database',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.ExportNtmsDatabase(session),
      ),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may use the computer but not control it',
    right: 'computer',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const guest = await guestOf(library);
      return () => exportDatabase(library, guest);
    },
  },
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'meets a damaged page of the database',
    run: (t) =>
      after(
        t,
        (library) => damageTable(library, 'slots'),
        (library) => exportDatabase(library, library),
      ),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a closed session',
    parameter: 'hSession',
    run: (t) => withClosedHandle(t, exportDatabase),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a null handle',
    parameter: 'hSession',
    run: (t) => withoutHandle(t, exportDatabase),
  },
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach a manager that was stopped',
    run: (t) => afterStop(t, exportDatabase),
  },
  {
    symbol: 'ERROR_SHARING_VIOLATION',
    title: 'finds the older copy in use by another process',
    async run(t) {
      const library = await exported(t, async (_, file) => {
        const other = startProgram('hold-database.ts', file, 'reading');
        t.teardown(async () => {
          other.process.stdin.end();
          await other.ended;
        });
        t.match(await other.lines.next(), { value: 'held' });
      });
      return () => exportDatabase(library, library);
    },
  },
]);

export const importNtmsDatabaseCodes = returnCodesOf('ImportNtmsDatabase', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'marks an exported database',
    async run(t) {
      const library = await exported(t, () => undefined);
      return () => importDatabase(library, library);
    },
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may use the computer but not control it',
    right: 'computer',
    async run(t) {
      const library = await exported(t, () => undefined);
      const guest = await guestOf(library);
      return () => importDatabase(library, guest);
    },
  },
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'refuses a copy that was cut off',
    async run(t) {
      const library = await exported(t, (_, file) => truncateSync(file, 4096));
      return () => importDatabase(library, library);
    },
  },
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'refuses when nothing was exported',
    run: (t) =>
      after(
        t,
        () => undefined,
        (library) => importDatabase(library, library),
      ),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a closed session',
    parameter: 'hSession',
    run: (t) => withClosedHandle(t, importDatabase),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a null handle',
    parameter: 'hSession',
    run: (t) => withoutHandle(t, importDatabase),
  },
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach a manager that was stopped',
    run: (t) => afterStop(t, importDatabase),
  },
]);
