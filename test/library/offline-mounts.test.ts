import t from 'tap';
import { NtmsLmState, NtmsMediaState, NtmsOpreqCommand } from '../../src/ntms/index.js';
import { bringBack, takeToShelf } from '../ntms/house.js';
import { mountRequestOf } from '../ntms/waiting-mount.js';
import { refusal, VirtualLibrary } from './virtual-library.js';

const { NTMS_MEDIASTATE_LOADED: LOADED, NTMS_MEDIASTATE_OPREQ: OPREQ } = NtmsMediaState;

/** The question that a mount of a cartridge waits for. */
function questionAbout(library: VirtualLibrary, barCode: string): string {
  const arg1 = library.medium(barCode).id;
  const asked = library.manager.operatorRequests
    .open()
    .find((row) => row.request === NtmsOpreqCommand.NTMS_OPREQ_MOVEMEDIA && row.arg1 === arg1);
  if (asked === undefined) throw new Error(`nobody is asked to bring ${barCode}`);
  return asked.id;
}

await t.test(
  'a withdrawn mount of a shelved cartridge says nothing of one that another has mounted since',
  async (t) => {
    const library = await VirtualLibrary.open(t);
    const slot = await takeToShelf(library, 'ORS001L8');
    const waiting = library.mount('ORS001L8');
    waiting.catch(() => undefined);
    const { id } = mountRequestOf(library, 'ORS001L8');
    await bringBack(library, 'ORS001L8', slot);
    await library.mount('ORS001L8');
    t.equal(library.medium('ORS001L8').mediaState, LOADED);
    library.manager.cancelRequests([id], 'ERROR_CANCELLED', 'the test');
    t.match(await refusal(waiting), { symbol: 'ERROR_CANCELLED' });
    t.equal(library.medium('ORS001L8').mediaState, LOADED);
    t.same(library.disagreements(), []);
  },
);

await t.test('of two mounts that wait for a cartridge the one that stays keeps it waiting', async (t) => {
  const library = await VirtualLibrary.open(t);
  await takeToShelf(library, 'ORS001L8');
  const mounts = [library.mount('ORS001L8'), library.mount('ORS001L8')];
  for (const mount of mounts) mount.catch(() => undefined);
  await library.manager.drain();
  const { id } = mountRequestOf(library, 'ORS001L8');
  library.manager.cancelRequests([id], 'ERROR_CANCELLED', 'the test');
  t.equal(library.medium('ORS001L8').mediaState, OPREQ);
});

await t.test('only what is still missing is asked for again, and what others mounted is left alone', async (t) => {
  const library = await VirtualLibrary.open(t);
  const slot = await takeToShelf(library, 'ORS001L8');
  await takeToShelf(library, 'ORS002L8');
  const waiting = library.mount(['ORS001L8', 'ORS002L8']);
  waiting.catch(() => undefined);
  await bringBack(library, 'ORS001L8', slot);
  await library.mount('ORS001L8');
  for (const barCode of ['ORS001L8', 'ORS002L8']) {
    await library.api.SatisfyNtmsOperatorRequest(library.session, questionAbout(library, barCode));
  }
  t.equal(library.medium('ORS001L8').mediaState, LOADED);
  t.ok(questionAbout(library, 'ORS002L8'));
  t.throws(() => questionAbout(library, 'ORS001L8'));
  t.same(library.disagreements(), []);
});

await t.test('more media than the library has drives are refused when they are brought, too', async (t) => {
  const library = await VirtualLibrary.open(t);
  const barCodes = ['ORS001L8', 'ORS002L8', 'ORS003L8'];
  const slots: number[] = [];
  for (const barCode of barCodes) slots.push(await takeToShelf(library, barCode));
  const waiting = library.mount(barCodes);
  waiting.catch(() => undefined);
  const { id } = mountRequestOf(library, 'ORS001L8');
  for (const [index, barCode] of barCodes.entries()) await bringBack(library, barCode, slots[index] ?? 0);
  for (const barCode of barCodes) {
    await library.api.SatisfyNtmsOperatorRequest(library.session, questionAbout(library, barCode));
  }
  t.equal(library.store.table('libRequests').require(id).state, NtmsLmState.NTMS_LM_FAILED);
  t.match(await refusal(waiting), { symbol: 'ERROR_RESOURCE_NOT_AVAILABLE' });
});

await t.test(
  'a cartridge that was brought is not asked for any more, also while its mount waits for a drive',
  async (t) => {
    const library = await VirtualLibrary.open(t);
    const slot = await takeToShelf(library, 'ORS001L8');
    await library.mount(['ORS002L8', 'ORS003L8']);
    const waiting = library.mount('ORS001L8', { flags: 0 });
    waiting.catch(() => undefined);
    const { id } = mountRequestOf(library, 'ORS001L8');
    await bringBack(library, 'ORS001L8', slot);
    await library.api.SatisfyNtmsOperatorRequest(library.session, questionAbout(library, 'ORS001L8'));
    t.not(library.medium('ORS001L8').mediaState, OPREQ);
    library.manager.cancelRequests([id], 'ERROR_CANCELLED', 'the test');
    t.equal(library.medium('ORS001L8').mediaState, NtmsMediaState.NTMS_MEDIASTATE_IDLE);
  },
);
