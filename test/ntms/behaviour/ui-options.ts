import { INFINITE, NtmsUIOperations, NtmsUITypes } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';

const { NTMS_UITYPE_INFO: INFO, NTMS_UITYPE_REQ: REQ, NTMS_UITYPE_ERR: ERR } = NtmsUITypes;
const { NTMS_UIDEST_ADD: ADD, NTMS_UIDEST_DELETE: DELETE, NTMS_UIDEST_DELETEALL: DELETEALL } = NtmsUIOperations;

type House = Pick<VirtualLibrary, 'api' | 'session'>;

const add = ({ api, session }: House, object: Guid | null, type: number, name: string | null): Promise<void> =>
  api.SetNtmsUIOptions(session, object, type, ADD, name);
const list = async ({ api, session }: House, object: Guid | null, type: number): Promise<readonly string[]> =>
  (await api.GetNtmsUIOptions(session, object, type, INFINITE)).lpszDestination;

export const getNtmsUIOptionsBehaviour = behaviourOf('GetNtmsUIOptions', [
  {
    rule: 'result-list-machine-names',
    parameter: 'lpszDestination',
    title: 'gives the names in the order in which they were added, for one object and one type',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id } = library.library;
      const { computer } = library.store.wellKnown;
      for (const name of ['desk', 'archive']) await add(library, id, REQ, name);
      await add(library, id, ERR, 'pager');
      await add(library, computer, REQ, 'office');
      t.same(await list(library, id, REQ), ['desk', 'archive']);
      t.same(await list(library, id, ERR), ['pager']);
      t.same(await list(library, id, INFO), []);
      t.same(await list(library, computer, REQ), ['office']);
    },
  },
  {
    rule: 'empty-list-success-size',
    parameter: 'lpdwBufSize',
    title: 'has size 0 when it is empty, and counts every null otherwise',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      t.same(await api.GetNtmsUIOptions(session, null, REQ, 0), { lpszDestination: [], lpdwBufSize: 0 });
      for (const name of ['a', 'bc']) await add(library, null, REQ, name);
      const needed = 'a\0bc\0\0'.length;
      t.equal((await api.GetNtmsUIOptions(session, null, REQ, needed)).lpdwBufSize, needed);
      const short = await refusal(api.GetNtmsUIOptions(session, null, REQ, needed - 1));
      t.same([short.symbol, short.data], ['ERROR_INSUFFICIENT_BUFFER', { lpdwBufSize: needed }]);
    },
  },
  {
    rule: 'null-object-selects-calling',
    parameter: 'lpObjectId',
    title: 'keeps the lists of two sessions of one application apart',
    async run(t) {
      const { api, session } = await VirtualLibrary.open(t);
      const other = await api.OpenNtmsSession(null, 'tests', 0);
      await add({ api, session }, null, REQ, 'desk');
      t.same(await list({ api, session }, null, REQ), ['desk']);
      t.same(await list({ api, session: other }, null, REQ), []);
    },
  },
  {
    rule: 'error-type-messages-undefined',
    title: 'refuses a session’s list of messages about errors, and has the one of a library',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      t.match(await refusal(list(library, null, ERR)), { symbol: 'ERROR_INVALID_PARAMETER' });
      t.same(await list(library, library.library.id, ERR), []);
    },
  },
]);

export const setNtmsUIOptionsBehaviour = behaviourOf('SetNtmsUIOptions', [
  {
    rule: 'library-computer-lists-persist',
    title: 'keeps the lists of library and computer over a restart, and a session’s not',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id } = library.library;
      const { computer } = library.store.wellKnown;
      for (const object of [id, computer, null]) await add(library, object, REQ, 'desk');
      const again = await library.restart();
      t.teardown(() => again.manager.stop());
      t.same(await list(again, id, REQ), ['desk']);
      t.same(await list(again, computer, REQ), ['desk']);
      t.same(await list(again, null, REQ), []);
    },
  },
  {
    rule: 'library-computer-lists-persist',
    title: 'forgets a session’s list when the session is closed',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await add(library, null, REQ, 'desk');
      const { id } = library.session;
      t.same(library.manager.control.uiDestinations.list({ session: id }, REQ), ['desk']);
      await library.api.CloseNtmsSession(library.session);
      t.same(library.manager.control.uiDestinations.list({ session: id }, REQ), []);
    },
  },
  {
    rule: 'names-never-checked-reachability',
    parameter: 'lpszDestination',
    title: 'takes any name',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const name = 'no such computer, and no host name either';
      await add(library, null, REQ, name);
      t.same(await list(library, null, REQ), [name]);
    },
  },
  {
    rule: 'null-name-stands-client',
    title: 'puts the computer of the session for null, and this one for an empty text',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await add(library, null, REQ, null);
      await add(library, library.library.id, REQ, '');
      t.same(await list(library, null, REQ), ['testhost']);
      t.same(await list(library, library.library.id, REQ), ['testhost']);
    },
  },
  {
    rule: 'deleteall-ignores-name-silences',
    title: 'empties one list, whatever name is given with it',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      const { id } = library.library;
      for (const name of ['desk', 'archive']) await add(library, id, REQ, name);
      await add(library, id, INFO, 'desk');
      await api.SetNtmsUIOptions(session, id, REQ, DELETEALL, 7 as never);
      t.same(await list(library, id, REQ), []);
      t.same(await list(library, id, INFO), ['desk']);
    },
  },
  {
    change: 'ui-destination-exists-present',
    parameter: 'dwOperation',
    title: 'adds a row',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await add(library, library.library.id, REQ, 'desk');
      t.match(library.store.table('uiDestinations').list(), [
        { object: library.library.id, type: REQ, destination: 'desk' },
      ]);
    },
  },
  {
    change: 'ui-destination-exists-absent',
    title: 'removes the one that is named, however it is written, and no other; one that is not there is no error',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      for (const object of [library.library.id, null]) {
        for (const name of ['desk', 'archive']) await add(library, object, REQ, name);
        for (const name of ['Desk', 'attic']) await api.SetNtmsUIOptions(session, object, REQ, DELETE, name);
        t.same(await list(library, object, REQ), ['archive']);
      }
    },
  },
]);

export const closeNtmsSessionUiBehaviour = behaviourOf('CloseNtmsSession', [
  {
    rule: 'ui-destinations',
    title: 'forgets where the messages of the session went',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const other = await library.api.OpenNtmsSession(null, 'tests', 0);
      await add(library, null, REQ, 'desk');
      await add({ api: library.api, session: other }, null, REQ, 'attic');
      await library.api.CloseNtmsSession(library.session);
      t.same(library.manager.control.uiDestinations.list({ session: library.session.id }, REQ), []);
      t.same(await list({ api: library.api, session: other }, null, REQ), ['attic'], 'and no other');
    },
  },
]);
