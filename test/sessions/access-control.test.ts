import t from 'tap';
import { NtmsAccessMask, NtmsObjectsTypes as K, NtmsPoolType } from '../../src/objects/ntmsapi/index.js';
import type { ObjectStore } from '../../src/objects/object-store.js';
import { AccessControl, grantInitialAccess } from '../../src/sessions/access-control.js';
import type { GoverningObject } from '../../src/sessions/access-control.js';
import type { SessionIdentity } from '../../src/sessions/session-table.js';
import { addCartridge, addLibrary, ntmsErrorOf, openStore } from '../objects/open-store.js';

const { NTMS_USE_ACCESS: USE, NTMS_MODIFY_ACCESS: MODIFY, NTMS_CONTROL_ACCESS: CONTROL } = NtmsAccessMask;

function identity(user: string, { groups = [] as string[], administrator = false } = {}): SessionIdentity {
  return { user, groups, administrator, computer: 'here', application: 'tests' };
}

function rights(store: ObjectStore): {
  access: AccessControl;
  computer: GoverningObject;
  readonly grant: (object: string, trustee: string, mask: number, deny?: boolean) => void;
} {
  const access = new AccessControl(store);
  return {
    access,
    computer: access.computer(),
    grant: (object, trustee, mask, deny = false) =>
      void store.table('accessEntries').insert({ object, trustee, mask, deny }),
  };
}

await t.test('a database grants everything to who made it, and use to everyone', (t) => {
  const store = openStore(t);
  const { access, computer } = rights(store);
  grantInitialAccess(store, access, 'maker');
  t.ok(access.allows(identity('maker'), computer, USE | MODIFY | CONTROL));
  t.ok(access.allows(identity('other'), computer, USE));
  t.notOk(access.allows(identity('other'), computer, MODIFY));
  t.notOk(access.allows(identity('other'), computer, USE | MODIFY), 'all bits that are asked for');
  grantInitialAccess(store, access, 'second');
  t.notOk(access.allows(identity('second'), computer, CONTROL), 'the first one stays the maker');
  t.end();
});

await t.test('a user has what the user, the groups and everyone are granted', (t) => {
  const store = openStore(t);
  const { access, computer, grant } = rights(store);
  grant(computer.id, 'user:a', USE);
  grant(computer.id, 'group:operators', MODIFY);
  grant(computer.id, 'everyone', CONTROL);
  t.ok(access.allows(identity('a', { groups: ['operators'] }), computer, USE | MODIFY | CONTROL));
  t.notOk(access.allows(identity('operators'), computer, MODIFY), 'a user is not a group of the same name');
  t.notOk(access.allows(identity('b'), computer, USE));
  t.end();
});

await t.test('a denial wins over a grant of the same list', (t) => {
  const store = openStore(t);
  const { access, computer, grant } = rights(store);
  grant(computer.id, 'user:a', USE | MODIFY);
  grant(computer.id, 'group:guests', MODIFY, true);
  t.ok(access.allows(identity('a', { groups: ['guests'] }), computer, USE));
  t.notOk(access.allows(identity('a', { groups: ['guests'] }), computer, MODIFY));
  t.end();
});

await t.test('an administrator passes, whatever the lists say', (t) => {
  const store = openStore(t);
  const { access, computer, grant } = rights(store);
  grant(computer.id, 'everyone', USE | MODIFY | CONTROL, true);
  t.ok(access.allows(identity('root', { administrator: true }), computer, USE | MODIFY | CONTROL));
  t.end();
});

await t.test('nobody has anything where nothing is granted', (t) => {
  const { access, computer } = rights(openStore(t));
  t.notOk(access.allows(identity('a'), computer, USE));
  t.end();
});

await t.test('an object without a list is governed by what is above it, one with a list by that alone', (t) => {
  const store = openStore(t);
  const { access, computer, grant } = rights(store);
  const { id: library } = addLibrary(store, 'one', 0);
  const { free } = store.wellKnown;
  const leaf = store
    .table('mediaPools')
    .insert({ name: 'leaf', poolType: NtmsPoolType.NTMS_POOLTYPE_SCRATCH, parent: free });
  grant(computer.id, 'user:a', USE);
  const on = (kind: GoverningObject['kind'], id: string): boolean => access.allows(identity('a'), { kind, id }, USE);
  t.ok(on('library', library));
  t.ok(on('mediaPool', leaf.id));
  grant(free, 'user:b', USE);
  t.notOk(on('mediaPool', leaf.id), 'the parent pool has a list now, without this user');
  grant(leaf.id, 'user:a', USE);
  t.ok(on('mediaPool', leaf.id));
  grant(library, 'user:b', USE);
  t.notOk(on('library', library));
  t.end();
});

await t.test('media are governed by their pool, elements by their library, the rest by the computer', (t) => {
  const store = openStore(t);
  const { access, computer } = rights(store);
  const library = addLibrary(store, 'one', 1);
  const here = { library: library.id };
  const [slot] = store.table('slots').list(here);
  if (slot === undefined) throw new Error('the library has no slot');
  const medium = addCartridge(store, slot);
  const { id: lmid } = store.table('logicalMedia').insert({ mediaPool: medium.mediaPool });
  const side = store.table('sides').insert({ physicalMedia: medium.id, logicalMedia: lmid });
  const drive = store.table('drives').insert({ ...here, elementAddress: 1, number: 0 });
  const changer = store.table('changers').insert({ ...here, elementAddress: 2, number: 0 });
  const port = store.table('ports').insert({ ...here, elementAddress: 3, number: 0 });
  const door = store.table('doors').insert({ ...here, number: 0 });
  const request = store.table('libRequests').insert({ ...here, operationCode: 8, timeQueued: 0 });
  const byLibrary = { kind: 'library', id: library.id };
  const byPool = { kind: 'mediaPool', id: medium.mediaPool };
  const expected = [
    [K.NTMS_LIBRARY, library.id, byLibrary],
    [K.NTMS_STORAGESLOT, slot.id, byLibrary],
    [K.NTMS_DRIVE, drive.id, byLibrary],
    [K.NTMS_CHANGER, changer.id, byLibrary],
    [K.NTMS_IEPORT, port.id, byLibrary],
    [K.NTMS_IEDOOR, door.id, byLibrary],
    [K.NTMS_LIBREQUEST, request.id, byLibrary],
    [K.NTMS_PHYSICAL_MEDIA, medium.id, byPool],
    [K.NTMS_PARTITION, side.id, byPool],
    [K.NTMS_LOGICAL_MEDIA, lmid, byPool],
    [K.NTMS_MEDIA_POOL, medium.mediaPool, byPool],
    [K.NTMS_MEDIA_TYPE, 'any', computer],
    [K.NTMS_OPREQUEST, 'any', computer],
    [K.NTMS_COMPUTER, computer.id, computer],
  ] as const;
  for (const [kind, id, governor] of expected) t.same(access.governing(kind, id), governor, `kind ${kind}`);
  t.equal(access.governing(K.NTMS_DRIVE, 'none'), undefined);
  t.equal(access.governing(K.NTMS_PARTITION, 'none'), undefined);
  t.end();
});

await t.test('a refusal names the user, the right and the object', (t) => {
  const store = openStore(t);
  const { access, computer } = rights(store);
  const error = ntmsErrorOf(() => access.require(identity('a'), computer, CONTROL));
  t.match(error, { symbol: 'ERROR_ACCESS_DENIED', code: 5, data: { object: computer.id, mask: CONTROL } });
  t.match(error.message, /user a lacks NTMS_CONTROL_ACCESS on the computer/);
  t.end();
});
