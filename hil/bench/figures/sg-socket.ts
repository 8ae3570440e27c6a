import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SystemClock } from '../../../devices/clock.js';
import { findProfile } from '../../../devices/profiles/index.js';
import { PeripheralDeviceType } from '../../../devices/scsi/opcodes.js';
import { attachSg } from '../../../devices/virtual/attach/sg/index.js';
import { VirtualAutoloader } from '../../../devices/virtual/index.js';
import { ratePerSecond, type Figure } from '../figure.js';
import { builtRsm } from '../served-autoloader.js';

const run = promisify(execFile);
/** umockdev's library and the socket speak five times for one SG_IO: the call, two reads of memory, one write, the result. */
const MESSAGE_BYTES = 24;

/** SG_IO through umockdev's library to the virtual autoloader and back, beside one message there and back on a bare socket. */
export async function sgSocket(root: string): Promise<Figure[]> {
  const name = 'SG_IO socket, our SG transport in front';
  const skip = (skipped: string): Figure[] => [{ name, value: Number.NaN, unit: 'commands/s', skipped }];
  if (builtRsm(root) === undefined) return skip('dist/ is not built; run npm run build');
  const folder = await mkdtemp(join(tmpdir(), 'openrsm-bench-'));
  const profile = findProfile('ibm-3573-tl');
  const autoloader = await VirtualAutoloader.create({ profile, clock: new SystemClock(), timing: 'zero' });
  try {
    const units = [{ lun: autoloader.lunOfChanger, peripheralDeviceType: PeripheralDeviceType.MEDIUM_CHANGER }];
    const attached = await attachSg({ target: autoloader, units, folder: join(folder, 'sg') }).catch(
      (error: Error) => error.message,
    );
    if (typeof attached === 'string') return skip(attached);
    try {
      const { command, env } = attached.wrap([process.execPath, join(root, 'dist/hil/bench/sg-load.js'), '/dev/sg0']);
      const [program = '', ...args] = command;
      const { stdout } = await run(program, args, { env: { ...process.env, ...env } });
      const value = Number(stdout.trim());
      const peer = { name: 'bare unix socket round trip', value: await bareRoundTrips(join(folder, 'echo')) };
      return [{ name, value, unit: 'commands/s', peer }];
    } finally {
      await attached.close();
    }
  } finally {
    await autoloader.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function bareRoundTrips(path: string): Promise<number> {
  const server = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const socket = await new Promise<Socket>((resolve) => {
    const opened = connect(path, () => resolve(opened));
  });
  const message = Buffer.alloc(MESSAGE_BYTES);
  const rate = await ratePerSecond(async () => {
    for (let i = 0; i < 50; i++) {
      await new Promise((resolve) => {
        socket.once('data', resolve);
        socket.write(message);
      });
    }
    return 50;
  });
  socket.destroy();
  server.close();
  return rate;
}
