import t from 'tap';
import {
  AdditionalSense,
  additionalSenseRanges,
  additionalSenseText,
  additionalSenseTexts,
} from '../../../devices/scsi/asc-ascq.js';
import { additionalSenseTexts00To30 } from '../../../devices/scsi/additional-sense-texts-00-30.js';
import { additionalSenseTexts31ToFF } from '../../../devices/scsi/additional-sense-texts-31-ff.js';

t.test('the table is ascending, without doubles, and has a text for each code', (t) => {
  const rows = [...additionalSenseTexts00To30, ...additionalSenseTexts31ToFF];
  t.equal(additionalSenseTexts.size, rows.length);
  t.ok(rows.length > 750, `${rows.length} codes`);
  for (const [i, [code, text]] of rows.entries()) {
    const before = rows[i - 1];
    if (before !== undefined && before[0] >= code) t.fail(`${code.toString(16)} is out of order`);
    if (text.trim() !== text || text === '' || code > 0xffff) t.fail(`${code.toString(16)} has a bad text`);
  }
  t.end();
});

t.test("each named constant carries T10's text as its name", (t) => {
  for (const [name, { asc, ascq }] of Object.entries(AdditionalSense)) {
    const fromText = additionalSenseText(asc, ascq)
      .replace(/[^A-Z0-9]+/g, '_')
      .replace(/^_|_$/g, '');
    if (fromText !== name) t.fail(`${name} is ${fromText} in the table`);
  }
  t.ok(Object.keys(AdditionalSense).length > 100);
  t.end();
});

t.test('qualifiers that are numbers are read by their range', (t) => {
  t.equal(additionalSenseText(0x40, 0x85), 'DIAGNOSTIC FAILURE ON COMPONENT 85h');
  t.equal(additionalSenseText(0x40, 0x00), 'RAM FAILURE (SHOULD USE 40 NN)');
  t.equal(additionalSenseText(0x4d, 0x07), 'TAGGED OVERLAPPED COMMANDS (TASK TAG 07h)');
  t.equal(additionalSenseText(0x70, 0x03), 'DECOMPRESSION EXCEPTION SHORT ALGORITHM ID OF 03h');
  for (const [asc, first, last, text] of additionalSenseRanges) {
    t.ok(text.includes('NN') && first <= last && asc < 0x80);
    // Every line can be reached: no listed code hides all of it.
    t.notOk(additionalSenseTexts.has(asc * 256 + last));
  }
  t.end();
});

t.test('codes outside the table are told apart by who may assign them', (t) => {
  t.equal(additionalSenseText(0x04, 0x85), 'VENDOR SPECIFIC 04h/85h');
  t.equal(additionalSenseText(0x83, 0x00), 'VENDOR SPECIFIC 83h/00h');
  t.equal(additionalSenseText(0x3b, 0x7f), 'UNASSIGNED 3Bh/7Fh');
  t.end();
});
