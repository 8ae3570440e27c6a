import t from 'tap';
import { CommandError } from '../../src/cli/command-error.js';
import { findDrive } from '../../src/cli/names/drive-name.js';
import { findMedium } from '../../src/cli/names/medium-name.js';
import { editDistance, nearMatches } from '../../src/cli/names/near-matches.js';
import { parseTimeSpan } from '../../src/cli/names/time-span.js';
import type { DriveView } from '../../src/cli/views/elements.js';
import type { MediumView } from '../../src/cli/views/media.js';

function medium(id: string, barcode: string | null, more: Partial<MediumView> = {}): MediumView {
  return {
    id,
    label: barcode ?? id,
    barcode,
    name: '',
    state: 'NTMS_MEDIASTATE_IDLE',
    enabled: true,
    library: 'bench',
    location: { kind: 'slot', id: `slot-of-${id}`, number: 4, elementAddress: 4100 },
    pool: null,
    mediaType: null,
    sides: [{ id: `${id}-side`, side: 0, state: 'NTMS_PARTSTATE_IMPORT', logicalMedium: null, label: '' }],
    ...more,
  };
}

function drive(library: string, number: number, name = ''): DriveView {
  return {
    id: `${library}-${number}`,
    library,
    number,
    name,
    elementAddress: 256 + number,
    state: 'NTMS_DRIVESTATE_DISMOUNTED',
    operationalState: 'NTMS_READY',
    enabled: true,
    cartridge: null,
    type: null,
    serialNumber: '',
    revision: '',
    deviceName: '',
    mountCount: 0,
  };
}

function errorOf(work: () => unknown): CommandError {
  try {
    work();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

await t.test('a medium is found by barcode, display name and every GUID that means it', async (t) => {
  const twoSides = medium('b', 'DSK002', {
    name: 'Holiday',
    sides: [
      { id: 'b-2', side: 1, state: 'NTMS_PARTSTATE_IMPORT', logicalMedium: null, label: '' },
      { id: 'b-1', side: 0, state: 'NTMS_PARTSTATE_ALLOCATED', logicalMedium: 'lm', label: '' },
    ],
  });
  const media = [medium('a', 'TGT001L8'), twoSides, medium('c', null, { sides: [] })];
  t.equal(findMedium('TGT001L8', media).mediaId, 'a-side');
  t.equal(findMedium('tgt001l8', media).mediaId, 'a-side', 'in the other case too');
  t.equal(findMedium('Holiday', media).mediaId, 'b-1', 'a cartridge means its first side');
  t.equal(findMedium('B-2', media).mediaId, 'b-2', 'a side by its GUID');
  t.equal(findMedium('lm', media).mediaId, 'lm', 'a logical medium by its GUID');
  t.equal(findMedium('a', media).mediaId, 'a-side', 'a cartridge by its GUID');
  t.equal(findMedium('c', media).mediaId, 'c', 'one without sides is left to the API');
});

await t.test('upper and lower case decide where both exist', async (t) => {
  const media = [medium('a', 'Tape'), medium('b', 'TAPE')];
  t.equal(findMedium('TAPE', media).medium.id, 'b');
  t.equal(errorOf(() => findMedium('tape', media)).code, 'MEDIUM_AMBIGUOUS');
});

await t.test('an unknown medium is answered with near names', async (t) => {
  const media = [medium('a', 'ORS001L8'), medium('b', 'ORS002L8'), medium('c', 'XYZ777L8')];
  const error = errorOf(() => findMedium('ORS01L8', media));
  t.equal(error.code, 'MEDIUM_NOT_FOUND');
  t.same(error.candidates, ['ORS001L8', 'ORS002L8']);
  t.match(errorOf(() => findMedium('X', [])).message, /rsm inventory/, 'and an empty database with what fills it');
});

await t.test('an ambiguous medium is answered with the GUIDs and places of all', async (t) => {
  const error = errorOf(() => findMedium('DUP', [medium('a', 'DUP'), medium('b', 'DUP', { location: null })]));
  t.equal(error.code, 'MEDIUM_AMBIGUOUS');
  t.same(error.candidates, ['a (slot 4 of bench)', 'b (on the shelf)']);
});

await t.test('a drive is found by number, name, library/number and GUID', async (t) => {
  const drives = [drive('bench', 0, 'Left'), drive('bench', 1), drive('line', 0)];
  t.equal(findDrive('1', drives).id, 'bench-1');
  t.equal(findDrive('left', drives).id, 'bench-0');
  t.equal(findDrive('line/0', drives).id, 'line-0');
  t.equal(findDrive('LINE-0', drives).id, 'line-0');
  t.equal(findDrive('0', drives, 'line').id, 'line-0', 'the library of the medium decides');
});

await t.test('a drive that is none or several is refused with what may have been meant', async (t) => {
  const drives = [drive('bench', 0), drive('line', 0)];
  const several = errorOf(() => findDrive('0', drives));
  t.same([several.code, several.candidates], ['DRIVE_AMBIGUOUS', ['bench/0', 'line/0']]);
  const none = errorOf(() => findDrive('7777', drives));
  t.same([none.code, none.candidates], ['DRIVE_NOT_FOUND', ['bench/0', 'line/0']]);
});

await t.test('near matches come nearest first and are few', async (t) => {
  t.equal(editDistance('kitten', 'sitting'), 3);
  t.equal(editDistance('', 'abc'), 3);
  t.same(nearMatches('abcd', ['abxd', 'abcd1', 'zzzz', 'ABCE', 'abxd']), ['abcd1', 'ABCE', 'abxd']);
  t.equal(nearMatches('a', ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']).length, 5);
});

await t.test('lengths of time are read with and without a unit', async (t) => {
  t.same(
    ['90', '90s', '1500ms', '5m', '1h', '0.5s', '0'].map(parseTimeSpan),
    [90_000, 90_000, 1500, 300_000, 3_600_000, 500, 0],
  );
  for (const wrong of ['', 'soon', '-1', '5d', '1e3', '4294967296', '5 0']) {
    t.equal(errorOf(() => parseTimeSpan(wrong)).code, 'USAGE', `"${wrong}"`);
  }
});
