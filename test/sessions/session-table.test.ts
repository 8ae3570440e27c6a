import t from 'tap';
import { SessionTable } from '../../src/sessions/session-table.js';
import { ntmsErrorOf } from '../objects/open-store.js';

const identity = { user: 'a', groups: [], administrator: false, computer: 'here', application: 'tests' };

await t.test('a handle is good from open to close', (t) => {
  const table = new SessionTable();
  const session = table.open(identity);
  t.equal(table.require(session), session);
  table.close(session);
  t.match(
    ntmsErrorOf(() => table.require(session)),
    { symbol: 'ERROR_INVALID_HANDLE', code: 6 },
  );
  t.match(
    ntmsErrorOf(() => table.close(session)),
    { symbol: 'ERROR_INVALID_HANDLE' },
  );
  t.end();
});

await t.test('a handle of another table, a copy, null and undefined are none', (t) => {
  const table = new SessionTable();
  const session = table.open(identity);
  for (const handle of [new SessionTable().open(identity), { ...session }, null, undefined]) {
    t.match(
      ntmsErrorOf(() => table.require(handle)),
      { symbol: 'ERROR_INVALID_HANDLE' },
    );
  }
  t.end();
});

await t.test('keeps what a session asked for, oldest first, and returns at its close what ends with it', (t) => {
  const table = new SessionTable();
  const [one, two] = [table.open(identity), table.open(identity)];
  t.not(one.id, two.id);
  table.note(one, ['mount'], 'with-session');
  table.note(one, ['inventory'], 'by-itself');
  table.note(one, ['dismount'], 'with-session');
  table.note(two, ['other'], 'with-session');
  t.same(one.requestIds, ['mount', 'inventory', 'dismount']);
  t.same(table.close(one), ['mount', 'dismount']);
  t.same(two.requestIds, ['other']);
  t.match(
    ntmsErrorOf(() => table.note(one, ['late'], 'with-session')),
    { symbol: 'ERROR_INVALID_HANDLE' },
  );
  t.end();
});
