/**
 * Run as a process of its own: opens the hardware in the folder of its first argument and moves cartridges to and fro
 * without end, until it is killed. Writes a line after every few rounds.
 */
import { SystemClock } from '../../../devices/clock.js';
import { findProfile } from '../../../devices/profiles/index.js';
import { exchangeMediumCdb, loadUnloadCdb, moveMediumCdb, write6Cdb } from '../../../devices/scsi/index.js';
import { VirtualAutoloader } from '../../../devices/virtual/index.js';
import { Initiator } from './initiator.js';

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('which folder?');
const autoloader = await VirtualAutoloader.create({
  profile: findProfile('ibm-3573-tl'),
  clock: new SystemClock(),
  timing: 'zero',
  folder,
});
const host = new Initiator(autoloader);
for (const lun of [1, 0]) await host.takeAttentions(lun);

const move = (sourceAddress: number, destinationAddress: number) =>
  host.send(1, moveMediumCdb({ sourceAddress, destinationAddress }));
for (let round = 0; ; round++) {
  await move(4096, 256);
  await host.takeAttentions(0);
  await host.send(0, write6Cdb({ transferLength: 512 }), { dataOut: new Uint8Array(512).fill(round % 256) });
  await host.send(0, loadUnloadCdb({ load: false }));
  await move(256, 4096);
  await host.send(
    1,
    exchangeMediumCdb({ sourceAddress: 4096, firstDestinationAddress: 4097, secondDestinationAddress: 4096 }),
  );
  // Lets the line go out, too.
  if (round % 7 === 0) await new Promise<void>((resolve) => process.stdout.write(`round ${round}\n`, () => resolve()));
}
