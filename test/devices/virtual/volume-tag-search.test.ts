import fc from 'fast-check';
import t from 'tap';
import { SendActionCode } from '../../../devices/scsi/index.js';
import { volumeTagSearch } from '../../../devices/virtual/changer/volume-tag-search.js';

const search = (volumeIdentificationTemplate: string, label: string | undefined): boolean =>
  volumeTagSearch(SendActionCode.TRANSLATE_PRIMARY, {
    volumeIdentificationTemplate,
    minimumVolumeSequenceNumber: 0,
    maximumVolumeSequenceNumber: 0,
  })(label);

void t.test('an asterisk stands for any text, a question mark for one character, all else for itself', (t) => {
  for (const [template, label, found] of [
    ['ORS001L8', 'ORS001L8', true],
    ['ORS001', 'ORS001L8', false],
    ['ORS001L8', 'ORS001', false],
    ['ORS00?L8', 'ORS001L8', true],
    ['ORS00?L8', 'ORS00L8', false],
    ['ORS*', 'ORS', true],
    ['*L8', 'ORS001L8', true],
    ['*L8', 'ORS001L8L7', false],
    ['*1L*L8', 'A1L1L8', true],
    ['O*1*8', 'ORS001L8', true],
    ['O*2*8', 'ORS001L8', false],
    ['**', '', true],
    ['?', '', false],
    ['ORS.*', 'ORS001L8', false],
    ['[A-Z]*', 'ORS001L8', false],
  ] as const) {
    t.equal(search(template, label), found, `${template} and ${label}`);
  }
  t.notOk(search('*', undefined), 'no label is never found');
  t.end();
});

void t.test('finds what a regular expression for the same template finds', (t) => {
  const text = (characters: readonly string[], maxLength: number) =>
    fc.array(fc.constantFrom(...characters), { maxLength }).map((all) => all.join(''));
  fc.assert(
    fc.property(text(['A', 'B', '*', '?'], 8), text(['A', 'B'], 8), (template, label) => {
      const expression = new RegExp(`^${template.replaceAll('*', '.*').replaceAll('?', '.')}$`);
      return search(template, label) === expression.test(label);
    }),
    { numRuns: 2_000 },
  );
  t.end();
});

void t.test('the worst template is answered at once for the longest label', { timeout: 5_000 }, (t) => {
  t.notOk(search(`${'*?'.repeat(15)}*!`, 'A'.repeat(32)));
  t.notOk(search(`${'*A'.repeat(15)}*!`, 'A'.repeat(32)));
  t.end();
});
