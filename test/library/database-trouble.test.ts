import t from 'tap';
import { getTableName } from 'drizzle-orm';
import { NtmsError } from '../../src/objects/ntms-error.js';
import { tableNames, tables } from '../../src/objects/object-kinds.js';
import type { ObjectStore } from '../../src/objects/object-store.js';
import { NtmsLmState, NtmsOperationalState } from '../../src/objects/ntmsapi/index.js';
import { VirtualLibrary } from './virtual-library.js';

/** A database that refuses rows when it is told to. */
class Refusals {
  /** How many rows are written before one is refused; undefined: none is. */
  left: number | undefined;
  /** Whether all rows after it are refused, too. */
  lasting = false;
  happened = 0;

  constructor({ connection }: ObjectStore) {
    connection.function('refused', { deterministic: false }, () => (this.#next() ? 1 : 0));
    for (const name of tableNames) {
      const table = getTableName(tables[name]);
      for (const operation of ['insert', 'update']) {
        connection.exec(
          `CREATE TEMP TRIGGER refuse_${operation}_${table} BEFORE ${operation} ON main."${table}" ` +
            `WHEN refused() BEGIN SELECT RAISE(ABORT, 'no room'); END`,
        );
      }
    }
  }

  #next(): boolean {
    if (this.left === undefined) return false;
    if (this.left > 0) {
      this.left -= 1;
      return false;
    }
    if (!this.lasting) this.left = undefined;
    this.happened += 1;
    return true;
  }
}

for (const lasting of [false, true]) {
  t.test(
    `a database that refuses ${lasting ? 'every row from any one on' : 'any one row'} loses nothing`,
    async (t) => {
      const unhandled: unknown[] = [];
      const note = (error: unknown): void => void unhandled.push(error);
      process.on('unhandledRejection', note);
      t.teardown(() => process.off('unhandledRejection', note));
      const wrong: string[] = [];
      const library = await VirtualLibrary.open(t);
      const { store } = library;
      const database = new Refusals(store);
      database.lasting = lasting;
      for (let row = 0; row === 0 || database.happened > 0; row += lasting ? 3 : 1) {
        const tell = (text: string): void => void wrong.push(`row ${row}: ${text}`);
        database.happened = 0;
        database.left = row;
        for (const work of [
          () => library.mount('ORS001L8'),
          () => library.dismount('ORS001L8'),
          () => library.mount(['ORS002L8', 'ORS003L8']),
          () => library.dismount('ORS002L8', { deferred: true }),
          () => library.mount('ORS004L8', { drives: [0] }),
        ]) {
          try {
            await work();
          } catch (error) {
            if (!(error instanceof NtmsError)) tell(String(error));
          }
          await library.manager.drain();
        }
        // There is room again.
        database.left = undefined;
        await library.manager.refresh(library.library.id);
        await library.inventory();
        for (const text of library.disagreements()) tell(text);
        const states = [NtmsLmState.NTMS_LM_QUEUED, NtmsLmState.NTMS_LM_INPROCESS, NtmsLmState.NTMS_LM_WAITING];
        for (const one of store.table('libRequests').list({ state: states })) {
          tell(`request of operation ${one.operationCode} is left in state ${one.state} (${one.errorDetail})`);
        }
        if (store.table('moveJournal').count({ outcome: 'intended' }) > 0) tell('a motion is left open');
        if (library.library.operationalState !== NtmsOperationalState.NTMS_READY) tell('the library is not ready');
        if (library.manager.operatorRequests.open().length > 0) tell('a person is still asked');
        try {
          for (const drive of [0, 1]) {
            const inside = store.table('physicalMedia').find({ location: library.drive(drive).id });
            if (inside !== undefined) await library.dismount(inside.barCode);
          }
          await library.mount('ORS001L8');
          await library.dismount('ORS001L8');
        } catch (error) {
          tell(`the library is not usable: ${String(error)}`);
        }
        if (wrong.length > 10) break;
      }
      t.same([...wrong, ...unhandled.map(String)], []);
    },
  );
}
