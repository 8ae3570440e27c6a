import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { NtmsCreateOptions, NtmsInventoryMethod, NtmsPoolType } from '../../src/ntms/index.js';
import { VirtualLibrary } from '../library/virtual-library.js';
import { scripts, type Act } from './model/acts.js';
import { converse } from './model/play.js';

const seed = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 0x7fff_ffff));
const numRuns = Number(process.env['RUNS'] ?? 20);

const cartridges = [1, 2, 3, 4].map((number) => ({
  elementAddress: 4095 + number,
  barcode: `ORS00${number}L8`,
  mediaType: 'L8',
  ...(number < 3 ? { ansiVolumeIdentifier: `ORS00${number}` } : {}),
}));

/** Conversations that once did not go as the model says. */
const kept: readonly (readonly Act[])[] = [];

await t.test(`three users get from the API what the reference model says (seed ${seed})`, async (t) => {
  const folder = t.testdir();
  let runs = 0;
  const details = await fc.check(
    fc.asyncProperty(scripts, async (script) => {
      const closers: (() => void | Promise<void>)[] = [];
      const place = join(folder, String(runs++));
      const library = await openHouse({ testdir: () => place, teardown: (close) => void closers.push(close) });
      const wrong = await converse(library, script);
      for (const close of closers) await close();
      if (wrong.length > 0) throw new Error(wrong.join('\n'));
    }),
    { seed, numRuns, examples: kept.map((script) => [[...script]]) },
  );
  t.equal(details.failed ? `${String(details.errorInstance)}\n${fc.defaultReportMessage(details)}` : '', '');
});

/** Two cartridges with labels, two blank ones, all looked at; two of them have a second side. */
async function openHouse(place: Parameters<typeof VirtualLibrary.open>[0]): Promise<VirtualLibrary> {
  const library = await VirtualLibrary.open(place, { cartridges });
  const { store } = library;
  await library.inventory(NtmsInventoryMethod.NTMS_INVENTORY_OMID);
  for (const barCode of ['ORS001L8', 'ORS003L8']) {
    const { state } = library.side(barCode);
    store.table('sides').insert({ physicalMedia: library.medium(barCode).id, side: 1, state, name: `${barCode} B` });
  }
  await workFromBefore(library);
  // Cartridges that leave stay known.
  store.table('computers').update(store.wellKnown.computer, { mediaPoolPolicy: 2 });
  return library;
}

/** Free cartridges, a pool that draws from them and is the guest's too, and one that has a cartridge of its own. */
async function workFromBefore(library: VirtualLibrary): Promise<void> {
  const { api, session, store } = library;
  const { mediaType } = library.medium('ORS001L8');
  const free = store.table('mediaPools').find({ mediaType, poolType: NtmsPoolType.NTMS_POOLTYPE_SCRATCH })?.id ?? '';
  const make = (name: string) =>
    api.CreateNtmsMediaPool(session, name, mediaType, NtmsCreateOptions.NTMS_CREATE_NEW, null);
  const shared = await make('Oak');
  store.table('mediaPools').update(shared, { allocationPolicy: 1, deallocationPolicy: 1 });
  store.table('accessEntries').insert({ object: shared, trustee: 'user:guest', mask: 0x7 });
  const own = await make('Pine');
  for (const barCode of ['ORS001L8', 'ORS002L8', 'ORS003L8']) {
    await api.MoveToNtmsMediaPool(session, library.medium(barCode).id, free);
  }
  await api.MoveToNtmsMediaPool(session, library.medium('ORS003L8').id, own);
}
