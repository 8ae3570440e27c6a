import t from 'tap';
import { SimulatedClock } from '../../../devices/clock.js';
import { findProfile } from '../../../devices/profiles/index.js';
import {
  encodePersistentReserveOutList,
  encodeVolumeTagTemplate,
  moveMediumCdb,
  persistentReserveOutCdb,
  PersistentReserveOutAction as Out,
  preventAllowMediumRemovalCdb,
  requestVolumeElementAddressCdb,
  reserve6Cdb,
  ScsiStatus,
  SendActionCode,
  sendVolumeTagCdb,
  testUnitReadyCdb,
} from '../../../devices/scsi/index.js';
import { VirtualAutoloader } from '../../../devices/virtual/index.js';
import { TaskSet } from '../../../devices/virtual/task-set.js';
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

void t.test('a command that is aborted while it waits ends at once and never moves anything', async (t) => {
  const { clock, autoloader, host } = await twoHosts();
  const begun = host.send(CHANGER, move(4096, 4110));
  const abort = new AbortController();
  const waiting = host.send(CHANGER, move(4097, 4111), { signal: abort.signal });
  const behind = host.send(CHANGER, move(4098, 4112));
  await clock.advance(1_000);
  abort.abort();
  t.equal((await waiting).status, ScsiStatus.TASK_ABORTED, 'no time has passed since');
  await clock.advance(10 * 60_000);
  t.equal((await begun).status, ScsiStatus.GOOD);
  t.equal((await behind).status, ScsiStatus.GOOD);
  t.match(places(autoloader), { ORS001L8: 4110, ORS002L8: 4097, ORS003L8: 4112 });
  const late = await host.send(CHANGER, move(4097, 4111), { signal: abort.signal });
  t.equal(late.status, ScsiStatus.TASK_ABORTED, 'nor does one that comes aborted');
});

void t.test('a motion that is aborted after it has begun is done to its end and told as it was', async (t) => {
  const { clock, autoloader, host } = await twoHosts();
  const abort = new AbortController();
  const begun = host.send(CHANGER, move(4096, 4110), { signal: abort.signal });
  await clock.advance(1_000);
  abort.abort();
  await autoloader.resetLogicalUnit(CHANGER);
  const asked = host.send(CHANGER, testUnitReadyCdb());
  t.equal(describe(await asked), '06/29/03');
  t.equal(describe(await host.send(CHANGER, testUnitReadyCdb())), '02/04/07', 'the picker is still on its way');
  await clock.advance(10 * 60_000);
  t.equal((await begun).status, ScsiStatus.GOOD);
  t.equal(places(autoloader)['ORS001L8'], 4110);
});

void t.test('a reset and the loss of a nexus end what waits at once, not when its turn comes', async (t) => {
  const { clock, autoloader, host, other } = await twoHosts();
  void host.send(CHANGER, move(4096, 4110));
  const lost = other.send(CHANGER, move(4097, 4111));
  const reset = host.send(CHANGER, move(4098, 4112));
  await clock.advance(1_000);
  autoloader.nexusLost('other');
  t.equal((await lost).status, ScsiStatus.TASK_ABORTED);
  await autoloader.resetLogicalUnit(CHANGER);
  t.equal((await reset).status, ScsiStatus.TASK_ABORTED);
  await clock.advance(10 * 60_000);
});

void t.test(
  'preempt and abort ends the commands of the preempted nexus that wait, preempt alone does not',
  async (t) => {
    for (const action of [Out.PREEMPT, Out.PREEMPT_AND_ABORT]) {
      const { clock, autoloader, host, other } = await twoHosts();
      const register = (who: Initiator, newKey: bigint) =>
        who.send(CHANGER, persistentReserveOutCdb({ serviceAction: Out.REGISTER }), {
          dataOut: encodePersistentReserveOutList({ serviceActionReservationKey: newKey }),
        });
      await register(host, 1n);
      await register(other, 2n);
      const begun = other.send(CHANGER, move(4096, 4110));
      const waiting = other.send(CHANGER, move(4097, 4111));
      const own = host.send(CHANGER, move(4098, 4112));
      await clock.advance(1_000);
      const preempt = await host.send(CHANGER, persistentReserveOutCdb({ serviceAction: action }), {
        dataOut: encodePersistentReserveOutList({ reservationKey: 1n, serviceActionReservationKey: 2n }),
      });
      t.equal(describe(preempt), 'GOOD', 'it does not wait for the motion');
      await clock.advance(10 * 60_000);
      t.equal((await begun).status, ScsiStatus.GOOD, 'what has begun goes on');
      t.equal((await own).status, ScsiStatus.GOOD);
      if (action === Out.PREEMPT_AND_ABORT) t.equal((await waiting).status, ScsiStatus.TASK_ABORTED);
      else t.equal(describe(await waiting), '06/2A/05', 'it hears of the preemption instead');
      t.match(places(autoloader), { ORS001L8: 4110, ORS002L8: 4097, ORS003L8: 4112 });
    }
  },
);

void t.test('a task set keeps the order, and its own work is aborted by nobody', async (t) => {
  const tasks = new TaskSet();
  const done: string[] = [];
  let finish = (): void => undefined;
  const first = tasks.enqueue(() => new Promise<void>((resolve) => (finish = resolve)));
  const owner = {};
  const other = {};
  const step = (name: string) => async () => {
    await Promise.resolve();
    done.push(name);
    return name;
  };
  const waiting = [
    tasks.submit(owner, step('owner')),
    tasks.enqueue(step('own work')),
    tasks.submit(other, step('other')),
    tasks.enqueue(() => Promise.reject(new Error('broken'))),
    tasks.submit(other, step('after a failure')),
  ];
  t.equal(tasks.size, 6);
  const rejected = t.rejects(waiting[3] as Promise<unknown>, { message: 'broken' });
  tasks.abort(owner);
  t.equal(await waiting[0], undefined);
  t.equal(tasks.size, 5);
  finish();
  await first;
  await rejected;
  t.equal(await waiting[4], 'after a failure');
  t.same(done, ['own work', 'other', 'after a failure']);
  await Promise.resolve();
  t.equal(tasks.size, 0);
});

void t.test('says TASK SET FULL when too many commands wait', async (t) => {
  const { clock, host } = await twoHosts();
  const sent = Array.from({ length: 260 }, () => host.send(CHANGER, move(4096, 4096)));
  const full = await sent[259];
  t.equal(full?.status, ScsiStatus.TASK_SET_FULL);
  await clock.advance(100 * 60 * 60_000);
  const answers = await Promise.all(sent);
  t.equal(answers.filter(({ status }) => status === ScsiStatus.GOOD).length, 256);
});
