import t from 'tap';
import { table } from '../../src/cli/output/table.js';

const titles = ['Request', 'Operation', 'State', 'Medium', 'Drive', 'Library', 'Queued', 'Why'];
const long = 'a very long reason '.repeat(8).trim();
const rows = [['1f2e3d4c', 'mount', 'failed', 'x'.repeat(60), '0', 'a library of a long name', '2026-01-01', long]];

t.test('no line of a table is longer than the terminal is wide, however long the names are', async (t) => {
  for (const width of [200, 80, 60, 40, 20, 10]) {
    const lines = table(titles, rows, { width }).split('\n');
    const longest = Math.max(...lines.map((line) => line.length));
    t.ok(longest <= width, `${width} columns: ${longest}`);
  }
});

t.test('a table that does not fit at all becomes a block of lines for each row, with nothing left out', async (t) => {
  const text = table(
    ['Name', 'State'],
    [
      ['abcdefghij', 'ready'],
      ['b', 'lost'],
    ],
    { width: 12 },
  );
  t.equal(text, 'Name  abcdef\n      ghij\nState ready\n\nName  b\nState lost');
  const wide = table(['Name', 'State'], [['abcdefghij', 'ready']], { width: 80 });
  t.match(wide, /│ abcdefghij │ ready +│/, 'and stays a table where it does');
});
