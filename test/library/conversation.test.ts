import { join } from 'node:path';
import t from 'tap';
import fc from 'fast-check';
import { acts, actsOfMachines, converse } from './conversation.js';
import { VirtualLibrary } from './virtual-library.js';

/** Six cartridges and a cleaner, in a library with two drives. */
const labelled = [1, 2, 3, 4, 5].map((number) => ({
  elementAddress: 4095 + number,
  barcode: `ORS00${number}L8`,
  mediaType: 'L8',
  ...(number < 3 ? { ansiVolumeIdentifier: `ORS00${number}` } : {}),
}));
const cleaner = { elementAddress: 4103, barcode: 'CLNU01L1', mediaType: 'L1', cleaningUsesRemaining: 5 };

const seed = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 0x7fff_ffff));
const stuckMs = Number(process.env['STUCK_MS'] ?? 10_000);
const numRuns = Number(process.env['RUNS'] ?? 25);

const unlabelled = labelled.map(({ elementAddress, mediaType }) => ({ elementAddress, mediaType, barcode: null }));

for (const { of, script, cartridges } of [
  { of: 'labelled cartridges', script: acts, cartridges: [...labelled, cleaner] },
  { of: 'cartridges without any label', script: actsOfMachines, cartridges: unlabelled },
]) {
  t.test(`whatever happens to ${of}, each is where the records say, once (seed ${seed})`, async (t) => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    t.teardown(() => process.off('unhandledRejection', note));
    const folder = t.testdir();
    let runs = 0;
    const details = await fc.check(
      fc.asyncProperty(script, fc.constantFrom('zero' as const, 'real' as const), async (lines, timing) => {
        const closers: (() => void | Promise<void>)[] = [];
        const teardown = (close: () => void | Promise<void>): void => void closers.push(close);
        const first = await VirtualLibrary.open(
          { testdir: () => join(folder, String(runs++)), teardown },
          { cartridges, timing },
        );
        const { wrong, library } = await unlessStuck(converse(first, lines));
        await library.manager.stop();
        for (const close of closers) await close();
        if (wrong.length + unhandled.length > 0) throw new Error([...wrong, ...unhandled].join('\n'));
      }),
      { seed, numRuns },
    );
    t.equal(details.failed ? `${String(details.errorInstance)}\n${fc.defaultReportMessage(details)}` : '', '');
  });
}

/** Nothing here waits on real time; what is not over by then waits for something that never comes. */
async function unlessStuck<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('something never ended')), stuckMs);
  });
  return Promise.race([work, stuck]).finally(() => clearTimeout(timer));
}
