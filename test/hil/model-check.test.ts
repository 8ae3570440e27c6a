import t from 'tap';
import type { Test } from 'tap';
import { Explorer } from '../../hil/model-check/explorer.js';
import type { Scene } from '../../hil/model-check/happening.js';
import { Moment } from '../../hil/model-check/moment.js';
import { whole, withDoor, withoutPeople } from '../../hil/model-check/scenes.js';
import type { Machines } from '../../hil/model-check/small-library.js';
import { SmallWorlds, worldWidth } from '../../hil/model-check/small-world.js';
import { Symmetry } from '../../hil/model-check/symmetry.js';
import { doorMachine } from '../../machines/door.js';
import { driveMachine } from '../../machines/drive.js';
import { portMachine } from '../../machines/import-export-element.js';
import { pickerMachine } from '../../machines/medium-transport-element.js';
import { slotMachine } from '../../machines/storage-element.js';

/** Explores so far that nothing may be wrong, and gives how many states there are. */
function statesOf(t: Test, scene: Scene, mishaps: number): number {
  const explorer = new Explorer(scene);
  for (let level = 0; level <= mishaps; level += 1) {
    const found = explorer.nextLevel();
    t.comment(`${level} mishaps: ${found.states} states, ${found.transitions} transitions`);
    t.same(found.violations, []);
  }
  return explorer.states;
}

await t.test('a small library with any three mishaps loses nothing and ends every request', async (t) => {
  t.ok(statesOf(t, withoutPeople, 3) > 25_000);
});

await t.test('people at the door of a small library, and any two mishaps, bring nothing in disorder', async (t) => {
  t.ok(statesOf(t, withDoor, 2) > 20_000);
});

await t.test(
  'a small library with a port, whatever a person does there, loses nothing and ends every request',
  async (t) => {
    t.ok(statesOf(t, whole, 0) > 10_000);
  },
);

await t.test('worlds that differ only in which cartridge, drive and slot it is are one', async (t) => {
  const worlds = new SmallWorlds();
  const symmetry = new Symmetry(worlds);
  const keyAfter = (act: (moment: Moment) => void): string => {
    const moment = new Moment(worlds, worlds.first());
    act(moment);
    const key = new Uint16Array(worldWidth);
    symmetry.keyOf(moment.toWorld(), key);
    return key.join();
  };
  const untouched = keyAfter(() => undefined);
  const first = keyAfter((moment) => moment.move('tape1', 'slot1', 'drive1'));
  const second = keyAfter((moment) => moment.move('tape2', 'slot2', 'drive2'));
  const crossed = keyAfter((moment) => moment.move('tape1', 'slot1', 'slot3'));
  t.equal(first, second);
  t.equal(new Set([untouched, first, crossed]).size, 3);
  t.equal(
    keyAfter((moment) => moment.send('slot1', { type: 'DISABLED' })),
    keyAfter((moment) => moment.send('slot2', { type: 'DISABLED' })),
  );
  t.not(
    keyAfter((moment) => moment.send('slot1', { type: 'DISABLED' })),
    keyAfter((moment) => moment.send('slot3', { type: 'DISABLED' })),
    'a full slot is not an empty one',
  );
});

const withoutPort: Scene = { ...whole, port: false };

/** Machines with a mistake each, and what is seen of it. */
const mistakes: readonly {
  readonly mistake: string;
  readonly scene: Scene;
  readonly machines: Partial<Machines>;
  readonly mishaps: number;
  readonly wrong: RegExp;
}[] = [
  {
    mistake: 'a drive that forgets that an application has its medium open',
    scene: withoutPeople,
    machines: { drive: driveMachine.provide({ guards: { isOpened: () => false } }) },
    mishaps: 0,
    wrong: /^drive\d unloads what an application has open$/,
  },
  {
    mistake: 'a drive that takes a mount of another medium than it holds',
    scene: withoutPeople,
    machines: { drive: driveMachine.provide({ guards: { isOtherMedium: () => false } }) },
    mishaps: 0,
    wrong: /^the mount of tape\d is answered done, but slot\d has it$/,
  },
  {
    mistake: 'a slot that keeps believing in what left it',
    scene: withoutPeople,
    machines: { slot: slotMachine.provide({ actions: { reserve: () => undefined } }) },
    mishaps: 0,
    wrong: /^tape\d is in drive\d, believed in drive\d and slot\d$/,
  },
  {
    mistake: 'a picker that overlooks what it holds',
    scene: withoutPeople,
    machines: { picker: pickerMachine.provide({ guards: { isOnPicker: () => false } }) },
    mishaps: 1,
    wrong: /^tape\d is in picker, believed in no element$/,
  },
  {
    mistake: 'a picker that is switched off in the middle of a motion',
    scene: withoutPeople,
    machines: { picker: pickerMachine.provide({ guards: { isAtRest: () => true } }) },
    mishaps: 1,
    wrong: /^picker is disabled and gets command\.readBack$/,
  },
  {
    mistake: 'a drive that is used although it is disabled',
    scene: withoutPeople,
    machines: { drive: driveMachine.provide({ guards: { isDisabled: () => false } }) },
    mishaps: 1,
    wrong: /^a cartridge is moved at drive\d, which is disabled$/,
  },
  {
    mistake: 'a port that does not open for what was brought',
    scene: whole,
    machines: { port: portMachine.provide({ guards: { isEjecting: () => false } }) },
    mishaps: 0,
    wrong: /^from here no way leads to rest$/,
  },
  {
    mistake: 'a port that opens once too often',
    scene: whole,
    machines: { port: portMachine.provide({ guards: { moreIsAwaited: () => true } }) },
    mishaps: 0,
    wrong: /^the port is opened, which nobody wants$/,
  },
  {
    mistake: 'a door after which nobody looks what people did',
    scene: withoutPort,
    machines: { door: doorMachine.provide({ actions: { wantInventory: () => undefined } }) },
    mishaps: 1,
    wrong: /^tape\d is in outside, believed in slot\d$/,
  },
];

for (const { mistake, scene, machines, mishaps, wrong } of mistakes) {
  await t.test(`finds ${mistake}`, async (t) => {
    const explorer = new Explorer(scene, machines);
    for (let level = 0; level < mishaps; level += 1) t.same(explorer.nextLevel().violations, []);
    const { violations } = explorer.nextLevel();
    const found = violations.find((violation) => wrong.test(violation.wrong));
    t.ok(found, violations.map((violation) => violation.wrong).join('; '));
    t.ok((found?.trace.length ?? 0) > 0, 'and the way there');
  });
}

await t.test('tells the shortest way to what is wrong', async (t) => {
  const drive = driveMachine.provide({ guards: { isOpened: () => false } });
  const [violation] = new Explorer(withoutPeople, { drive }).nextLevel().violations;
  t.same(
    violation?.trace.map((happening) => happening.replaceAll(/\d/g, '')),
    [
      'a client mounts tape in drive',
      'picker answers moveMedium: done',
      'picker answers readBack: moved',
      'drive answers waitUntilReady: ready',
      'an application opens tape in drive',
      'a client dismounts drive',
    ],
  );
});
