/**
 * Works until it is killed: `node worker.js FOLDER SEED [PORTAL TARGET]`. Writes `ready` when the manager has started, then a line
 * for each deed that has ended.
 */
import { deeds } from '../workload/deeds.js';
import { RandomNumbers } from '../workload/random-numbers.js';
import { openStormHouse } from './storm-house.js';

const [folder = '', seed = '1', portal, target] = process.argv.slice(2);
const random = new RandomNumbers(Number(seed));
const house = await openStormHouse(
  folder,
  portal === undefined || target === undefined ? { kind: 'embedded' } : { kind: 'iscsi', portal, target },
);
const session = await house.api.OpenNtmsSession(null, 'storm', 0);
console.log('ready');

/** Several at a time, so that a kill meets more than one thing. */
const HANDS = 5;
await Promise.all(
  Array.from({ length: HANDS }, async () => {
    for (;;) {
      const [name, deed] = random.pick(deeds) ?? ['nothing', () => Promise.resolve()];
      const outcome = await deed({ house, session, random }).then(
        () => 'done',
        (error: unknown) => refusalOf(error),
      );
      console.log(`${name}: ${outcome}`);
      // The hardware in this process takes no time; others must have a turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }),
);

/** What the API refuses is part of the day; anything else ends the storm. */
function refusalOf(error: unknown): string {
  if (error instanceof Error && 'symbol' in error) return String(error.symbol);
  console.error(error);
  process.exit(3);
}
