import t, { type Test } from 'tap';
import { SimulatedClock } from '../../../../devices/clock.js';
import { findProfile } from '../../../../devices/profiles/index.js';
import { inquiryCdb } from '../../../../devices/scsi/spc/inquiry.js';
import { decodeReportLuns, plainLun, reportLunsCdb } from '../../../../devices/scsi/spc/report-luns.js';
import { testUnitReadyCdb } from '../../../../devices/scsi/spc/test-unit-ready.js';
import { discoverTargets, IscsiTransport } from '../../../../devices/transport/iscsi/index.js';
import type { CompletedCommand } from '../../../../devices/transport/scsi-transport.js';
import { attachIscsi } from '../../../../devices/virtual/attach/iscsi/index.js';
import { VirtualAutoloader } from '../../../../devices/virtual/index.js';
import { targetRig } from './iscsi-rig.js';

/** The virtual autoloader behind the iSCSI target, and initiators that end with the test. */
async function autoloaderRig(t: Test) {
  const clock = new SimulatedClock();
  const profile = findProfile('ibm-3573-tl');
  if (profile === undefined) throw new Error('no such profile');
  const autoloader = await VirtualAutoloader.create({ profile, clock, timing: 'zero' });
  const attachment = await attachIscsi({ target: autoloader, clock, port: 0, limits: { shutdownGraceMs: 0 } });
  const paths: IscsiTransport[] = [];
  t.teardown(async () => {
    for (const path of paths) await path.close();
    await attachment.close();
    await autoloader.close();
  });
  const connect = (initiatorName: string): IscsiTransport => {
    const { portal, targetName } = attachment;
    const path = new IscsiTransport({ portal, target: targetName, clock, initiatorName });
    paths.push(path);
    return path;
  };
  return { clock, autoloader, attachment, connect };
}

async function send(path: IscsiTransport, lun: number, cdb: Uint8Array, dataInLength = 0): Promise<CompletedCommand> {
  const result = await path.execute({ lun, cdb, dataInLength, timeoutMs: 10_000 });
  if (result.kind === 'failed') throw new Error(result.failure.message);
  return result;
}

/** Sense key, ASC and ASCQ. */
const senseOf = ({ sense }: CompletedCommand) => [(sense[2] ?? 0) & 0x0f, sense[12], sense[13]];
const POWER_ON = [0x06, 0x29, 0x00];
const RESET = [0x06, 0x29, 0x03];

async function takeAttentions(path: IscsiTransport, lun: number) {
  const taken = [];
  for (;;) {
    const answer = await send(path, lun, testUnitReadyCdb());
    if (senseOf(answer)[0] !== 0x06) return taken;
    taken.push(senseOf(answer));
  }
}

await t.test('an initiator finds the target, its LUNs, and what is behind each', async (t) => {
  const { attachment, clock, connect, autoloader } = await autoloaderRig(t);
  const [found] = await discoverTargets({ portal: attachment.portal, clock });
  t.equal(found?.name, attachment.targetName);
  const path = connect('iqn.2026-11.test:one');
  const { dataIn } = await send(path, 0, reportLunsCdb({ allocationLength: 1_024 }), 1_024);
  const luns = decodeReportLuns(dataIn).luns.map(plainLun);
  t.strictSame(new Set(luns), new Set([autoloader.lunOfChanger, ...autoloader.lunsOfDrives]));
  const inquiry = inquiryCdb({ allocationLength: 36 });
  t.equal((await send(path, autoloader.lunOfChanger, inquiry, 36)).dataIn[0], 0x08);
  t.equal((await send(path, autoloader.lunsOfDrives[0] ?? 0, inquiry, 36)).dataIn[0], 0x01);
  t.equal((await send(path, 77, inquiry, 36)).dataIn[0], 0x7f);
});

await t.test('each initiator hears of each unit attention once', async (t) => {
  const { autoloader, connect } = await autoloaderRig(t);
  const lun = autoloader.lunOfChanger;
  const [one, two] = [connect('iqn.2026-11.test:one'), connect('iqn.2026-11.test:two')];
  await one.open();
  await two.open();
  t.strictSame((await takeAttentions(one, lun))[0], POWER_ON);
  t.strictSame(await takeAttentions(one, lun), []);
  t.strictSame((await takeAttentions(two, lun))[0], POWER_ON);
  t.equal(await one.resetLogicalUnit(lun, 1_000), undefined);
  t.strictSame(await takeAttentions(two, lun), [RESET]);
  t.strictSame(await takeAttentions(two, lun), []);
  t.strictSame(await takeAttentions(one, lun), [RESET]);
});

await t.test('a reservation keeps other initiators out, and goes with its session', async (t) => {
  const { autoloader, connect } = await autoloaderRig(t);
  const lun = autoloader.lunOfChanger;
  const [one, two] = [connect('iqn.2026-11.test:one'), connect('iqn.2026-11.test:two')];
  for (const path of [one, two]) await takeAttentions(path, lun);
  const reserve = Uint8Array.of(0x16, 0, 0, 0, 0, 0);
  t.equal((await send(one, lun, reserve)).status, 0x00);
  t.equal((await send(two, lun, testUnitReadyCdb())).status, 0x18, 'RESERVATION CONFLICT');
  await one.close();
  t.equal((await send(two, lun, testUnitReadyCdb())).status, 0x00);
});

await t.test('tells how to connect with CHAP, without the secret', async (t) => {
  const { target, clock } = await targetRig(t);
  const chap = { user: 'tester', secret: 'a secret of many words' };
  const attachment = await attachIscsi({ target, clock, port: 0, chap, limits: { shutdownGraceMs: 0 } });
  t.teardown(() => attachment.close());
  const [first = '', ...rest] = attachment.howToConnect;
  t.match(first, /discovery\.sendtargets\.auth and node\.session\.auth.*authmethod = CHAP, username = tester/);
  t.match(rest[0], 'iscsiadm -m discovery');
  t.notMatch(attachment.howToConnect.join('\n'), chap.secret);
});

await t.test('tells how to connect', async (t) => {
  const { attachment } = await autoloaderRig(t);
  const text = attachment.howToConnect.join('\n');
  t.match(text, `iscsiadm -m discovery -t sendtargets -p ${attachment.portal}`);
  t.match(text, `iscsiadm -m node -T ${attachment.targetName} -p ${attachment.portal} --login`);
});
