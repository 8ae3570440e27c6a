/** Writes numbered blocks to the tape in drive 0 of the hardware folder, a filemark behind every tenth, and says what was answered. */
import { writeSync } from 'node:fs';
import { SystemClock } from '../../../devices/clock.js';
import { findProfile } from '../../../devices/profiles/index.js';
import { testUnitReadyCdb, write6Cdb, writeFilemarks6Cdb } from '../../../devices/scsi/index.js';
import { VirtualAutoloader } from '../../../devices/virtual/index.js';

const [folder = ''] = process.argv.slice(2);
const autoloader = await VirtualAutoloader.create({
  profile: findProfile('ibm-3573-tl'),
  clock: new SystemClock(),
  timing: 'zero',
  folder,
  cartridges: [{ elementAddress: 256, barcode: 'TST001L8' }],
});
const send = async (cdb: Uint8Array, dataOut: Uint8Array = new Uint8Array(0)): Promise<number> =>
  (await autoloader.execute({ nexus: 'writer', lun: 0, cdb, dataOut })).status;
while ((await send(testUnitReadyCdb())) !== 0);
for (let number = 0; ; number++) {
  const data = new Uint8Array(100_000).fill(number & 0xff);
  if ((await send(write6Cdb({ transferLength: data.length }), data)) !== 0) break;
  if (number % 10 === 9) {
    if ((await send(writeFilemarks6Cdb({ filemarkCount: 1 }))) !== 0) break;
    // Synchronous: what the parent has read was answered before.
    writeSync(1, `${number + 1}\n`);
  }
}
