import t from 'tap';
import { isFlat } from '../../hil/soak/flat-memory.js';
import { year } from '../../hil/soak/year.js';

const seed = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 0x7fff_ffff));

await t.test(`a week of a library of 100 slots loses nothing (seed ${seed})`, async (t) => {
  const week = await year({ days: 7, seed, folder: t.testdir() });
  t.same(week.wrong, []);
  t.equal(week.days, 7);
  t.ok(week.motions > 100);
});

await t.test('memory that grows is seen, memory that goes up and down is not', (t) => {
  const mib = 2 ** 20;
  const weeks = Array.from({ length: 52 }, (_, week) => week);
  t.equal(isFlat(weeks.map((week) => (40 + (week % 3)) * mib)), true);
  t.equal(isFlat(weeks.map((week) => (40 + week) * mib)), false);
  t.equal(isFlat([mib, 99 * mib]), true, 'two weeks tell nothing');
  t.end();
});
