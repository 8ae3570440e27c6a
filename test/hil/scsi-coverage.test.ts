import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { PAGE, scsiCoveragePage } from '../../hil/tools/scsi-coverage.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

t.test('the page of SCSI commands is what the code gives', async (t) => {
  const text = await scsiCoveragePage();
  t.equal(readFileSync(join(root, PAGE), 'utf8'), text, 'run: npx tsx hil/tools/scsi-coverage.ts');
  t.match(text, /\| A5h \| MOVE MEDIUM \| yes \| yes \| yes \| - \|/);
  t.match(text, /\| 5Fh\/04h \| PERSISTENT RESERVE OUT, PREEMPT \| yes \| - \| yes \| yes \|/, 'a service action');
  t.match(text, /\| A4h\/0Fh \| SET TIMESTAMP \| - \| - \| - \| - \|/, 'and one that is not there');
});
