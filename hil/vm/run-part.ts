import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SystemClock } from '../../devices/clock.js';
import { VirtualAutoloader } from '../../devices/virtual/index.js';
import { startTgt } from '../tgt/start-tgt.js';
import { TgtError } from '../tgt/tgt-error.js';
import { BenchError, type BenchErrorCode } from './bench-error.js';
import { GuestMachine } from './guest-machine.js';
import type { GuestImage } from './image/guest-image.js';
import type { Bench, Part } from './part.js';
import type { Report, TapWriter } from './tap-writer.js';

export interface PartSurroundings {
  readonly image: GuestImage;
  readonly projectRoot: string;
  /** Each part has a folder in it. */
  readonly logs: string;
  /** Ends parts that run before they have come to their end. */
  readonly interrupted: AbortSignal;
}

type End = () => Promise<void>;

const tryAgain: readonly BenchErrorCode[] = ['TIMEOUT', 'GUEST_DIED'];

/** Runs one part as a subtest, within its time, and ends all that it started. True when every check passed. */
export function runPart(part: Part, surroundings: PartSurroundings, tap: TapWriter): Promise<boolean> {
  const folder = join(surroundings.logs, part.name);
  const body = async (report: Report): Promise<void> => {
    report.comment(part.shows);
    try {
      await tryPart(report, folder);
    } catch (error) {
      // The bench's own patience ended, not a check: the machine was busy, or a foreign program hung. Said, and tried once more.
      const isOfBench = error instanceof TgtError || (error instanceof BenchError && tryAgain.includes(error.code));
      if (!isOfBench || report.failed > 0 || surroundings.interrupted.aborted) throw error;
      report.comment(`not done: ${error.message}; the part is tried once more`);
      await tryPart(report, join(folder, 'again'));
    }
  };
  const tryPart = async (report: Report, place: string): Promise<void> => {
    await mkdir(place, { recursive: true });
    const ends: End[] = [];
    const bench = benchFor(surroundings, place, ends);
    try {
      await inTime(part, part.run(bench, report), surroundings.interrupted);
    } finally {
      Object.freeze(ends);
      for (const end of ends.toReversed()) {
        await end().catch((error: unknown) => report.fail('what was started ends', { found: String(error) }));
      }
      if (report.failed > 0) report.comment(`logs: ${folder}`);
    }
  };
  return tap.part(part.name, body, () => performance.now());
}

function benchFor({ image, projectRoot }: PartSurroundings, folder: string, ends: End[]): Bench {
  const clock = new SystemClock();
  let guests = 0;
  let servers = 0;
  /** Something that is still being made when the part ends is ended as soon as it is there. */
  const started = <T>(make: () => Promise<T>, end: (made: T) => Promise<void>): Promise<T> => {
    if (Object.isFrozen(ends)) throw new BenchError('TIMEOUT', 'the part has ended; nothing more is started');
    const making = make();
    ends.push(() => making.then(end, () => undefined));
    return making;
  };
  return {
    folder,
    projectRoot,
    guest: (options = {}) => {
      const boot = () => GuestMachine.boot({ image, folder: join(folder, `guest${++guests}`), ...options });
      return started(boot, (guest) => guest.stop());
    },
    tgt: (options = {}) => {
      const start = () => startTgt({ ...options, dir: join(folder, `tgt${++servers}`) });
      // tgtd 1.0.85 dies now and then while it is being set up; a second one is another process.
      return started(
        () => start().catch(() => start()),
        (tgt) => tgt.stop(),
      );
    },
    autoloader: (profile, options = {}) => {
      const create = () => VirtualAutoloader.create({ profile, clock, timing: 'zero', ...options });
      return started(create, (autoloader) => autoloader.close());
    },
    atEnd: (cleanUp) => void ends.push(cleanUp),
  };
}

/** A part that is late or interrupted is given up; what it had started is ended under it, so it ends, too. */
async function inTime(part: Part, run: Promise<void>, interrupted: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort = (): void => undefined;
  const givenUp = new Promise<never>((_resolve, reject) => {
    const what = `${part.name} was not done after ${part.timeoutMs / 1000} s`;
    timer = setTimeout(() => reject(new BenchError('TIMEOUT', what)), part.timeoutMs);
    onAbort = () => reject(new BenchError('INTERRUPTED', `${part.name} was interrupted`));
    interrupted.addEventListener('abort', onAbort, { once: true });
    if (interrupted.aborted) onAbort();
  });
  run.catch(() => undefined);
  try {
    await Promise.race([run, givenUp]);
  } finally {
    clearTimeout(timer);
    interrupted.removeEventListener('abort', onAbort);
  }
}
