import { readFileSync } from 'node:fs';
import t from 'tap';
import { findProfile, profileIds, type ElementRange } from '../../../devices/profiles/index.js';

void t.test('the table of models in the documentation is that of the profiles', (t) => {
  const text = readFileSync(new URL('../../../docs/virtual-autoloader.md', import.meta.url), 'utf8');
  const rows = text
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' '))
    .filter((line) => /^\| `[a-z0-9-]+` \| \d/.test(line));
  const range = ({ first, count }: ElementRange): string => (count === 0 ? '-' : `${first} (${count})`);
  t.same(
    rows,
    profileIds().map((id) => {
      const { changer, drives, elements } = findProfile(id);
      const ranges = [elements.mediumTransport, elements.storage, elements.importExport, elements.dataTransfer];
      const cells = [`\`${id}\``, changer.lun, drives.luns.join(', '), ...ranges.map((each) => range(each))];
      return `| ${cells.join(' | ')} |`;
    }),
  );
  t.end();
});
