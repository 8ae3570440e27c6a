import t from 'tap';
import fc from 'fast-check';
import { chooseDrives } from '../../src/library/drive-choice.js';
import type { DriveCandidate, WantedDrive } from '../../src/library/drive-choice.js';

const drive = (number: number, given: Partial<DriveCandidate> = {}): DriveCandidate => ({
  id: `d${number}`,
  number,
  enabled: true,
  failed: false,
  claimed: false,
  state: 'empty',
  mediumId: null,
  dismountableSince: 0,
  ...given,
});
const holding = (number: number, mediumId: string, dismountableSince = 0): DriveCandidate =>
  drive(number, { state: 'evictable', mediumId, dismountableSince });
const any = (mediumId: string): WantedDrive => ({ mediumId, drive: null });

const cases: readonly {
  title: string;
  wanted: readonly WantedDrive[];
  drives: readonly DriveCandidate[];
  chosen: readonly string[] | undefined;
}[] = [
  { title: 'the empty drive with the lowest number', wanted: [any('a')], drives: [drive(1), drive(0)], chosen: ['d0'] },
  {
    title: 'the drive that the cartridge is in, before an empty one',
    wanted: [any('a')],
    drives: [drive(0), holding(1, 'a')],
    chosen: ['d1'],
  },
  {
    title: 'an empty drive before one that has to be emptied',
    wanted: [any('a')],
    drives: [holding(0, 'x'), drive(1)],
    chosen: ['d1'],
  },
  {
    title: 'the drive whose cartridge waits longest',
    wanted: [any('a')],
    drives: [holding(0, 'x', 20), holding(1, 'y', 10)],
    chosen: ['d1'],
  },
  {
    title: 'the wanted drive, although the cartridge is in another one',
    wanted: [{ mediumId: 'a', drive: 'd0' }],
    drives: [drive(0), holding(1, 'a')],
    chosen: ['d0'],
  },
  {
    title: 'nothing when the wanted drive is taken',
    wanted: [{ mediumId: 'a', drive: 'd0' }],
    drives: [drive(0, { claimed: true }), drive(1)],
    chosen: undefined,
  },
  ...(['enabled', 'failed', 'claimed'] as const).map((what) => ({
    title: `no drive that is ${what === 'enabled' ? 'disabled' : what}`,
    wanted: [any('a')],
    drives: [drive(0, { [what]: what !== 'enabled' })],
    chosen: undefined,
  })),
  {
    title: 'no drive that an application uses',
    wanted: [any('a')],
    drives: [drive(0, { state: 'occupied', mediumId: 'x' })],
    chosen: undefined,
  },
  { title: 'all drives of a group or none', wanted: [any('a'), any('b')], drives: [drive(0)], chosen: undefined },
  {
    title: 'two drives whose cartridges change places',
    wanted: [
      { mediumId: 'a', drive: 'd0' },
      { mediumId: 'b', drive: 'd1' },
    ],
    drives: [holding(0, 'b'), holding(1, 'a')],
    chosen: ['d0', 'd1'],
  },
  {
    title: 'the drive that a companion has to leave, when there is no other',
    wanted: [{ mediumId: 'a', drive: 'd1' }, any('b')],
    drives: [holding(0, 'a'), drive(1)],
    chosen: ['d1', 'd0'],
  },
  {
    title: 'another drive before the one that a companion has to leave',
    wanted: [{ mediumId: 'a', drive: 'd1' }, any('b')],
    drives: [holding(0, 'a'), drive(1), holding(2, 'x')],
    chosen: ['d1', 'd2'],
  },
];

for (const { title, wanted, drives, chosen } of cases) {
  t.test(`takes ${title}`, (t) => {
    t.same(chooseDrives(wanted, drives), chosen);
    t.end();
  });
}

t.test('takes usable drives only, none twice, and finds a choice whenever there is one', (t) => {
  const candidate = fc.record({
    enabled: fc.boolean(),
    failed: fc.boolean(),
    claimed: fc.boolean(),
    state: fc.constantFrom('empty', 'evictable', 'occupied'),
    dismountableSince: fc.nat({ max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 4 }), fc.integer({ min: 1, max: 3 }), (given, count) => {
      const drives = given.map((one, index): DriveCandidate => {
        const mediumId = one.state === 'empty' ? null : `m${index}`;
        return drive(index, { ...one, mediumId });
      });
      const wanted = Array.from({ length: count }, (_, index) => any(`m${index}`));
      const usable = drives.filter(
        ({ enabled, failed, claimed, state }) => enabled && !failed && !claimed && state !== 'occupied',
      );
      const chosen = chooseDrives(wanted, drives);
      if (chosen === undefined) return usable.length < count;
      return new Set(chosen).size === count && chosen.every((id) => usable.some((one) => one.id === id));
    }),
  );
  t.pass('over many libraries');
  t.end();
});
