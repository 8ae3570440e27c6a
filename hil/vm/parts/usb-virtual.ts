import type { ChangerQuirks } from '../../../devices/element-status-reader.js';
import { inquiryCdb } from '../../../devices/scsi/spc/inquiry.js';
import type { CarriedTransportPlan } from '../carried-messages.js';
import { Carrier } from '../carrier.js';
import { DeviceTime } from '../device-time.js';
import { waitInGuest } from '../guest-devices.js';
import { changerSteps, compareInventory, preparedChanger, type PreparedChanger } from '../judge/changer-steps.js';
import { viewOfAutoloader } from '../judge/element-view.js';
import { unplugSteps, type UnplugSubject } from '../judge/unplug-steps.js';
import type { Part } from '../part.js';
import { QuickClock } from '../quick-clock.js';
import { MSL, serveUsb, withSlots } from '../served-autoloader.js';
import type { Report } from '../tap-writer.js';

type Protocol = 'bulk-only' | 'uas';

/** How fast the controller's own waits pass. */
const SPEED = 15;
/** With the kernel's own drivers in the way, as on any real machine. */
export const USB_MODULES = 'modprobe usb_storage delay_use=0 && modprobe -a uas sg ch st vhci_hcd';
const { vendorIdentification: vendor, productIdentification: product } = MSL.changer.inquiry;

/** Part 2 of the bench, first half: our USB transport through the guest's kernel against the virtual autoloader. */
function usbTransport(protocol: Protocol): Part {
  return {
    name: `usb-virtual-${protocol}`,
    shows: `our USB transport (${protocol}) drives the virtual autoloader over USB/IP, also when it is unplugged in the middle of MOVE MEDIUM`,
    timeoutMs: 180_000,
    run: async (bench, report) => {
      const time = new DeviceTime();
      bench.atEnd(() => Promise.resolve(time.hold()));
      const served = await serveUsb(bench, { protocol: 'both', speed: 'high' }, { clock: time.clock, timing: 'real' });
      time.run();
      const guest = await bench.guest();
      await guest.must(USB_MODULES);
      await served.plugInto(guest);
      await waitInGuest(guest, '[ -e /dev/sch0 ] && [ -e /dev/sg2 ]');
      const carrier = await Carrier.start(bench, guest);
      const { vendorId, productId } = served.attachment;
      const { serialNumber } = served;
      const transport = await carrier.make({ kind: 'usb', vendorId, productId, serialNumber, protocol });
      await transport.open();
      report.equal(
        transport.protocol,
        protocol,
        `the device has both protocols and is driven by ${protocol}, as asked`,
      );
      report.equal((await guest.run('ls /dev/sg0')).status, 2, "the kernel's driver has let go of it");

      const truth = () => Promise.resolve(viewOfAutoloader(served.autoloader.inspect()));
      const lun = served.autoloader.lunOfChanger;
      const clock = new QuickClock(SPEED);
      const subject: UnplugSubject = { transport, lun, truth, clock, vendor, product, served, time, guest };
      const prepared = await changerSteps(report, subject);
      if (protocol === 'uas') await severalInFlight(report, prepared, subject);
      await unplugSteps(report, prepared, subject);
      await transport.close();
      await waitInGuest(guest, '[ -e /dev/sch0 ]', 15);
      report.ok(true, "after close the kernel's driver has it again: /dev/sch0 is there");
    },
  };
}

/** While one unit is at work for minutes, the others of the device answer: that is what tags are for. */
async function severalInFlight(
  report: Report,
  { changer, slots, drives }: PreparedChanger,
  { transport, time, served }: UnplugSubject,
): Promise<void> {
  const [slot = 0] = slots;
  const [drive = 0] = drives;
  report.ok(transport.maxInFlight > 1, `up to ${transport.maxInFlight} commands may be under way at once`);
  time.hold();
  let done = false;
  const moving = changer.moveMedium({ source: slot, destination: drive }).finally(() => (done = true));
  const inquiries = served.autoloader.lunsOfDrives.flatMap((lun) =>
    Array.from({ length: 8 }, () =>
      transport.execute({ lun, cdb: inquiryCdb({ allocationLength: 96 }), dataInLength: 96, timeoutMs: 20_000 }),
    ),
  );
  const answers = await Promise.all(inquiries);
  report.equal(
    answers.map((answer) => answer.kind === 'completed' && answer.status === 0 && answer.dataIn.length >= 36),
    answers.map(() => true),
    `${answers.length} INQUIRY commands to the drives are answered while MOVE MEDIUM is under way`,
  );
  report.ok(!done, 'and MOVE MEDIUM is under way still');
  time.run();
  report.ok((await moving).ok, 'until it ends well');
  report.ok((await changer.moveMedium({ source: drive, destination: slot })).ok, 'and the cartridge goes home');
}

/** What a device says of itself decides how it is driven; two of them are plugged in at once. */
const speeds: Part = {
  name: 'usb-virtual-speeds',
  shows:
    'a super speed device that demands streams is driven by its Bulk-Only setting, and says so; a full speed one by USB Attached SCSI',
  timeoutMs: 120_000,
  run: async (bench, report) => {
    const guest = await bench.guest();
    await guest.must('modprobe vhci_hcd');
    const carrier = await Carrier.start(bench, guest);
    const cases = [
      { speed: 'super', expected: 'bulk-only', notices: 1 },
      { speed: 'full', expected: 'uas', notices: 0 },
    ] as const;
    for (const { speed, expected, notices } of cases) {
      const serialNumber = `ORS${speed.toUpperCase()}`;
      const served = await serveUsb(bench, { protocol: 'both', speed }, { serialNumber });
      await served.plugInto(guest);
      await waitInGuest(guest, `grep -qs ${serialNumber} /sys/bus/usb/devices/*/serial`, 15);
      const { vendorId, productId } = served.attachment;
      const transport = await carrier.make({ kind: 'usb', vendorId, productId, serialNumber, protocol: 'auto' });
      await transport.open();
      report.equal(transport.protocol, expected, `at ${speed} speed it is driven by ${expected}`);
      const told = carrier.notices.splice(0);
      report.equal(told.length, notices, `and this is told so many times: ${notices} (${told.join('; ')})`);
      const truth = () => Promise.resolve(viewOfAutoloader(served.autoloader.inspect()));
      const lun = served.autoloader.lunOfChanger;
      const { changer } = await preparedChanger({
        transport,
        lun,
        truth,
        clock: new QuickClock(SPEED),
        vendor,
        product,
      });
      await compareInventory(report, changer, { truth }, `at ${speed} speed`);
    }
  },
};

const SLOTS = 3_000;
/** usb-storage takes 120 KiB in one transfer, unless root tells it otherwise; the hint of a rig file gets by without. */
const quirks: ChangerQuirks = { maxElementsPerQuery: 2_000 };

const manySlots: Part = {
  name: `usb-virtual-${SLOTS}-slots`,
  shows: `our USB and SG_IO transports read ${SLOTS} slots and reach the last one`,
  timeoutMs: 120_000,
  run: async (bench, report) => {
    const profile = withSlots(SLOTS);
    const served = await serveUsb(bench, { protocol: 'both', speed: 'high' }, { profile });
    const guest = await bench.guest();
    await guest.must(USB_MODULES);
    await served.plugInto(guest);
    await waitInGuest(guest, '[ -e /dev/sch0 ] && [ -e /dev/sg2 ]');
    const carrier = await Carrier.start(bench, guest);
    const { vendorId, productId } = served.attachment;
    const plans: readonly CarriedTransportPlan[] = [
      { kind: 'sg', path: '/dev/sg1' },
      { kind: 'usb', vendorId, productId, protocol: 'bulk-only' },
      { kind: 'usb', vendorId, productId, protocol: 'uas' },
    ];
    for (const plan of plans) {
      const transport = await carrier.make(plan);
      const lun = plan.kind === 'sg' ? 0 : served.autoloader.lunOfChanger;
      const truth = () => Promise.resolve(viewOfAutoloader(served.autoloader.inspect()));
      const clock = new QuickClock(SPEED);
      const { changer, slots, drives } = await preparedChanger({
        ...{ transport, lun, truth, clock, vendor, product },
        ...(plan.kind === 'sg' ? { quirks } : {}),
      });
      const way = plan.kind === 'sg' ? 'SG_IO' : plan.protocol;
      report.equal(slots.length, SLOTS, `${way}: the changer tells of ${SLOTS} slots`);
      await compareInventory(report, changer, { truth }, `by ${way}`);
      const there = await changer.moveAndVerify({ source: slots.at(-1) ?? 0, destination: drives[0] ?? 0 });
      report.equal(there.outcome, 'moved', `${way}: from the last slot to a drive: ${there.message}`);
      await compareInventory(report, changer, { truth }, `by ${way}, with a full drive`);
      const back = await changer.moveAndVerify({ source: drives[0] ?? 0, destination: slots.at(-1) ?? 0 });
      report.equal(back.outcome, 'moved', `${way}: and back: ${back.message}`);
      await transport.close();
    }
  },
};

const NOBODY = 65_534;

const permissions: Part = {
  name: 'usb-virtual-permissions',
  shows: 'a user who may not open the device is told what to do, for USB and for SG_IO',
  timeoutMs: 120_000,
  run: async (bench, report) => {
    const served = await serveUsb(bench, { protocol: 'bulk-only', speed: 'high' });
    const guest = await bench.guest();
    await guest.must(USB_MODULES);
    await served.plugInto(guest);
    await waitInGuest(guest, '[ -e /dev/sch0 ] && [ -e /dev/sg2 ]');
    const carrier = await Carrier.start(bench, guest, NOBODY);
    const { vendorId, productId } = served.attachment;
    const cases = [
      { plan: { kind: 'usb', vendorId, productId, protocol: 'auto' }, remedy: /ATTR\{idVendor\}=="1209"/ },
      { plan: { kind: 'sg', path: '/dev/sg1' }, remedy: /GROUP=/ },
    ] as const;
    for (const { plan, remedy } of cases) {
      const transport = await carrier.make(plan);
      const opened: unknown = await transport.open().then(
        () => 'it opened',
        (error: unknown) => error,
      );
      const { code, message } = opened as { code?: unknown; message?: unknown };
      report.equal(code, 'unreachable', `${plan.kind}: the path cannot be opened`);
      report.match(String(message), remedy, `${plan.kind}: ${String(message)}`);
    }
    report.equal((await guest.run('ls /dev/sch0')).status, 0, "the kernel's driver keeps the device");
  },
};

export const usbVirtualParts: readonly Part[] = [
  usbTransport('bulk-only'),
  usbTransport('uas'),
  speeds,
  manySlots,
  permissions,
];
