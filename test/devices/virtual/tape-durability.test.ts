import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import {
  loadUnloadCdb,
  locate16Cdb,
  LocateDestination,
  read6Cdb,
  rewindCdb,
  write6Cdb,
  writeFilemarks6Cdb,
} from '../../../devices/scsi/index.js';
import { describe, openAutoloader } from './initiator.js';
import { block, DRIVE } from './tape-rig.js';

const WRITER = fileURLToPath(new URL('tape-writer-process.ts', import.meta.url));

function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'openrsm-durable-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

void t.test(
  'a killed process leaves every block whose filemark was answered, and a tape that can be written on',
  async (t) => {
    const folder = folderFor(t);
    const writer = spawn(process.execPath, ['--import', 'tsx', WRITER, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => writer.kill('SIGKILL'));
    let answered = 0;
    for await (const line of createInterface({ input: writer.stdout })) {
      answered = Number(line);
      if (answered >= 200) writer.kill('SIGKILL');
    }
    if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'close');
    t.equal(writer.signalCode, 'SIGKILL');

    const { autoloader, host } = await openAutoloader({ folder });
    await host.send(DRIVE, rewindCdb());
    let blocks = 0;
    for (;;) {
      const answer = await host.send(DRIVE, read6Cdb({ transferLength: 100_000 }));
      if (answer.sense?.key === 8) break;
      if (answer.sense?.filemark === true) continue;
      t.equal(describe(answer), 'GOOD');
      if (!Buffer.from(answer.dataIn).equals(block(blocks & 0xff, 100_000))) t.fail(`block ${blocks} is another`);
      blocks += 1;
    }
    t.ok(blocks >= answered, `${blocks} blocks are there, ${answered} were answered`);
    t.equal(describe(await host.send(DRIVE, write6Cdb({ transferLength: 3 }), { dataOut: block(7, 3) })), 'GOOD');
    await autoloader.close();
  },
);

void t.test('a hundred megabytes come back byte for byte, and take no memory', async (t) => {
  const folder = folderFor(t);
  const cartridges = [{ elementAddress: 256, barcode: 'TST001L8' }];
  const { autoloader, host } = await openAutoloader({ folder, cartridges });
  // Blocks as tar makes them; eight different ones, so that a block in the wrong place is found.
  const length = 10_240;
  const count = 10_000;
  const blocks = Array.from({ length: 8 }, () => new Uint8Array(randomBytes(length)));
  const before = process.memoryUsage();
  const written = createHash('sha256');
  for (let number = 0; number < count; number++) {
    const dataOut = blocks[(number * number) % 8] ?? block(0, length);
    written.update(dataOut);
    const { status } = await host.send(DRIVE, write6Cdb({ transferLength: length }), { dataOut });
    if (status !== 0) t.fail(`block ${number}`);
  }
  t.equal(describe(await host.send(DRIVE, writeFilemarks6Cdb({ filemarkCount: 1 }))), 'GOOD');
  await host.send(DRIVE, loadUnloadCdb({ load: false }));
  await host.send(DRIVE, loadUnloadCdb({ load: true }));
  await host.takeAttentions(DRIVE);
  const read = createHash('sha256');
  let found = 0;
  for (;;) {
    const answer = await host.send(DRIVE, read6Cdb({ transferLength: length }));
    if (answer.sense?.filemark === true) break;
    read.update(answer.dataIn);
    found += 1;
  }
  t.equal(found, count);
  t.equal(read.digest('hex'), written.digest('hex'));
  const grown = process.memoryUsage().arrayBuffers - before.arrayBuffers;
  t.ok(grown < 50_000_000, `${Math.round(grown / 1e6)} MB of buffers`);
  const eod = locate16Cdb({ destinationType: LocateDestination.END_OF_DATA });
  t.equal(describe(await host.send(DRIVE, eod)), 'GOOD');
  await autoloader.close();
});
