import { NtmsObjectsTypes as K } from '../../../src/ntms/index.js';
import type { Guid, NTMS_OBJECTINFORMATION } from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { addPool } from '../return-codes/set-information.js';
import { governorOf, kinds, oneOfEach } from './object-kinds.js';
import { guestWith } from './rights.js';

type Fields = Readonly<Record<string, unknown>>;

/** Every field of each kind's part that the documents let a client write, with another value than the house has. */
const writable: Readonly<Record<number, Fields>> = {
  [K.NTMS_COMPUTER]: {
    ...{ dwLibRequestPurgeTime: 60, dwOpRequestPurgeTime: 0xffff_ffff, dwLibRequestFlags: 3, dwOpRequestFlags: 0x33 },
    dwMediaPoolPolicy: 3,
  },
  [K.NTMS_DRIVE]: { dwDeferDismountDelay: 10 },
  [K.NTMS_IEDOOR]: { MaxOpenSecs: 7 },
  [K.NTMS_IEPORT]: { MaxExtendSecs: 65_535 },
  [K.NTMS_LIBRARY]: { AutoRecovery: false, InventoryMethod: 2, dwFlags: 0x14 },
  [K.NTMS_MEDIA_POOL]: { AllocationPolicy: 1, DeallocationPolicy: 1, dwMaxAllocates: 9 },
};

const renamed: readonly number[] = [
  K.NTMS_LIBRARY,
  K.NTMS_LOGICAL_MEDIA,
  K.NTMS_MEDIA_POOL,
  K.NTMS_PARTITION,
  K.NTMS_PHYSICAL_MEDIA,
];

const read = ({ api, session }: VirtualLibrary, id: Guid): Promise<NTMS_OBJECTINFORMATION> =>
  api.GetNtmsObjectInformation(session, id, { dwType: K.NTMS_UNKNOWN });

/** Writes an object's record back with other values in the part of its kind, and in the common part. */
async function change(house: VirtualLibrary, id: Guid, info: Fields, common: Fields = {}): Promise<void> {
  const record = await read(house, id);
  const [[member, part] = ['', {}]] = Object.entries(record.Info);
  const changed = { ...record, ...common, Info: { [member]: { ...part, ...info } } };
  await house.api.SetNtmsObjectInformation(house.session, id, changed as unknown as NTMS_OBJECTINFORMATION);
}

export const setNtmsObjectInformationBehaviour = behaviourOf('SetNtmsObjectInformation', [
  {
    rule: 'writable-fields-per-kind',
    parameter: 'lpInfo',
    title: 'writes the description of every kind, five names, and the fields of six kinds',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const objects = oneOfEach(house);
      for (const { kind, member } of kinds) {
        const before = await read(house, objects[kind]);
        const fields = writable[kind] ?? {};
        await change(house, objects[kind], fields, { szName: `new ${kind}`, szDescription: 'changed' });
        const after = await read(house, objects[kind]);
        t.equal(after.szDescription, 'changed', member);
        t.equal(after.szName, renamed.includes(kind) ? `new ${kind}` : before.szName, member);
        const [partBefore, partAfter] = [before, after].map((one) => Object.values(one.Info)[0] as Fields);
        t.same(partAfter, { ...partBefore, ...fields }, member);
      }
    },
  },
  {
    rule: 'read-only-fields-ignored',
    title: 'does not look at the fields that are not a client’s',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { id } = house.drive(0);
      const before = await read(house, id);
      const others = { Enabled: false, dwOperationalState: 20, ObjectGuid: house.library.id, Created: new Date(0) };
      await change(house, id, { Number: 9, State: 5, Library: null, szSerialNumber: 'x' }, { ...others, szName: 'x' });
      t.same({ ...(await read(house, id)), Modified: null }, { ...before, Modified: null });
    },
  },
  {
    rule: 'every-writable-field-overwritten',
    title: 'overwrites what others wrote since the record was read',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { id } = house.library;
      const early = await read(house, id);
      await change(house, id, { AutoRecovery: false, InventoryMethod: 2 });
      await house.api.SetNtmsObjectInformation(house.session, id, { ...early, szDescription: 'mine' });
      t.match(await read(house, id), { szDescription: 'mine', Info: { Library: { AutoRecovery: true } } });
      t.equal(house.library.inventoryMethod, 1);
    },
  },
  {
    rule: 'callers-should-read-first',
    parameter: 'hSession',
    title: 'refuses a record in which a writable field has no value',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { id } = house.library;
      for (const field of ['AutoRecovery', 'InventoryMethod', 'dwFlags', 'dwCleanerUsesRemaining']) {
        t.equal((await refusal(change(house, id, { [field]: undefined }))).symbol, 'ERROR_INVALID_PARAMETER', field);
      }
    },
  },
  {
    rule: 'all-fields-change-none',
    title: 'changes nothing when one field is wrong, or the name is taken',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const pool = addPool(house);
      const before = await read(house, pool);
      const good = { AllocationPolicy: 1, dwMaxAllocates: 5 };
      const taken = change(house, pool, good, { szName: 'Free', szDescription: 'x' });
      t.equal((await refusal(taken)).symbol, 'ERROR_INVALID_PARAMETER');
      const wrong = change(house, pool, { ...good, DeallocationPolicy: 4 }, { szDescription: 'x' });
      t.equal((await refusal(wrong)).symbol, 'ERROR_INVALID_PARAMETER');
      t.same(await read(house, pool), before);
    },
  },
  {
    rule: 'flag-ignorecleanerusesremaining-never-client',
    title: 'lets the count of cleanings decide whether cleanings are counted, and other flags say how things are',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { id } = house.library;
      await change(house, id, { dwFlags: 0x1f });
      t.equal(house.library.flags, 0x14, 'what is not a client’s is not set');
      // A cleaner is in its slot, as an injection leaves it.
      house.store.table('libraries').update(id, { flags: 0x2, cleanerUsesRemaining: 5 });
      await change(house, id, { dwCleanerUsesRemaining: 0xffff_ffff, dwFlags: 0 });
      t.equal(house.library.flags, 0x8 | 0x2);
      await change(house, id, { dwCleanerUsesRemaining: 20 });
      t.equal(house.library.flags, 0x2);
      t.equal(house.library.cleanerUsesRemaining, 20);
    },
  },
  {
    change: 'modified-now-success',
    title: 'tells when the record was changed',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { id } = house.drive(0);
      await house.clock.sleep(5000);
      const now = house.clock.now();
      await change(house, id, {});
      t.equal((await read(house, id)).Modified.getTime(), now);
    },
  },
  {
    parameter: 'lpObjectId',
    title: 'asks the pool, the library or the computer for the documented right, and none other is enough',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const objects = oneOfEach(house);
      for (const { kind, governor } of kinds) {
        const needed = kind === K.NTMS_LIBRARY ? 0x4 : 0x2;
        const record = await read(house, objects[kind]);
        for (const mask of [needed, 0x6_0007 & ~needed]) {
          const { api, session } = await guestWith(house, { [governorOf(house, governor)]: mask });
          const call = api.SetNtmsObjectInformation(session, objects[kind], record);
          if (mask === needed) await t.resolves(call, `kind ${kind}`);
          else t.equal((await refusal(call)).symbol, 'ERROR_ACCESS_DENIED', `kind ${kind}`);
        }
      }
    },
  },
  {
    title: 'is in effect at once: an inventory by default, and the library goes by its new name over a restart',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { id } = house.library;
      await change(house, id, { InventoryMethod: 0 }, { szName: 'Tapes' });
      await house.api.InventoryNtmsLibrary(house.session, id, 3);
      await house.manager.drain();
      t.equal(house.store.table('libRequests').find({ operationCode: 8 })?.operationOption, 0);
      const again = await house.restart();
      const row = again.store.table('libraries').require(id);
      t.match(row, { name: 'Tapes', rigName: 'test', operationalState: 0 });
      t.equal(again.store.table('libraries').count(), 2, 'no second record is made for it');
      await change(again, id, {}, { szName: 'test' });
      t.equal((await again.restart()).library.id, id);
    },
  },
  {
    title: 'makes a pool hold another media type while it is empty, or other pools',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const pool = addPool(house);
      const { mediaType } = house.medium('ORS001L8');
      await change(house, pool, { MediaType: null });
      t.equal(house.store.table('mediaPools').require(pool).mediaType, null);
      await change(house, pool, { MediaType: mediaType });
      t.equal(house.store.table('mediaPools').require(pool).mediaType, mediaType);
    },
  },
]);
