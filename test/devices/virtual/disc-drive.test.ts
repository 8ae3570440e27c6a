import t from 'tap';
import { SimulatedClock } from '../../../devices/clock.js';
import { findProfile } from '../../../devices/profiles/index.js';
import { moveMediumCdb, rewindCdb, testUnitReadyCdb } from '../../../devices/scsi/index.js';
import { VirtualAutoloader } from '../../../devices/virtual/index.js';
import { describe, Initiator, openAutoloader } from './initiator.js';

// The Sony VGP-XL1B: slots 1-200, drive 200h, picker 0; the drive is LUN 0 and of type 05h.
const move = moveMediumCdb({ sourceAddress: 3, destinationAddress: 0x200 });
const back = moveMediumCdb({ sourceAddress: 0x200, destinationAddress: 3 });
const readCapacity = Uint8Array.of(0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0);
const eject = Uint8Array.of(0x1b, 0, 0, 0, 0x02, 0);
const load = Uint8Array.of(0x1b, 0, 0, 0, 0x03, 0);

void t.test('a disc drive loads, ejects, and says that a blank disc cannot be read', async (t) => {
  const { host, autoloader } = await openAutoloader({ profile: findProfile('sony-vgp-xl1b') });
  t.equal(describe(await host.send(0, testUnitReadyCdb())), '02/3A/00');
  t.equal(describe(await host.send(1, move)), 'GOOD');
  await host.takeAttentions(0);
  t.equal(describe(await host.send(0, testUnitReadyCdb())), 'GOOD');
  t.equal(describe(await host.send(0, readCapacity)), '03/30/01');
  t.equal(describe(await host.send(0, eject)), 'GOOD');
  t.equal(describe(await host.send(0, testUnitReadyCdb())), '02/3A/00');
  t.equal(describe(await host.send(0, load)), 'GOOD');
  t.equal(describe(await host.send(1, back)), 'GOOD', 'the arm takes it out of a loaded drive');
  t.ok(autoloader.inspect().find(({ address }) => address === 3)?.full);
});

void t.test('a disc drive knows no tape command', async (t) => {
  const { host } = await openAutoloader({ profile: findProfile('sony-vgp-xl1b') });
  t.equal(describe(await host.send(0, rewindCdb())), '05/20/00');
});

void t.test('a disc that is on its way in or out is not moved the other way', async (t) => {
  const clock = new SimulatedClock();
  const profile = findProfile('sony-vgp-xl1b');
  const autoloader = await VirtualAutoloader.create({ profile, clock, timing: 'real' });
  const host = new Initiator(autoloader);
  await clock.advance(10 * 60_000);
  await host.takeAttentions(1);
  await host.takeAttentions(0);
  const moving = host.send(1, move);
  await clock.advance(60_000);
  t.equal(describe(await moving), 'GOOD');
  await host.takeAttentions(0);
  const immediately = (cdb: Uint8Array): Uint8Array => Uint8Array.of(0x1b, 1, ...cdb.subarray(2));
  t.equal(describe(await host.send(0, immediately(eject))), 'GOOD');
  t.equal(describe(await host.send(0, immediately(load))), '02/04/07', 'it is still being ejected');
  await clock.advance(profile.timings.driveUnloadMs);
  t.equal(describe(await host.send(0, immediately(load))), 'GOOD');
  t.equal(describe(await host.send(0, eject)), '02/04/01', 'it is still being loaded');
  await clock.advance(profile.timings.driveLoadMs);
  t.equal(describe(await host.send(0, testUnitReadyCdb())), '06/28/00');
  t.equal(describe(await host.send(0, testUnitReadyCdb())), 'GOOD');
});

void t.test('a disc that the drive throws out again was not loaded', async (t) => {
  const cartridges = [{ elementAddress: 3, barcode: null, mediaType: 'MiniDisc' }];
  const { host } = await openAutoloader({ profile: findProfile('sony-vgp-xl1b'), cartridges });
  t.equal(describe(await host.send(1, move)), 'GOOD');
  t.equal(describe(await host.send(0, load)), '02/30/00');
});
