import {
  GenericAccess,
  NtmsObjectsTypes as K,
  NtmsAccessMask,
  SecurityInformation,
  StandardAccess,
} from '../../../src/ntms/index.js';
import type { Guid, NTMS_ACCESS_ENTRY, NTMS_SECURITY_DESCRIPTOR } from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { guestOf, mountBy } from '../house.js';
import type { ApiCaller } from '../house.js';
import { governorOf, kinds, oneOfEach } from './object-kinds.js';
import { guestWith } from './rights.js';

const { OWNER_SECURITY_INFORMATION: OWNER, GROUP_SECURITY_INFORMATION: GROUP } = SecurityInformation;
const { DACL_SECURITY_INFORMATION: DACL } = SecurityInformation;
const ALL = OWNER | GROUP | DACL;
const { READ_CONTROL, WRITE_DAC } = StandardAccess;

const grant = (trustee: string, mask: number): NTMS_ACCESS_ENTRY => ({ trustee, mask, deny: false });
const deny = (trustee: string, mask: number): NTMS_ACCESS_ENTRY => ({ trustee, mask, deny: true });

const read = async ({ api, session }: ApiCaller, id: Guid, parts = ALL): Promise<NTMS_SECURITY_DESCRIPTOR> =>
  (await api.GetNtmsObjectSecurity(session, id, 0, parts, null)).lpSecurityDescriptor;

const write = (
  { api, session }: ApiCaller,
  id: Guid,
  descriptor: NTMS_SECURITY_DESCRIPTOR,
  parts: number = DACL,
): Promise<void> => api.SetNtmsObjectSecurity(session, id, 0, parts, descriptor);

const symbolOf = async (call: Promise<unknown>): Promise<string> => (await refusal(call)).symbol;

export const getNtmsObjectSecurityBehaviour = behaviourOf('GetNtmsObjectSecurity', [
  {
    rule: 'descriptors-use-ordinary-windows',
    parameter: 'lpnLengthNeeded',
    title: 'counts bytes as the ordinary layout has them, so that a program can ask for the length first',
    async run(t) {
      const { api, session, library } = await VirtualLibrary.open(t);
      // 20 for the head, 28 for the owner; the list: 8, and for each entry 8 and 28, everyone only 12.
      const needed = 20 + 28 + 8 + (8 + 28) + (8 + 12);
      const short = await refusal(api.GetNtmsObjectSecurity(session, library.id, 0, OWNER | DACL, 0));
      t.same(short.data, { lpnLengthNeeded: needed });
      const found = await api.GetNtmsObjectSecurity(session, library.id, 0, OWNER | DACL, needed);
      t.equal(found.lpnLengthNeeded, needed);
      t.same(found.lpSecurityDescriptor, {
        owner: 'user:tester',
        dacl: [grant('user:tester', 0x6_0007), grant('everyone', 1)],
        daclInherited: true,
      });
    },
  },
  {
    rule: 'effective-security-sits-pools',
    parameter: 'dwType',
    title: 'reads it of pools, libraries and the computer; of other kinds it names the object that counts',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const objects = oneOfEach(house);
      for (const { kind, governor } of kinds) {
        const governing = governorOf(house, governor);
        for (const dwType of [kind, K.NTMS_UNKNOWN]) {
          const call = house.api.GetNtmsObjectSecurity(house.session, objects[kind], dwType, DACL, null);
          if (objects[kind] === governing) {
            const { dacl } = (await call).lpSecurityDescriptor;
            t.equal(dacl?.length, 2, `kind ${kind}`);
          } else {
            const told = await refusal(call);
            t.same([told.symbol, told.data], ['ERROR_NO_SECURITY_ON_OBJECT', { governing }], `kind ${kind}`);
          }
        }
      }
    },
  },
  {
    rule: 'nested-pools-lowest-pool',
    title: 'lets the lowest pool decide about its media, and the pool above only where that one says nothing',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { store } = house;
      const medium = house.medium('ORS001L8');
      const above = store.table('mediaPools').require(medium.mediaPool).parent ?? '';
      const guest = await guestOf(house);
      const look = (): Promise<unknown> =>
        guest.api.GetNtmsObjectInformation(guest.session, medium.id, { dwType: K.NTMS_PHYSICAL_MEDIA });
      await look();
      await write(house, above, { dacl: [grant('user:tester', 7)] });
      t.equal(await symbolOf(look()), 'ERROR_ACCESS_DENIED');
      t.same(await read(house, medium.mediaPool, DACL), { dacl: [grant('user:tester', 7)], daclInherited: true });
      await write(house, medium.mediaPool, { dacl: [grant('group:visitors', 1)] });
      await look();
      t.same(await read(house, medium.mediaPool, DACL), { dacl: [grant('group:visitors', 1)], daclInherited: false });
      await write(house, medium.mediaPool, { dacl: [grant('group:visitors', 7), deny('user:guest', 1)] });
      t.equal(await symbolOf(look()), 'ERROR_ACCESS_DENIED', 'a denial wins over a grant');
    },
  },
  {
    parameter: 'RequestedInformation',
    title: 'has the parts that were asked for, and no other',
    async run(t) {
      const house = await VirtualLibrary.open(t, { caller: { user: 'root', groups: [], administrator: true } });
      const { id } = house.library;
      t.same(Object.keys(await read(house, id, OWNER)), ['owner']);
      t.same(await read(house, id, GROUP), { group: null });
      t.same(Object.keys(await read(house, id, DACL)), ['dacl', 'daclInherited']);
      t.same(await read(house, id, SecurityInformation.SACL_SECURITY_INFORMATION), {}, 'nothing is audited');
    },
  },
  {
    parameter: 'lpSecurityDescriptor',
    title: 'gives back what was set',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { id } = house.library;
      const set = {
        owner: 'group:visitors',
        group: 'group:staff',
        dacl: [grant('user:tester', 7), deny('group:night', 4), grant('everyone', 1)],
      };
      await write(house, id, set, ALL);
      t.equal(await symbolOf(read(house, id)), 'ERROR_ACCESS_DENIED', 'who gave it away may do what the list says');
      t.same(await read(await guestOf(house), id), { ...set, daclInherited: false });
    },
  },
  {
    parameter: 'hSession',
    title: 'asks for READ_CONTROL, and no other right is enough',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const objects = oneOfEach(house);
      for (const { kind, governor } of kinds) {
        for (const mask of [READ_CONTROL, WRITE_DAC | 0x7]) {
          const { api, session } = await guestWith(house, { [governorOf(house, governor)]: mask });
          const call = api.GetNtmsObjectSecurity(session, objects[kind], kind, DACL, null);
          const symbol = await call.then(
            () => 'ERROR_SUCCESS',
            (error: unknown) => (error as { symbol: string }).symbol,
          );
          t.equal(symbol === 'ERROR_ACCESS_DENIED', mask !== READ_CONTROL, `kind ${kind}, ${symbol}`);
        }
      }
    },
  },
]);

export const setNtmsObjectSecurityBehaviour = behaviourOf('SetNtmsObjectSecurity', [
  {
    rule: 'changing-dacl-needs-write',
    title: 'takes WRITE_DAC or ownership, however little the list grants to the owner',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { id } = house.library;
      const list = { dacl: [grant('everyone', 1)] };
      const guest = await guestWith(house, { [id]: READ_CONTROL | 0x7 });
      t.equal(await symbolOf(write(guest, id, list)), 'ERROR_ACCESS_DENIED');
      const other = await guestWith(house, { [id]: WRITE_DAC });
      await write(other, id, list);
      await write(house, id, { owner: 'user:guest', dacl: [] }, OWNER | DACL);
      t.equal(await symbolOf(write(house, id, list)), 'ERROR_ACCESS_DENIED', 'an empty list grants nothing');
      t.same((await read(other, id, DACL)).dacl, [], 'and the owner may read and change it');
      await write(other, id, { owner: 'group:visitors' }, OWNER);
      await write(other, id, list);
      t.same((await read(other, id)).owner, 'group:visitors', 'so may the members of a group that owns it');
    },
  },
  {
    rule: 'changing-sacl-needs-security',
    parameter: 'SecurityInformation',
    title: 'lets administrators only set what is audited, and says that nothing is',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { id } = house.library;
      const sacl = SecurityInformation.SACL_SECURITY_INFORMATION;
      t.equal(await symbolOf(write(house, id, { dacl: [] }, sacl | DACL)), 'ERROR_ACCESS_DENIED');
      t.same((await read(house, id, DACL)).daclInherited, true, 'no part was written');
    },
  },
  {
    rule: 'administrators-server-keep-access',
    title: 'lets an administrator undo a list that locks everybody out',
    async run(t) {
      const house = await VirtualLibrary.open(t, { caller: { user: 'root', groups: [], administrator: true } });
      const { id } = house.library;
      await write(house, id, { owner: 'user:nobody', dacl: [deny('everyone', 0x6_0007)] }, OWNER | DACL);
      await house.inventory();
      await write(house, id, { owner: 'user:root', dacl: null }, OWNER | DACL);
      t.match(await read(house, id), { owner: 'user:root', daclInherited: true });
    },
  },
  {
    change: 'security-descriptor-new-success',
    parameter: 'lpSecurityDescriptor',
    title: 'counts at once and over a restart, and a null list gives the object back to what is above it',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const side = house.side('ORS001L8').id;
      const guest = await guestOf(house);
      const { mediaPool } = house.medium('ORS001L8');
      await write(house, mediaPool, { dacl: [grant('user:tester', NtmsAccessMask.NTMS_USE_ACCESS)] });
      t.equal(await symbolOf(mountBy(guest, [side])), 'ERROR_ACCESS_DENIED');
      const again = await house.restart();
      const later = await guestOf(again);
      t.equal(await symbolOf(mountBy(later, [side])), 'ERROR_ACCESS_DENIED');
      await write(again, mediaPool, { dacl: null });
      t.equal(again.store.table('accessEntries').count({ object: mediaPool }), 0);
      t.same((await mountBy(later, [side])).length, 1);
    },
  },
  {
    parameter: 'lpObjectId',
    title: 'tells when the object was changed, and keeps what it says of an object no longer than the object',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { store, clock } = house;
      const parent = store.wellKnown.rootPool;
      const pool = store.table('mediaPools').insert({ name: 'Backup', poolType: 1000, parent });
      await clock.sleep(1000);
      await write(house, pool.id, { owner: 'user:tester', dacl: [grant('everyone', 1)] }, OWNER | DACL);
      t.equal(store.table('mediaPools').require(pool.id).modified, clock.now());
      store.table('mediaPools').remove(pool.id);
      t.equal(store.table('accessEntries').count({ object: pool.id }), 0);
      t.equal(store.table('objectSecurity').get(pool.id), undefined);
    },
  },
  {
    parameter: 'dwType',
    title: 'takes a generic right as what it stands for',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { id } = house.library;
      const { GENERIC_READ, GENERIC_WRITE, GENERIC_ALL } = GenericAccess;
      const dacl = [
        grant('user:tester', GENERIC_ALL),
        grant('user:a', GENERIC_READ),
        grant('user:b', GENERIC_WRITE),
        deny('user:c', (GENERIC_READ | 0x4) >>> 0),
      ];
      await house.api.SetNtmsObjectSecurity(house.session, id, K.NTMS_LIBRARY, DACL, { dacl });
      const masks = (await read(house, id, DACL)).dacl?.map(({ mask }) => mask);
      t.same(masks, [0x6_0007, 0x2_0001, 0x4_0003, 0x2_0005]);
    },
  },
  {
    parameter: 'hSession',
    title: 'asks what governs the object for WRITE_DAC before it tells that the object has no security',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const objects = oneOfEach(house);
      for (const { kind, governor } of kinds) {
        for (const mask of [READ_CONTROL | 0x7, WRITE_DAC]) {
          const { api, session } = await guestWith(house, { [governorOf(house, governor)]: mask });
          const list = { dacl: [grant('user:guest', mask)] };
          const symbol = await api.SetNtmsObjectSecurity(session, objects[kind], kind, DACL, list).then(
            () => 'ERROR_SUCCESS',
            (error: unknown) => (error as { symbol: string }).symbol,
          );
          t.equal(symbol === 'ERROR_ACCESS_DENIED', mask !== WRITE_DAC, `kind ${kind}, ${symbol}`);
        }
      }
    },
  },
]);
