import fc from 'fast-check';
import { checkConditionFault, lostAnswerFault, lostCommandFault } from '../../devices/virtual/faults/index.js';
import type { Fault } from '../../devices/virtual/faults/index.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { OperatorError } from '../../devices/virtual/operator-error.js';
import { NtmsInventoryMethod, NtmsLmState } from '../../src/objects/ntmsapi/index.js';
import { NtmsError } from '../../src/objects/ntms-error.js';
import type { VirtualLibrary } from './virtual-library.js';

/** One thing that an application, a person, or bad luck does to a library. */
export type Act =
  | {
      readonly do: 'mount';
      readonly media: readonly number[];
      readonly drive: number | null;
      readonly how: 'at once' | 'meanwhile' | 'waiting';
    }
  | { readonly do: 'dismount'; readonly drive: number; readonly deferred: boolean }
  | { readonly do: 'inventory'; readonly method: NtmsInventoryMethod }
  | { readonly do: 'stopInventory' | 'drain' | 'restart' | 'powerCycle' }
  | { readonly do: 'swap'; readonly a: number; readonly b: number }
  | { readonly do: 'take' | 'bring'; readonly cartridge: number }
  | { readonly do: 'eject'; readonly drive: number }
  | { readonly do: 'fault'; readonly kind: FaultKind; readonly times: number };

const faultKinds = [
  'lost answer',
  'lost move',
  'move error',
  'error after the move',
  'drive error',
  'read error',
] as const;
type FaultKind = (typeof faultKinds)[number];

const mediumIndex = fc.nat({ max: 4 });

/** Acts in the proportions of a bad day: most are mounts and dismounts. */
export const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('mount' as const),
        media: fc.uniqueArray(mediumIndex, { minLength: 1, maxLength: 2 }),
        drive: fc.option(fc.nat({ max: 1 })),
        how: fc.constantFrom('at once', 'at once', 'meanwhile', 'waiting'),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('dismount' as const), drive: fc.nat({ max: 1 }), deferred: fc.boolean() }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('inventory' as const),
        method: fc.constantFrom(
          NtmsInventoryMethod.NTMS_INVENTORY_NONE,
          NtmsInventoryMethod.NTMS_INVENTORY_FAST,
          NtmsInventoryMethod.NTMS_INVENTORY_OMID,
        ),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constantFrom('drain', 'drain', 'stopInventory', 'restart', 'powerCycle') }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('swap' as const), a: fc.nat({ max: 7 }), b: fc.nat({ max: 7 }) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('take', 'bring'), cartridge: fc.nat({ max: 7 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('eject' as const), drive: fc.nat({ max: 1 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('fault' as const),
        kind: fc.constantFrom(...faultKinds),
        times: fc.integer({ min: 1, max: 3 }),
      }),
    },
  ),
  { minLength: 3, maxLength: 25 },
);

/** The same without a person's hand inside: which of two cartridges without label is which, only the robot can know. */
export const actsOfMachines: fc.Arbitrary<Act[]> = acts.map((script) =>
  script.filter((act) => act.do !== 'swap' && act.do !== 'take' && act.do !== 'bring'),
);

/** What became of a conversation. */
export interface Outcome {
  /** What must never be: one line each. */
  readonly wrong: readonly string[];
  readonly library: VirtualLibrary;
}

/** Plays the acts, mends everything a person can mend, and tells what is wrong then. */
export async function converse(first: VirtualLibrary, script: readonly Act[]): Promise<Outcome> {
  let library = first;
  const wrong: string[] = [];
  const mounts: Promise<void>[] = [];
  const notice = (text: string): void => void wrong.push(text);
  const faults: (() => void)[] = [];
  for (const act of script) {
    if (act.do === 'restart') library = await library.restart();
    else if (act.do === 'mount') {
      const mounting = mount(library, act, notice);
      mounts.push(mounting);
      if (act.how === 'at once') await mounting;
    } else if (act.do === 'fault')
      faults.push(library.autoloader.addFault(faultOf(act, library.autoloader.lunOfChanger)));
    else await play(library, act, notice);
    noticeUnexpected(library, notice);
  }
  await library.manager.drain();
  for (const remove of faults) remove();
  await mend(library);
  noticeUnexpected(library, notice);
  await library.manager.drain();
  wrong.push(...unfinished(library));
  const open = mounts.length;
  let settled = 0;
  for (const one of mounts) void one.then(() => (settled += 1));
  // What waits for a drive that an application keeps is withdrawn by its session's end.
  wrong.push(...leftOpen(library));
  await library.api.CloseNtmsSession(library.session);
  await library.manager.drain();
  await new Promise((resolve) => setImmediate(resolve));
  if (settled < open) wrong.push(`${open - settled} mounts never ended`);
  wrong.push(...library.disagreements(), ...doubled(library));
  return { wrong: [...new Set(wrong)], library };
}

async function mount(
  library: VirtualLibrary,
  act: Extract<Act, { do: 'mount' }>,
  notice: (text: string) => void,
): Promise<void> {
  const { api, session, store, autoloader } = library;
  const named = act.media.length === 1 && act.drive !== null;
  const drive = named ? library.drive(act.drive ?? 0).id : null;
  // NTMS_MOUNT_ERROR_NOT_AVAILABLE and NTMS_MOUNT_ERROR_OFFLINE
  const flags = (act.how === 'waiting' ? 0 : 0xc) | (named ? 0x10 : 0);
  try {
    const sides = act.media.map((index) => sideOf(library, index));
    const all = sides.map(() => drive);
    const used = await api.MountNtmsMedia(session, sides, all, sides.length, flags, 0, 0xffff_ffff, null);
    for (const [index, id] of used.entries()) {
      const { elementAddress, name } = store.table('drives').require(id);
      const found = autoloader.inspect().find(({ address }) => address === elementAddress)?.cartridgeId;
      const wanted = act.media[index];
      if (found !== (wanted ?? 0) + 1)
        notice(`cartridge ${wanted} was answered to be in ${name}, which holds ${found}`);
    }
  } catch (error) {
    if (!(error instanceof NtmsError)) notice(`a mount threw ${String(error)}`);
  }
}

async function play(library: VirtualLibrary, act: Act, notice: (text: string) => void): Promise<void> {
  const { api, session, autoloader, manager } = library;
  const { operator } = autoloader;
  try {
    switch (act.do) {
      case 'dismount': {
        const inside = library.store.table('physicalMedia').find({ location: library.drive(act.drive).id });
        const side = inside && library.store.table('sides').find({ physicalMedia: inside.id });
        return await api.DismountNtmsMedia(session, [side?.id ?? ''], 1, act.deferred ? 1 : 2);
      }
      case 'inventory':
        return await api.InventoryNtmsLibrary(session, library.library.id, act.method);
      case 'stopInventory':
        return await api.InventoryNtmsLibrary(session, library.library.id, NtmsInventoryMethod.NTMS_INVENTORY_STOP);
      case 'drain':
        return await manager.drain();
      case 'powerCycle':
        return await autoloader.powerCycle();
      case 'eject':
        return await operator.ejectDrive(256 + act.drive);
      case 'swap':
        return await behindDoor(library, async () => {
          const [a, b] = [slot(act.a), slot(act.b)];
          const first = await operator.removeCartridge(a);
          const second = await operator.removeCartridge(b);
          await operator.insertCartridge(a, { id: second });
          await operator.insertCartridge(b, { id: first });
        });
      case 'take':
        return await behindDoor(library, () => operator.removeCartridge(slot(act.cartridge)));
      case 'bring': {
        const [outside] = operator.outside();
        if (outside === undefined) return;
        return await behindDoor(library, () => operator.insertCartridge(slot(act.cartridge), { id: outside.id }));
      }
      default:
    }
  } catch (error) {
    // What a person cannot do just now, and what the API refuses, is part of the conversation.
    if (!(error instanceof OperatorError) && !(error instanceof NtmsError)) notice(`${act.do} threw ${String(error)}`);
  }
}

async function behindDoor(library: VirtualLibrary, work: () => Promise<unknown>): Promise<void> {
  const { operator } = library.autoloader;
  operator.openDoor();
  try {
    await work();
  } finally {
    await operator.closeDoor();
  }
}

/** A person puts everything right: no fault is left, what lies beside the device goes back in, drives are looked after. */
async function mend(library: VirtualLibrary): Promise<void> {
  const { autoloader, api, session } = library;
  for (const { id } of [...autoloader.operator.outside()]) {
    const free = autoloader.inspect().find(({ address, full, present }) => address >= 4096 && !full && present);
    if (free !== undefined) {
      await behindDoor(library, () => autoloader.operator.insertCartridge(free.address, { id }));
    }
  }
  await library.manager.refresh(library.library.id);
  await library.manager.drain();
  await api.InventoryNtmsLibrary(session, library.library.id, NtmsInventoryMethod.NTMS_INVENTORY_FAST);
  await library.manager.drain();
}

function faultOf({ kind, times }: Extract<Act, { do: 'fault' }>, changer: number): Fault {
  const move = { lun: changer, opcode: OperationCode.MOVE_MEDIUM, times };
  switch (kind) {
    case 'lost answer':
      return lostAnswerFault(move);
    case 'lost move':
      return lostCommandFault(move);
    case 'move error':
      return checkConditionFault(move, { key: 0x04, asc: 0x15, ascq: 0x01 });
    case 'error after the move': {
      const sense = checkConditionFault(move, { key: 0x04, asc: 0x15, ascq: 0x01 });
      return {
        name: kind,
        perform: (task, next) =>
          sense
            .perform(task, (passedOn) => next(passedOn).then((result) => ({ ...result, passed: true })))
            .then(async (result) => {
              if (!('passed' in result)) await next(task);
              return result;
            }),
      };
    }
    case 'drive error':
      return checkConditionFault(
        { lun: 0, opcode: OperationCode.TEST_UNIT_READY, times },
        { key: 0x04, asc: 0x40, ascq: 0x80 },
      );
    case 'read error':
      return checkConditionFault(
        { lun: changer, opcode: OperationCode.READ_ELEMENT_STATUS, times },
        { key: 0x04, asc: 0x44, ascq: 0 },
      );
  }
}

/** Requests that have neither ended nor wait for something that may come. */
function unfinished({ store }: VirtualLibrary): string[] {
  return store
    .table('libRequests')
    .list({ state: [NtmsLmState.NTMS_LM_QUEUED, NtmsLmState.NTMS_LM_INPROCESS] })
    .map(({ id, operationCode, state }) => `request ${id} (operation ${operationCode}) is left in state ${state}`);
}

/** Motions that nothing accounts for, and questions to a person who has put everything right. */
function leftOpen({ store, manager }: VirtualLibrary): string[] {
  const motions = store.table('moveJournal').list({ outcome: 'intended' });
  const questions = manager.operatorRequests.open().filter(({ libRequest }) => libRequest === null);
  return [
    ...motions.map(({ source, destination }) => `the motion from ${source} to ${destination} is still open`),
    ...questions.map(({ message }) => `a person is still asked: ${message}`),
  ];
}

function doubled({ store, autoloader, library }: VirtualLibrary): string[] {
  const inside = autoloader.inspect().filter(({ full }) => full).length;
  const media = store.table('physicalMedia').list();
  const here = media.filter(({ currentLibrary, location }) => currentLibrary === library.id && location !== null);
  const wrong = here.length === inside ? [] : [`${inside} cartridges are in the device, ${here.length} in the records`];
  const barCodes = media.map(({ barCode }) => barCode).filter((barCode) => barCode !== '');
  const strangers = here.flatMap(({ location, sequenceNumber }) => {
    const element = (['slots', 'drives', 'changers', 'ports'] as const).flatMap(
      (table) => store.table(table).get(location ?? '') ?? [],
    )[0];
    const found = autoloader.inspect().find(({ address }) => address === element?.elementAddress)?.cartridgeId;
    return found === Number(sequenceNumber)
      ? []
      : [`${sequenceNumber} is recorded where the device has cartridge ${found}`];
  });
  wrong.push(...strangers);
  const twice = barCodes.filter((barCode, index) => barCodes.indexOf(barCode) !== index);
  return [...wrong, ...twice.map((barCode) => `${barCode} has two records`)];
}

function noticeUnexpected({ manager }: VirtualLibrary, notice: (text: string) => void): void {
  for (const text of manager.notices) if (text.includes('did not expect')) notice(text);
}

/** The devices count their cartridges from 1, and the records give them their sequence numbers in the same order. */
function sideOf({ store }: VirtualLibrary, index: number): string {
  const medium = store.table('physicalMedia').find({ sequenceNumber: String(index + 1).padStart(8, '0') });
  const side = medium && store.table('sides').find({ physicalMedia: medium.id });
  if (side === undefined) throw new Error(`cartridge ${index} has no side`);
  return side.id;
}

function slot(index: number): number {
  return 4096 + index;
}
