import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { BenchError } from './bench-error.js';
import { makeGuestImage, type GuestImage } from './image/guest-image.js';
import type { Part } from './part.js';
import { parts } from './parts/index.js';
import { prepareMachine } from './prerequisites.js';
import { runProgram } from './host-program.js';
import { runPart } from './run-part.js';
import { TapWriter } from './tap-writer.js';

/**
 * `npm run test:vm`: the project against a real Linux kernel, in guests under QEMU. One TAP stream, a subtest for each part; the
 * last lines are the totals and one sentence. The exit status is 0 when no check failed, also on a machine that cannot run guests.
 */
const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const options = new Command('test:vm')
  .description('Runs the project against a real Linux kernel under QEMU')
  .option('--only <part...>', 'these parts only, by name or by the beginning of their names')
  .option('--list', 'name the parts and what each shows')
  .option(
    '--jobs <number>',
    'how many parts at a time; a guest keeps little more than one processor busy',
    wholeNumber,
    2,
  )
  .option('--keep', 'keep the logs of parts that passed, too')
  .option('--required', 'fail where the parts cannot run, instead of skipping them')
  .parse()
  .opts();

if (options.list === true) for (const { name, shows } of parts) console.log(`${name}: ${shows}`);
else process.exitCode = await testVm(chosenParts(options.only), options);

async function testVm(chosen: readonly Part[], { keep, jobs, required }: VmOptions): Promise<number> {
  const startedMs = performance.now();
  const tap = new TapWriter((line) => console.log(line));
  const missing = await prepareMachine((line) => tap.comment(line));
  if (missing !== undefined) {
    if (required === true) tap.fail('the bench can run here', missing);
    for (const { name } of chosen) tap.skip(name, missing);
    tap.end();
    tap.comment(`Nothing was judged: this machine lacks ${missing}.`);
    return required === true ? 1 : 0;
  }
  const logs = await mkdtemp(join(tmpdir(), 'openrsm-vm-'));
  let failures = 0;
  const image = await prepared(tap);
  if (image === undefined) failures++;
  else {
    tap.comment(`kernel ${image.kernelVersion}, ready after ${seconds(startedMs)} s; logs in ${logs}`);
    const interrupted = interruption(tap);
    const waiting = [...chosen];
    const worker = async (): Promise<void> => {
      for (let part = waiting.shift(); part !== undefined; part = interrupted.aborted ? undefined : waiting.shift()) {
        const passed = await runPart(part, { image, projectRoot, logs, interrupted }, tap);
        if (!passed) failures++;
        else if (keep !== true) await rm(join(logs, part.name), { recursive: true, force: true });
      }
    };
    await Promise.all(Array.from({ length: jobs }, worker));
  }
  tap.end();
  const { pass, fail } = tap.totals;
  if (failures === 0) {
    if (keep !== true) await rm(logs, { recursive: true, force: true });
    tap.comment(
      `All ${pass} checks of ${chosen.length} parts passed on kernel ${image?.kernelVersion} in ${seconds(startedMs)} s.`,
    );
    return 0;
  }
  tap.comment(`${fail} of ${pass + fail} checks failed in ${failures} of ${chosen.length} parts; logs in ${logs}`);
  return 1;
}

/** The first signal ends what runs, so that no guest and no server is left behind; the second one ends the bench itself. */
function interruption(tap: TapWriter): AbortSignal {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      tap.comment(`${signal}: ending what runs`);
      abort.abort();
    });
  }
  return abort.signal;
}

interface VmOptions {
  readonly jobs: number;
  readonly keep?: true | undefined;
  readonly required?: true | undefined;
}

/** What every part needs; undefined when it could not be made, which is reported as a part that failed. */
async function prepared(tap: TapWriter): Promise<GuestImage | undefined> {
  let image: GuestImage | undefined;
  const make = async (): Promise<void> => {
    // Guests run the compiled project: compiling takes a minute there.
    await runProgram([process.execPath, join(projectRoot, 'hil', 'tools', 'build.mjs'), '--if-needed']);
    image = await makeGuestImage(join(projectRoot, 'node_modules', '.cache', 'openrsm-vm'));
  };
  await tap.part(
    'preparation',
    async (report) => {
      await make();
      report.ok(image !== undefined, 'the project is compiled, a kernel and its first root are there');
    },
    () => performance.now(),
  );
  return image;
}

function chosenParts(only: readonly string[] | undefined): readonly Part[] {
  if (only === undefined) return parts;
  const unknown = only.find((name) => !parts.some((part) => part.name.startsWith(name)));
  if (unknown !== undefined) {
    const names = parts.map(({ name }) => name).join(', ');
    const error = new BenchError('USAGE', `There is no part "${unknown}". Write one of: ${names}.`);
    console.error(`test:vm: ${error.message}`);
    process.exit(2);
  }
  return parts.filter((part) => only.some((name) => part.name.startsWith(name)));
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 1 to 99.');
  return Number(text);
}

function seconds(sinceMs: number): string {
  return ((performance.now() - sinceMs) / 1000).toFixed(0);
}
