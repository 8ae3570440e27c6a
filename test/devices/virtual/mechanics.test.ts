import t from 'tap';
import { SimulatedClock } from '../../../devices/clock.js';
import { findProfile } from '../../../devices/profiles/index.js';
import {
  initializeElementStatusCdb,
  inquiryCdb,
  loadUnloadCdb,
  moveMediumCdb,
  readElementStatusCdb,
  rewindCdb,
  ScsiStatus,
  testUnitReadyCdb,
  writeFilemarks6Cdb,
} from '../../../devices/scsi/index.js';
import { Mechanics } from '../../../devices/virtual/mechanics.js';
import { VirtualAutoloader } from '../../../devices/virtual/index.js';
import { describe, Initiator, places } from './initiator.js';

const CHANGER = 1;
const DRIVE = 0;
const profile = findProfile('ibm-3573-tl');
const { timings } = profile;

/** An autoloader with real times on a clock that stands; ready, its unit attentions taken. */
async function readyAutoloader(id = 'ibm-3573-tl') {
  const clock = new SimulatedClock();
  const autoloader = await VirtualAutoloader.create({ profile: findProfile(id), clock, timing: 'real' });
  const host = new Initiator(autoloader);
  await clock.advance(10 * 60_000);
  for (const lun of [autoloader.lunOfChanger, ...autoloader.lunsOfDrives]) await host.takeAttentions(lun);
  return { autoloader, host, clock };
}

/** Runs the clock until the work ends, and gives the milliseconds that this took. */
async function timed(clock: SimulatedClock, work: Promise<unknown>): Promise<number> {
  const began = clock.now();
  const ended: number[] = [];
  void work.then(() => ended.push(clock.now()));
  for (let step = 0; step < 10_000 && ended.length === 0; step++) await clock.advance(100);
  const [end] = ended;
  if (end === undefined) throw new Error('it never ended');
  return end - began;
}

const move = (sourceAddress: number, destinationAddress: number): Uint8Array =>
  moveMediumCdb({ sourceAddress, destinationAddress });

void t.test('the picker needs longer for a longer way, and none where it stands', async (t) => {
  const clock = new SimulatedClock();
  const powerOff = new AbortController().signal;
  const mechanics = new Mechanics({ timings, timing: 'real', clock, powerOff });
  t.equal(await timed(clock, mechanics.travelTo(1)), timings.travelStartMs + timings.travelPerElementMs);
  t.equal(await timed(clock, mechanics.travelTo(21)), timings.travelStartMs + 20 * timings.travelPerElementMs);
  await mechanics.travelTo(21);
  t.equal(clock.pending, 0);
  t.equal(mechanics.position, 21);
});

void t.test('with zero timing no timer is ever set', async (t) => {
  const clock = new SimulatedClock();
  const autoloader = await VirtualAutoloader.create({ profile, clock, timing: 'zero' });
  const host = new Initiator(autoloader);
  for (const lun of [CHANGER, DRIVE]) await host.takeAttentions(lun);
  await host.send(CHANGER, move(4096, 256));
  await host.takeAttentions(DRIVE);
  await host.send(DRIVE, loadUnloadCdb({ load: false }));
  t.equal(describe(await host.send(CHANGER, move(256, 4110))), 'GOOD');
  await host.send(CHANGER, initializeElementStatusCdb());
  t.equal(clock.pending, 0);
  t.equal(clock.now(), new SimulatedClock().now());
});

void t.test('is becoming ready after power on until the labels are read', async (t) => {
  const clock = new SimulatedClock();
  const autoloader = await VirtualAutoloader.create({ profile, clock, timing: 'real' });
  const host = new Initiator(autoloader);
  t.same(await host.takeAttentions(CHANGER), [{ asc: 0x29, ascq: 0x00 }]);
  const ready = () => host.send(CHANGER, testUnitReadyCdb()).then(describe);
  t.equal(await ready(), '02/04/01');
  t.equal(describe(await host.send(CHANGER, move(4096, 256))), '02/04/01');
  t.equal(describe(await host.send(CHANGER, readElementStatusCdb({ allocationLength: 8 }))), '02/04/01');
  t.equal(describe(await host.send(CHANGER, inquiryCdb({ allocationLength: 36 }))), 'GOOD');
  await clock.advance(timings.powerOnMs);
  t.equal(await ready(), '02/04/01', 'the labels are being read');
  await clock.advance(9 * (timings.scanMs + timings.travelStartMs) + 40 * timings.travelPerElementMs);
  t.equal(await ready(), '06/28/00');
  t.equal(await ready(), 'GOOD');
});

void t.test('a motion takes travel, grip and release, and the drive loads after it', async (t) => {
  const { autoloader, host, clock } = await readyAutoloader();
  const took = await timed(clock, host.send(CHANGER, move(4096, 256)));
  const travel = 2 * timings.travelStartMs;
  t.ok(took >= timings.gripMs + timings.releaseMs + travel, `${took} ms`);
  t.equal(places(autoloader)['ORS001L8'], 256);
  t.equal(describe(await host.send(DRIVE, testUnitReadyCdb())), '02/04/01', 'loading');
  t.equal(describe(await host.send(CHANGER, testUnitReadyCdb())), 'GOOD', 'the changer is free');
  await clock.advance(timings.driveLoadMs);
  t.equal(describe(await host.send(DRIVE, testUnitReadyCdb())), '06/28/00');
  t.equal(describe(await host.send(DRIVE, testUnitReadyCdb())), 'GOOD');
});

void t.test('answers INQUIRY and TEST UNIT READY during a motion and makes other commands wait', async (t) => {
  const { autoloader, host, clock } = await readyAutoloader();
  const other = new Initiator(autoloader, 'other');
  await other.takeAttentions(CHANGER);
  const order: string[] = [];
  const first = host.send(CHANGER, move(4096, 4110)).then(() => order.push('first'));
  const second = other.send(CHANGER, move(4110, 4111)).then((answer) => order.push(`second ${describe(answer)}`));
  await clock.advance(timings.gripMs + timings.travelStartMs + 4_000);
  t.equal(describe(await other.send(CHANGER, testUnitReadyCdb())), '02/04/07');
  t.equal(describe(await other.send(CHANGER, inquiryCdb({ allocationLength: 36 }))), 'GOOD');
  const picker = autoloader.inspect().find(({ address }) => address === 1);
  t.equal(picker?.barcode, 'ORS001L8', 'it hangs in the picker');
  t.same(order, []);
  await timed(clock, Promise.all([first, second]));
  t.same(order, ['first', 'second GOOD']);
  t.equal(places(autoloader)['ORS001L8'], 4111);
});

void t.test('changer and drives work at the same time', async (t) => {
  const { host, clock } = await readyAutoloader();
  await timed(clock, host.send(CHANGER, move(4096, 256)));
  await clock.advance(timings.driveLoadMs);
  await host.takeAttentions(DRIVE);
  const unloading = timed(clock, host.send(DRIVE, loadUnloadCdb({ load: false })));
  const moving = host.send(CHANGER, move(4097, 4110));
  const both = await Promise.all([unloading, moving]);
  t.equal(both[0], timings.driveUnloadMs, 'the move does not hold the drive up');
  t.equal(describe(both[1]), 'GOOD');
});

void t.test('says while it unloads that it does, and with IMMED answers at once', async (t) => {
  const { host, clock } = await readyAutoloader();
  await timed(clock, host.send(CHANGER, move(4096, 256)));
  await clock.advance(timings.driveLoadMs);
  await host.takeAttentions(DRIVE);
  t.equal(describe(await host.send(DRIVE, loadUnloadCdb({ load: false, immed: true }))), 'GOOD');
  t.equal(describe(await host.send(DRIVE, testUnitReadyCdb())), '02/04/07');
  t.equal(describe(await host.send(DRIVE, loadUnloadCdb({ load: true }))), '02/04/07');
  await clock.advance(timings.driveUnloadMs);
  t.equal(describe(await host.send(DRIVE, testUnitReadyCdb())), '02/3A/00');
});

void t.test('two shuttings of the door do not make it ready before the second inventory has ended', async (t) => {
  const { autoloader, host, clock } = await readyAutoloader();
  const { operator } = autoloader;
  operator.openDoor();
  const first = operator.closeDoor();
  await clock.advance(timings.doorMs / 2);
  operator.openDoor();
  const second = operator.closeDoor();
  await clock.advance(timings.doorMs / 2);
  await first;
  t.same(await host.takeAttentions(CHANGER), [{ asc: 0x28, ascq: 0x00 }]);
  t.equal(describe(await host.send(CHANGER, testUnitReadyCdb())), '02/04/01');
  await timed(clock, second);
  await host.takeAttentions(CHANGER);
  t.equal(describe(await host.send(CHANGER, testUnitReadyCdb())), 'GOOD');
});

void t.test('waits for an unload that a host began before it takes the cartridge', async (t) => {
  const { autoloader, host, clock } = await readyAutoloader('hp-msl2024');
  await timed(clock, host.send(1, move(0x20, 0x1e0)));
  await clock.advance(timings.driveLoadMs);
  await host.takeAttentions(DRIVE);
  const unloading = host.send(DRIVE, loadUnloadCdb({ load: false }));
  const moving = host.send(1, move(0x1e0, 0x21 + 9));
  await timed(clock, Promise.all([unloading, moving]));
  t.equal(describe(await unloading), 'GOOD');
  t.equal(describe(await moving), 'GOOD');
  t.equal(places(autoloader)['ORS001L8'], 0x21 + 9);
});

void t.test('rewinds faster from nearer the beginning', async (t) => {
  const { host, clock } = await readyAutoloader();
  await timed(clock, host.send(CHANGER, move(4099, 256)));
  await clock.advance(timings.driveLoadMs);
  await host.takeAttentions(DRIVE);
  t.equal(await timed(clock, host.send(DRIVE, rewindCdb())), 0, 'it is there');
  await host.send(DRIVE, writeFilemarks6Cdb({ filemarkCount: 1_000_000 }));
  const took = await timed(clock, host.send(DRIVE, rewindCdb()));
  t.ok(took > 0 && took < timings.rewindMs, `${took} ms`);
});

void t.test('waits for a drive that loads before it unloads it again', async (t) => {
  const { autoloader, host, clock } = await readyAutoloader('hp-msl2024');
  await timed(clock, host.send(1, move(0x20, 0x1e0)));
  const took = await timed(clock, host.send(1, move(0x1e0, 0x20)));
  const { driveLoadMs, driveUnloadMs } = findProfile('hp-msl2024').timings;
  t.ok(took > driveLoadMs + driveUnloadMs, `${took} ms`);
  t.equal(places(autoloader)['ORS001L8'], 0x20);
});

void t.test('a motion goes on when its task is aborted', async (t) => {
  const { autoloader, host, clock } = await readyAutoloader();
  const abort = new AbortController();
  const moving = host.send(CHANGER, move(4096, 4110), { signal: abort.signal });
  await clock.advance(1_000);
  abort.abort();
  await timed(clock, moving);
  t.equal(places(autoloader)['ORS001L8'], 4110);
});

void t.test('an operator reaches nothing that moves', async (t) => {
  const { autoloader, host, clock } = await readyAutoloader();
  const moving = host.send(CHANGER, move(4096, 4110));
  await clock.advance(1_000);
  const { operator } = autoloader;
  t.throws(() => operator.openDoor(), { code: 'CHANGER_BUSY' });
  t.throws(() => operator.removeMagazine('left'), { code: 'CHANGER_BUSY' });
  await t.rejects(operator.insertCartridge(16, { barcode: 'NEW001L8' }), { code: 'CHANGER_BUSY' });
  await timed(clock, moving);
});

void t.test('a power cut in a motion leaves the cartridge where it was and ends the command', async (t) => {
  const { autoloader, host, clock } = await readyAutoloader();
  const moving = host.send(CHANGER, move(4096, 4110));
  const waiting = host.send(CHANGER, move(4097, 4111));
  await clock.advance(timings.gripMs + timings.travelStartMs + 4_000);
  t.equal(places(autoloader)['ORS001L8'], 1, 'in the picker');
  const cycled = autoloader.powerCycle();
  t.equal((await moving).status, ScsiStatus.TASK_ABORTED);
  t.notMatch(await waiting, { status: ScsiStatus.GOOD });
  await cycled;
  t.equal(places(autoloader)['ORS001L8'], 4096);
  t.equal(places(autoloader)['ORS002L8'], 4097);
  t.equal(describe(await host.send(CHANGER, testUnitReadyCdb())), '06/29/00');
});

void t.test('brings a cartridge that was left in the picker home at power on', async (t) => {
  const { autoloader, host, clock } = await readyAutoloader();
  await timed(clock, host.send(CHANGER, move(4098, 1)));
  t.equal(places(autoloader)['ORS003L8'], 1);
  await autoloader.powerCycle();
  t.equal(places(autoloader)['ORS003L8'], 4098);
});
