import t from 'tap';
import type { Messenger, RSM_MESSAGE } from '../../src/library/messenger.js';
import { NtmsObjectsTypes, NtmsSlotState, NtmsUIOperations, NtmsUITypes } from '../../src/ntms/index.js';
import { takeToShelf } from '../ntms/house.js';
import { VirtualLibrary } from './virtual-library.js';

const { NTMS_UITYPE_INFO: INFO, NTMS_UITYPE_REQ: REQ, NTMS_UITYPE_ERR: ERR } = NtmsUITypes;

/** A messenger that remembers what it was told. */
class Desk implements Messenger {
  readonly sent: { readonly message: RSM_MESSAGE; readonly destinations: readonly string[] }[] = [];
  readonly recalled: string[] = [];

  SendMessage(message: RSM_MESSAGE, destinations: readonly string[]): void {
    this.sent.push({ message, destinations });
  }

  RecallMessage(lpGuid: string): void {
    this.recalled.push(lpGuid);
  }

  /** What was said about operator requests, and to whom. */
  get questions(): string[] {
    return this.#about(NtmsObjectsTypes.NTMS_OPREQUEST).map(
      ({ message, destinations }) => `${destinations.join('+')}: ${message.lpszMessage}`,
    );
  }

  /** States of library requests that were told, and to whom. */
  get progress(): string[] {
    return this.#about(NtmsObjectsTypes.NTMS_LIBREQUEST).map(
      ({ message, destinations }) => `${destinations.join('+')}: ${message.dwState}`,
    );
  }

  #about(kind: number) {
    return this.sent.filter(({ message }) => message.dwNtmsType === kind);
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function listen({ api, session }: VirtualLibrary, object: string | null, type: number, name: string) {
  await api.SetNtmsUIOptions(session, object, type, NtmsUIOperations.NTMS_UIDEST_ADD, name);
}

const say = ({ api, session }: VirtualLibrary, text: string): Promise<string> =>
  api.SubmitNtmsOperatorRequest(session, 5, text, null, null);

await t.test(
  'an operator request is told to the lists of its session and of the computer, once to each name',
  async (t) => {
    const desk = new Desk();
    const library = await VirtualLibrary.open(t, { messengers: [desk] });
    await listen(library, null, REQ, 'mine');
    await listen(library, null, REQ, 'office');
    await listen(library, library.store.wellKnown.computer, REQ, 'OFFICE');
    await listen(library, library.library.id, REQ, 'archive');
    const id = await say(library, 'paper is out');
    await turn();
    t.same(desk.questions, ['mine+OFFICE: paper is out']);
    const { lpszTimeSubmitted, ...message } = desk.sent[0]?.message ?? { lpszTimeSubmitted: '' };
    t.equal(lpszTimeSubmitted, new Date(library.clock.now()).toISOString());
    t.same(message, {
      lpguidOperation: id,
      dwNtmsType: NtmsObjectsTypes.NTMS_OPREQUEST,
      dwState: 1,
      dwFlags: 0,
      dwPriority: 0,
      dwErrorCode: 0,
      lpszComputerName: 'testhost',
      lpszApplication: 'tests',
      lpszUser: 'tester',
      lpszMessage: 'paper is out',
    });
  },
);

await t.test('a message is recalled when its request is answered, withdrawn or removed', async (t) => {
  const desk = new Desk();
  const library = await VirtualLibrary.open(t, { messengers: [desk] });
  await listen(library, null, REQ, 'mine');
  const [done, refused, open] = [await say(library, 'a'), await say(library, 'b'), await say(library, 'c')];
  library.manager.operatorRequests.acknowledge(open);
  await turn();
  t.same(desk.recalled, []);
  t.equal(desk.questions.length, 3, 'what becomes of an open request is not told again');
  await library.api.SatisfyNtmsOperatorRequest(library.session, done);
  await library.api.CancelNtmsOperatorRequest(library.session, refused);
  library.manager.operatorRequests.withdraw(open);
  await turn();
  t.same(desk.recalled, [done, refused, open]);
});

await t.test('a mount that misses its cartridge asks the list of the session that mounts', async (t) => {
  const desk = new Desk();
  const library = await VirtualLibrary.open(t, { messengers: [desk] });
  await takeToShelf(library, 'ORS003L8');
  await listen(library, null, REQ, 'mine');
  library.mount('ORS003L8', { flags: 0 }).catch(() => undefined);
  await turn();
  t.match(desk.questions[0], /^mine: Bring ORS003L8/);
  const [question] = library.manager.operatorRequests.open();
  await library.api.CloseNtmsSession(library.session);
  await turn();
  t.same(desk.recalled, [question?.id], 'and nobody is asked when the mount is given up');
});

await t.test('trouble with a drive goes to the list of errors of its library', async (t) => {
  const desk = new Desk();
  const library = await VirtualLibrary.open(t, { messengers: [desk] });
  await listen(library, library.library.id, ERR, 'pager');
  await listen(library, library.library.id, REQ, 'desk');
  await library.api.SubmitNtmsOperatorRequest(library.session, 3, 'it squeals', library.drive(0).id, null);
  await turn();
  t.same(desk.questions, ['pager: it squeals']);
});

await t.test('progress of a mount is told state by state, and its failure to the list of errors', async (t) => {
  const desk = new Desk();
  const library = await VirtualLibrary.open(t, { messengers: [desk] });
  await listen(library, null, INFO, 'mine');
  await library.mount('ORS001L8');
  await turn();
  const states = desk.progress;
  t.equal(states.at(-1), 'mine: 2');
  t.equal(new Set(states).size, states.length, 'no state twice');
  await listen(library, library.library.id, ERR, 'pager');
  const { store } = library;
  const slot = store.table('slots').require(library.medium('ORS002L8').location ?? '');
  const empty = store.table('slots').find({ state: NtmsSlotState.NTMS_SLOTSTATE_EMPTY, library: library.library.id });
  await library.moveBehindTheBack(slot.elementAddress, empty?.elementAddress ?? 0);
  await t.rejects(library.mount('ORS002L8', { flags: 0, drives: [1] }));
  await library.manager.drain();
  await turn();
  t.equal(desk.progress.filter((line) => line === 'pager: 3').length, 1);
  const told = desk.sent.filter(({ message, destinations }) => message.dwState === 3 && destinations[0] === 'pager');
  t.same(
    told.map(({ message }) => message.dwErrorCode),
    [5023],
  );
});

await t.test('nothing is said where nobody listens, nor when the administrator wants no alerts', async (t) => {
  const desk = new Desk();
  const library = await VirtualLibrary.open(t, { messengers: [desk] });
  await say(library, 'nobody hears this');
  await turn();
  await listen(library, null, REQ, 'mine');
  library.store.table('computers').update(library.store.wellKnown.computer, { opRequestFlags: 0x10 });
  await say(library, 'nor this');
  await turn();
  t.same(desk.sent, []);
});

await t.test('a messenger that fails keeps neither the others nor the work from going on', async (t) => {
  const desk = new Desk();
  const broken: Messenger = {
    SendMessage: () => {
      throw new Error('the line is dead');
    },
    RecallMessage: () => Promise.reject(new Error('the line is dead')),
  };
  const library = await VirtualLibrary.open(t, { messengers: [broken, desk] });
  await listen(library, null, REQ, 'mine');
  const id = await say(library, 'hello');
  await library.api.SatisfyNtmsOperatorRequest(library.session, id);
  await turn();
  t.equal(desk.recalled.length, 1);
  t.match(library.manager.notices.join('\n'), /the line is dead/);
});
