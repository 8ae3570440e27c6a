import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { SystemClock } from '../../../../devices/clock.js';
import { attachIscsi, type AttachIscsiOptions } from '../../../../devices/virtual/attach/iscsi/index.js';
import { TestTarget } from '../../transport/test-target.js';

const run = promisify(execFile);
const source = join(dirname(fileURLToPath(import.meta.url)), '../../../../hil/bench/libiscsi-load.c');

const dir = await mkdtemp(join(tmpdir(), 'openrsm-libiscsi-'));
t.teardown(() => rm(dir, { recursive: true, force: true }));
const program = join(dir, 'libiscsi-load');
/** Why the program could not be built; an initiator that nobody here wrote needs a compiler and libiscsi-dev. */
const missing = await run('cc', ['-O1', '-o', program, source, '-liscsi']).then(
  () => false as const,
  (error: Error) => `no C compiler or no libiscsi-dev: ${error.message.split('\n')[0] ?? ''}`,
);

/** Runs the program against the target for a moment; gives what it prints. */
async function load(options: Partial<AttachIscsiOptions>, account = ''): Promise<{ rate: number; errors: string[] }> {
  const clock = new SystemClock();
  const errors: string[] = [];
  const target = new TestTarget(clock);
  const onError = ({ message }: Error): number => errors.push(message);
  const attachment = await attachIscsi({ target, clock, port: 0, onError, ...options });
  try {
    const url = `iscsi://${account}${attachment.portal}/${attachment.targetName}/0`;
    const { stdout } = await run(program, [url, '0', '32', '100'], { timeout: 20_000 });
    return { rate: Number(stdout), errors };
  } finally {
    await attachment.close();
  }
}

await t.test('serves libiscsi with many commands in flight', { skip: missing }, async (t) => {
  const { rate, errors } = await load({});
  t.ok(rate > 100, `${rate} commands/s`);
  t.strictSame(errors, []);
});

await t.test('serves libiscsi through a narrow command window', { skip: missing }, async (t) => {
  const { rate, errors } = await load({ limits: { commandWindow: 2 } });
  t.ok(rate > 100, `${rate} commands/s`);
  t.strictSame(errors, []);
});

await t.test('serves libiscsi with CHAP, and refuses it with a wrong secret', { skip: missing }, async (t) => {
  const chap = { user: 'tester', secret: 'a-secret-of-words' };
  const { rate } = await load({ chap }, 'tester%a-secret-of-words@');
  t.ok(rate > 100, `${rate} commands/s`);
  await t.rejects(load({ chap }, 'tester%wrong@'), { code: 2 });
});
