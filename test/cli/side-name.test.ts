import t from 'tap';
import { CommandError } from '../../src/cli/command-error.js';
import { findLogicalMedium, findSide } from '../../src/cli/names/side-name.js';
import type { MediumView, SideView } from '../../src/cli/views/media.js';

function side(number: number, logicalMedium: string | null): SideView {
  const state = logicalMedium === null ? 'NTMS_PARTSTATE_AVAILABLE' : 'NTMS_PARTSTATE_ALLOCATED';
  return { id: `side-${number}-${logicalMedium}`, side: number, state, logicalMedium, label: '' };
}

function disc(barcode: string, sides: readonly SideView[]): MediumView {
  return {
    ...{ id: `id-${barcode}`, label: barcode, barcode, name: '', state: 'NTMS_MEDIASTATE_IDLE', enabled: true },
    ...{ library: 'bench', location: null, pool: null, mediaType: null, sides },
  };
}

const media = [
  disc('MO1', [side(0, null), side(1, 'lmid-1')]),
  disc('MO2', [side(0, 'lmid-2'), side(1, 'lmid-3')]),
  disc('MO3', [side(0, null)]),
  disc('NEW', []),
];

function codeOf(find: () => unknown): unknown {
  try {
    return find();
  } catch (error) {
    return error instanceof CommandError ? error.code : error;
  }
}

t.test('a side is named by number, by its medium, or by what is on it', (t) => {
  t.equal(findSide('MO1/1', media).side.side, 1);
  t.equal(findSide('MO1', media, { number: 1 }).label, 'MO1/1');
  t.equal(findSide('MO1', media).side.side, 0);
  t.equal(findSide('MO1', media, { preferred: ({ logicalMedium }) => logicalMedium !== null }).side.side, 1);
  t.equal(findSide('lmid-3', media).label, 'MO2/1');
  t.equal(findSide('MO3', media).label, 'MO3');
  t.equal(
    codeOf(() => findSide('MO3/1', media)),
    'OBJECT_NOT_FOUND',
  );
  t.equal(
    codeOf(() => findSide('NEW', media)),
    'OBJECT_NOT_FOUND',
  );
  t.equal(
    codeOf(() => findSide('MO9', media)),
    'MEDIUM_NOT_FOUND',
  );
  t.end();
});

t.test('a logical medium is found on the side that somebody owns', (t) => {
  t.equal(findLogicalMedium('MO1', media).logicalMedium, 'lmid-1');
  t.equal(findLogicalMedium('MO2/1', media).logicalMedium, 'lmid-3');
  t.equal(findLogicalMedium('lmid-2', media).logicalMedium, 'lmid-2');
  t.equal(
    codeOf(() => findLogicalMedium('MO2', media)),
    'OBJECT_AMBIGUOUS',
  );
  t.equal(
    codeOf(() => findLogicalMedium('MO3', media)),
    'OBJECT_NOT_FOUND',
  );
  t.equal(
    codeOf(() => findLogicalMedium('MO1/0', media)),
    'OBJECT_NOT_FOUND',
  );
  t.end();
});
