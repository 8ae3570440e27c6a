import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { keptSeeds } from '../../hil/crash-storm/kept-seeds.js';
import { openHardware, openStormHouse, stormCartridges } from '../../hil/crash-storm/storm-house.js';
import { storm, type StormKind } from '../../hil/crash-storm/storm.js';
import { verdict } from '../../hil/workload/verdict.js';
import { packageRoot } from '../../src/objects/package-root.js';
import { NtmsLmState, NtmsOpreqCommand, NtmsOpreqState, NtmsPartitionState } from '../../src/ntms/index.js';

const worker = join(packageRoot(), 'dist', 'hil', 'crash-storm', 'worker.js');
const seed = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 0x7fff_ffff));
const ROUNDS = 4;

for (const kind of ['embedded', 'iscsi'] as const satisfies readonly StormKind[]) {
  for (const one of [seed, ...keptSeeds]) {
    await t.test(`nothing is lost when the manager is killed, ${kind} hardware (seed ${one})`, async (t) => {
      if (!existsSync(worker)) throw new Error(`${worker} is missing: run "npm run build" first`);
      const rounds = await storm({
        kind,
        rounds: ROUNDS,
        seed: one,
        folder: join(t.testdir(), kind),
        worker: [process.execPath, worker],
      });
      t.equal(rounds.length, ROUNDS);
      t.same(
        rounds.flatMap(({ wrong }) => wrong),
        [],
      );
    });
  }
}

await t.test('the verdict sees what is wrong', async (t) => {
  const autoloader = await openHardware();
  const house = await openStormHouse(t.testdir(), { kind: 'attached', autoloader });
  t.teardown(async () => {
    await house.close();
    await autoloader.close();
  });
  const { store } = house;
  t.same(verdict(house, stormCartridges().length), []);

  const [medium] = store.table('physicalMedia').list({ barCode: 'CRS000L8' });
  const library = store.table('libraries').find({ name: 'storm' });
  if (medium === undefined || library === undefined) throw new Error('the storm has no cartridge');
  const free = store
    .table('slots')
    .list()
    .find(({ id }) => store.table('physicalMedia').count({ location: id }) === 0);
  store.table('physicalMedia').update(medium.id, { location: free?.id ?? null });
  t.match(verdict(house, stormCartridges().length).join('\n'), /holds CRS000L8, the records say empty/);
  store.table('physicalMedia').update(medium.id, { location: medium.location });

  const request = store.table('libRequests').insert({
    operationCode: 1,
    library: library.id,
    timeQueued: 0,
    state: NtmsLmState.NTMS_LM_INPROCESS,
  });
  t.match(verdict(house, stormCartridges().length), [/is left in state 1/]);
  store.table('libRequests').remove(request.id);

  const { id } = store.table('logicalMedia').insert({ mediaPool: medium.mediaPool });
  t.match(verdict(house, stormCartridges().length), [/is on no side/]);
  store.table('logicalMedia').remove(id);

  const [side] = store.table('sides').list({ physicalMedia: medium.id });
  const owned = store.table('logicalMedia').insert({ mediaPool: medium.mediaPool }).id;
  const before = { state: side?.state ?? 0, logicalMedia: null };
  store
    .table('sides')
    .update(side?.id ?? '', { state: NtmsPartitionState.NTMS_PARTSTATE_ALLOCATED, logicalMedia: owned });
  t.match(verdict(house, stormCartridges().length), [/is allocated in .*, a pool of the system/]);
  store.table('sides').update(side?.id ?? '', before);
  store.table('logicalMedia').remove(owned);

  const ended = { operationCode: 1, library: library.id, timeQueued: 0, state: NtmsLmState.NTMS_LM_FAILED };
  const libRequest = store.table('libRequests').insert(ended).id;
  const question = store.table('opRequests').insert({
    request: NtmsOpreqCommand.NTMS_OPREQ_MESSAGE,
    state: NtmsOpreqState.NTMS_OPSTATE_SUBMITTED,
    submitted: 0,
    message: 'bring it',
    libRequest,
  });
  t.match(verdict(house, stormCartridges().length), [/is still asked, though the request has ended: bring it/]);
  store.table('opRequests').remove(question.id);
  store.table('libRequests').remove(libRequest);

  autoloader.operator.openDoor();
  const taken = await autoloader.operator.removeCartridge(autoloader.profile.elements.storage.first);
  t.match(verdict(house, stormCartridges().length).join('\n'), /is empty, the records say CRS000L8/);
  await autoloader.operator.insertCartridge(autoloader.profile.elements.storage.first, { id: taken });
  await autoloader.operator.closeDoor();
  t.same(verdict(house, stormCartridges().length), []);
});
