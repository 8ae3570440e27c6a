import t from 'tap';
import { SimulatedClock } from '../../../devices/clock.js';
import { findProfile } from '../../../devices/profiles/index.js';
import {
  encodeVolumeTagTemplate,
  moveMediumCdb,
  preventAllowMediumRemovalCdb,
  requestVolumeElementAddressCdb,
  reserve6Cdb,
  ScsiStatus,
  SendActionCode,
  sendVolumeTagCdb,
  testUnitReadyCdb,
} from '../../../devices/scsi/index.js';
import { VirtualAutoloader } from '../../../devices/virtual/index.js';
import { describe, Initiator, openAutoloader, places } from './initiator.js';

const CHANGER = 1;
const move = (sourceAddress: number, destinationAddress: number): Uint8Array =>
  moveMediumCdb({ sourceAddress, destinationAddress });

/** An autoloader with real times, ready, and two nexuses that have taken their unit attentions. */
async function twoHosts() {
  const clock = new SimulatedClock();
  const autoloader = await VirtualAutoloader.create({ profile: findProfile('ibm-3573-tl'), clock, timing: 'real' });
  const host = new Initiator(autoloader, 'host');
  const other = new Initiator(autoloader, 'other');
  await clock.advance(10 * 60_000);
  for (const lun of [CHANGER, ...autoloader.lunsOfDrives]) {
    await host.takeAttentions(lun);
    await other.takeAttentions(lun);
  }
  return { clock, autoloader, host, other };
}

void t.test('a logical unit reset ends the commands that wait; what has begun goes on to its end', async (t) => {
  const { clock, autoloader, host, other } = await twoHosts();
  const begun = host.send(CHANGER, move(4096, 4110));
  const waiting = [host.send(CHANGER, move(4097, 4111)), other.send(CHANGER, move(4098, 4112))];
  await clock.advance(1_000);
  await autoloader.resetLogicalUnit(CHANGER);
  await clock.advance(10 * 60_000);
  t.equal((await begun).status, ScsiStatus.GOOD);
  for (const answer of await Promise.all(waiting)) t.equal(answer.status, ScsiStatus.TASK_ABORTED);
  t.match(places(autoloader), { ORS001L8: 4110, ORS002L8: 4097, ORS003L8: 4098 });
  t.same(await host.takeAttentions(CHANGER), [{ asc: 0x29, ascq: 0x03 }], 'the reset is still told');
});

void t.test('the commands of a lost nexus that wait are never done, those of others are', async (t) => {
  const { clock, autoloader, host, other } = await twoHosts();
  const begun = other.send(CHANGER, move(4096, 4110));
  const orphans = [
    host.send(CHANGER, move(4097, 4111)),
    host.send(CHANGER, preventAllowMediumRemovalCdb({ prevent: 1 })),
    host.send(CHANGER, reserve6Cdb()),
  ];
  const behind = other.send(CHANGER, move(4098, 4112));
  await clock.advance(1_000);
  autoloader.nexusLost('host');
  await clock.advance(10 * 60_000);
  for (const answer of await Promise.all(orphans)) t.equal(answer.status, ScsiStatus.TASK_ABORTED);
  t.equal((await begun).status, ScsiStatus.GOOD);
  t.equal((await behind).status, ScsiStatus.GOOD);
  t.match(places(autoloader), { ORS001L8: 4110, ORS002L8: 4097, ORS003L8: 4112 });
  t.equal((await other.send(CHANGER, testUnitReadyCdb())).status, ScsiStatus.GOOD, 'nobody has reserved it');
  autoloader.operator.openDoor();
});

void t.test('a nexus that comes back under the same name does not do what the lost one had asked for', async (t) => {
  const { clock, autoloader, host, other } = await twoHosts();
  const begun = other.send(CHANGER, move(4096, 4110));
  const orphan = host.send(CHANGER, move(4097, 4111));
  await clock.advance(1_000);
  autoloader.nexusLost('host');
  t.equal(describe(await host.send(CHANGER, testUnitReadyCdb())), '06/29/00', 'it is a new nexus');
  await clock.advance(10 * 60_000);
  t.equal((await begun).status, ScsiStatus.GOOD);
  t.equal((await orphan).status, ScsiStatus.TASK_ABORTED);
  t.equal(places(autoloader)['ORS002L8'], 4097);
});

void t.test('what a volume tag search has found is gone with its nexus', async (t) => {
  const { autoloader, host } = await openAutoloader({ profile: findProfile('hp-msl2024') });
  const dataOut = encodeVolumeTagTemplate({
    volumeIdentificationTemplate: 'ORS*',
    maximumVolumeSequenceNumber: 0xffff,
  });
  const search = sendVolumeTagCdb({ sendActionCode: SendActionCode.TRANSLATE_PRIMARY_ANY_SEQUENCE });
  const ask = requestVolumeElementAddressCdb({ allocationLength: 4096 });
  t.equal(describe(await host.send(CHANGER, search, { dataOut })), 'GOOD');
  t.equal(describe(await host.send(CHANGER, ask)), 'GOOD');
  autoloader.nexusLost(host.nexus);
  await host.takeAttentions(CHANGER);
  t.equal(describe(await host.send(CHANGER, ask)), '05/2C/00', 'this nexus has not searched for anything');
});
