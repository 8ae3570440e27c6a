import { SystemClock, type Clock } from '../../../devices/clock.js';
import { LogicalUnit } from '../../../devices/logical-unit.js';
import { MediaChanger } from '../../../devices/media-changer.js';
import { IscsiTransport } from '../../../devices/transport/iscsi/index.js';
import type { VirtualAutoloader } from '../../../devices/virtual/index.js';
import {
  attachIscsi,
  type AttachIscsiOptions,
  type IscsiAttachment,
} from '../../../devices/virtual/attach/iscsi/index.js';
import { DeviceTime } from '../device-time.js';
import { freePort } from '../free-port.js';
import { scsiDevices, waitInGuest } from '../guest-devices.js';
import { labelsIn, viewOfAutoloader, viewOfMtx, type ElementView } from '../judge/element-view.js';
import { mtxSteps } from '../judge/mtx-steps.js';
import { sg3Steps } from '../judge/sg3-steps.js';
import { tapeSteps } from '../judge/tape-steps.js';
import { guestInitiatorName, OpenIscsi } from '../open-iscsi.js';
import type { Bench, Part } from '../part.js';
import { fiveCartridges, MSL } from '../served-autoloader.js';

const SERIAL_NUMBER = 'ORSVMISCSI';

interface ServedTarget {
  readonly autoloader: VirtualAutoloader;
  readonly attachment: IscsiAttachment;
  /** As the guest reaches it. */
  readonly portal: string;
}

/** A virtual autoloader as an iSCSI target that the guest finds at 10.0.2.2. */
export async function serveIscsi(
  bench: Bench,
  options: Partial<AttachIscsiOptions> = {},
  hardware: { readonly clock?: Clock; readonly timing?: 'zero' | 'real' } = {},
): Promise<ServedTarget> {
  const cartridges = fiveCartridges(MSL);
  const autoloader = await bench.autoloader(MSL, { cartridges, serialNumber: SERIAL_NUMBER, ...hardware });
  const port = await freePort();
  const portal = `10.0.2.2:${port}`;
  const attachment = await attachIscsi({
    ...{ target: autoloader, clock: new SystemClock(), port, advertisedPortal: portal },
    ...options,
  });
  bench.atEnd(() => attachment.close());
  return { autoloader, attachment, portal };
}

/** Part 4 of the bench: the virtual autoloader under the kernel's iSCSI initiator and unmodified programs. */
const kernelInitiator: Part = {
  name: 'iscsi-kernel',
  shows:
    "the virtual autoloader over iSCSI under the kernel's initiator (open-iscsi): mtx, sg3-utils, mt, tar with 100 MB",
  timeoutMs: 300_000,
  run: async (bench, report) => {
    const { autoloader, attachment, portal } = await serveIscsi(bench);
    const guest = await bench.guest({ memoryMb: 1536 });
    const iscsi = await OpenIscsi.start(guest, portal, attachment.targetName);
    report.equal(
      await iscsi.discover(),
      `${portal},1 ${attachment.targetName}\n`,
      'SendTargets tells the target and its portal',
    );
    const login = await iscsi.login();
    report.match(login.stdout, /successful/, 'the kernel logs in');
    const [session] = attachment.sessions();
    report.match(
      JSON.stringify(session),
      new RegExp(guestInitiatorName),
      'the target knows the session by its initiator',
    );
    const devices = await scsiDevices(guest, 3);
    report.equal(
      devices.map(({ hostDriver, peripheralDeviceType }) => [hostDriver, peripheralDeviceType]),
      [
        ['iscsi_tcp', 1],
        ['iscsi_tcp', 8],
        ['iscsi_tcp', 1],
      ],
      'iscsi_tcp finds two drives and the changer',
    );
    await waitInGuest(guest, '[ -e /dev/sch0 ] && [ -e /dev/nst1 ]', 15);
    const changer = devices[1]?.path ?? '';
    const truth = (): Promise<ElementView> => Promise.resolve(viewOfAutoloader(autoloader.inspect()));
    const { vendorIdentification: vendor, productIdentification: product } = MSL.changer.inquiry;
    await mtxSteps(report, { guest, device: changer, truth, vendor, product });
    await sg3Steps(report, {
      ...{ guest, device: changer, kind: 'medium changer', vendor, product, serialNumber: SERIAL_NUMBER },
      commands: ['Move medium', 'Read element status', 'Persistent reserve in'],
    });
    await tapeSteps(report, guest, { changer, tape: '/dev/nst0', megabytes: 100 });
    await guest.must(`mtx -f ${changer} unload 1 0`);
    report.match((await iscsi.logout()).stdout, /successful/, 'the kernel logs out');
    report.equal(attachment.sessions().length, 0, 'and no session is left');
  },
};

/** The kernel logs in again by itself when a connection breaks; what mtx was doing then ends, well or not, and is told as it is. */
const broken: Part = {
  name: 'iscsi-broken',
  shows:
    'the connection breaks in the middle of MOVE MEDIUM; the kernel comes back, every cartridge is there once, and mtx goes on',
  timeoutMs: 180_000,
  run: async (bench, report) => {
    const time = new DeviceTime();
    bench.atEnd(() => Promise.resolve(time.hold()));
    const { autoloader, attachment, portal } = await serveIscsi(bench, {}, { clock: time.clock, timing: 'real' });
    time.run();
    const guest = await bench.guest();
    const iscsi = await OpenIscsi.start(guest, portal, attachment.targetName);
    await iscsi.know();
    report.equal((await iscsi.login()).status, 0, 'the kernel logs in');
    const changer = (await scsiDevices(guest, 3))[1]?.path ?? '';
    await waitInGuest(guest, '[ -e /dev/sch0 ] && [ -e /dev/nst1 ]');
    const view = (): ElementView => viewOfAutoloader(autoloader.inspect());
    const before = labelsIn(view());
    const picker = (): boolean => autoloader.inspect().some(({ elementType, full }) => full && elementType === 1);

    const loading = guest.run(`mtx -f ${changer} load 1 0`);
    await time.passUntil('the picker holds a cartridge', picker);
    attachment.dropConnections();
    report.ok(picker(), 'the connection is cut while the picker holds the cartridge');
    await time.passUntil('the picker is empty', () => !picker());
    time.run();
    const { status } = await loading;
    report.comment(`mtx load ended with status ${status}`);
    const told = await guest.run(`mtx -f ${changer} status`);
    report.equal(viewOfMtx(told.stdout), view(), 'mtx status works again and tells what the device has');
    report.equal(labelsIn(view()), before, 'every cartridge is there, each once');
    report.equal(attachment.sessions().length, 1, 'the kernel has one session again, not two');
    const next = await guest.run(`mtx -f ${changer} transfer 2 5`);
    report.equal(next.status, 0, `mtx goes on: ${next.stderr}`);
    report.equal(view().slots[4], 'VM0002L8', 'and the cartridge is where it was sent');
  },
};

const CHAP = { user: 'guest', secret: 'a-secret-of-the-bench' };
const MUTUAL = { user: 'autoloader', secret: 'the-secret-of-the-target' };

const login: Part = {
  name: 'iscsi-login',
  shows:
    "the kernel's initiator proves itself and the target by CHAP, with digests; two initiators respect each other's reservations",
  timeoutMs: 180_000,
  run: async (bench, report) => {
    const { autoloader, attachment, portal } = await serveIscsi(bench, { chap: { ...CHAP, mutual: MUTUAL } });
    const guest = await bench.guest();
    const iscsi = await OpenIscsi.start(guest, portal, attachment.targetName);
    await iscsi.know();
    const nobody = await iscsi.login();
    report.ok(nobody.status !== 0, 'without CHAP the kernel is not let in');
    await iscsi.set({
      'node.session.auth.authmethod': 'CHAP',
      'node.session.auth.username': CHAP.user,
      'node.session.auth.password': 'not-the-secret-of-it',
    });
    const liar = await iscsi.login();
    report.ok(liar.status !== 0, 'with a wrong secret neither');
    report.equal(attachment.sessions().length, 0, 'there is no session');
    await iscsi.set({
      'node.session.auth.password': CHAP.secret,
      'node.session.auth.username_in': MUTUAL.user,
      'node.session.auth.password_in': MUTUAL.secret,
      'node.conn[0].iscsi.HeaderDigest': 'CRC32C',
      'node.conn[0].iscsi.DataDigest': 'CRC32C',
    });
    const proved = await iscsi.login();
    report.equal(proved.status, 0, `with both secrets right, and digests, it is: ${proved.stderr}`);
    const changerNode = (await scsiDevices(guest, 3))[1]?.path ?? '';
    report.equal((await guest.run(`mtx -f ${changerNode} status`)).status, 0, 'mtx status works under digests');

    const transport = new IscsiTransport({
      portal: attachment.portal,
      target: attachment.targetName,
      clock: new SystemClock(),
      chap: { ...CHAP, mutual: MUTUAL },
    });
    bench.atEnd(() => transport.close());
    const clock = new SystemClock();
    const unit = new LogicalUnit({ transport, lun: autoloader.lunOfChanger, clock, name: 'changer' });
    const other = new MediaChanger({ unit, clock });
    report.ok((await other.prepare()).ok, 'a second initiator, our own, works beside the kernel');
    await guest.must(`sg_persist -n --out --register --param-sark=abc123 ${changerNode}`);
    await guest.must(`sg_persist -n --out --reserve --param-rk=abc123 --prout-type=3 ${changerNode}`);
    const { first } = MSL.elements.storage;
    const move = { source: first, destination: MSL.elements.dataTransfer.first };
    const refused = await other.moveMedium(move);
    report.equal(
      refused.ok ? 'it moved' : refused.failure.layer,
      'status',
      'MOVE MEDIUM of the other ends in RESERVATION CONFLICT',
    );
    report.match(refused.ok ? '' : refused.failure.message, /RESERVATION CONFLICT/i, 'and is told so');
    await guest.must(`mtx -f ${changerNode} load 1 0`);
    report.ok(true, 'while the holder may move');
    const keys = await guest.must(`sg_persist -n --in --read-keys ${changerNode}`);
    report.match(keys, /0xabc123/, 'sg_persist reads the key back');
    await guest.must(`mtx -f ${changerNode} unload 1 0`);
    await guest.must(`sg_persist -n --out --release --param-rk=abc123 --prout-type=3 ${changerNode}`);
    const allowed = await other.moveMedium(move);
    report.ok(allowed.ok, 'after the release the other may move', allowed);
  },
};

export const iscsiParts: readonly Part[] = [kernelInitiator, broken, login];
