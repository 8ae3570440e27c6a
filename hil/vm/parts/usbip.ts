import { labelsIn, viewOfAutoloader, viewOfMtx, type ElementView } from '../judge/element-view.js';
import { mtxSteps } from '../judge/mtx-steps.js';
import { sg3Steps } from '../judge/sg3-steps.js';
import { tapeSteps } from '../judge/tape-steps.js';
import { scsiDevices, waitInGuest } from '../guest-devices.js';
import type { GuestMachine } from '../guest-machine.js';
import type { Part } from '../part.js';
import { MSL, serveUsb, withSlots } from '../served-autoloader.js';
import type { Report } from '../tap-writer.js';

type Protocol = 'bulk-only' | 'uas';

const driverOf = { 'bulk-only': 'usb-storage', uas: 'uas' } as const;
/** The kernel waits a second before it looks at a new disk; a changer needs no such thing. */
const LOAD_MODULES = 'modprobe usb_storage delay_use=0 && modprobe -a uas sg ch st vhci_hcd';

/** Part 1 of the bench: the virtual autoloader under the kernel's own USB drivers and unmodified programs. */
function kernelOverUsbip(protocol: Protocol): Part {
  return {
    name: `usbip-${protocol}`,
    shows: `the virtual autoloader over USB/IP (${protocol}) under the kernel's ${driverOf[protocol]}, sg, ch and st, mtx and sg3-utils`,
    timeoutMs: 180_000,
    run: async (bench, report) => {
      const served = await serveUsb(bench, { protocol, speed: 'high' });
      const { autoloader, serialNumber } = served;
      const guest = await bench.guest();
      await guest.must(LOAD_MODULES);
      const { port, busId } = served.attachment;
      const offered = await guest.must(`usbip --tcp-port ${port} list -r 10.0.2.2`);
      report.match(
        offered,
        new RegExp(`${busId}: .*\\(1209:b070\\)`),
        'usbip list shows the device, and nothing at fault',
      );
      await served.plugInto(guest);
      const devices = await scsiDevices(guest, 3);
      report.equal(
        devices.map(({ hostDriver, peripheralDeviceType, address }) => [
          hostDriver,
          peripheralDeviceType,
          lunOf(address),
        ]),
        [
          [driverOf[protocol], 1, 0],
          [driverOf[protocol], 8, 1],
          [driverOf[protocol], 1, 2],
        ],
        `${driverOf[protocol]} finds a drive at LUN 0, the changer at LUN 1 and a drive at LUN 2`,
      );
      await waitInGuest(guest, '[ -e /dev/sch0 ] && [ -e /dev/nst1 ]', 10);
      report.ok(true, 'the kernel makes /dev/sch0, /dev/nst0 and /dev/nst1');

      const [drive = '', changer = ''] = devices.map(({ path }) => path);
      const truth = (): Promise<ElementView> => Promise.resolve(viewOfAutoloader(autoloader.inspect()));
      const { vendorIdentification: vendor, productIdentification: product } = MSL.changer.inquiry;
      await mtxSteps(report, { guest, device: changer, truth, vendor, product });
      await sg3Steps(report, {
        ...{ guest, device: changer, kind: 'medium changer', vendor, product, serialNumber },
        commands: ['Move medium', 'Exchange medium', 'Read element status', 'Report supported operation codes'],
      });
      await tapeSteps(report, guest, { changer, tape: '/dev/nst0', megabytes: 4 });
      const tape = MSL.drives.inquiry;
      await sg3Steps(report, {
        ...{
          guest,
          device: drive,
          kind: 'tape',
          vendor: tape.vendorIdentification,
          product: tape.productIdentification,
        },
        serialNumber: '\\S+',
        commands: ['Read\\(6\\)', 'Write\\(6\\)', 'Rewind', 'Load unload', 'Report supported operation codes'],
      });
      await guest.must(`mtx -f ${changer} unload 1 0`);
      await noComplaints(report, guest);

      await guest.must('usbip detach -p 0');
      await waitInGuest(guest, '[ ! -e /dev/sch0 ]', 15);
      await served.plugInto(guest);
      const again = (await scsiDevices(guest, 3))[1]?.path ?? '';
      const status = await guest.run(`mtx -f ${again} status`);
      report.equal(viewOfMtx(status.stdout), await truth(), 'detached and attached again, it is as it was');
    },
  };
}

/**
 * As large as libraries get: their element status does not fit one transfer of usb-storage as it comes. With uas, vhci's 32
 * pieces of a page each (131,072 bytes) are the end, and there is no setting for it; other host controllers have no such limit.
 */
function manySlots(protocol: Protocol, slots: number): Part {
  return {
    name: `usbip-${protocol}-${slots}-slots`,
    shows: `mtx sees ${slots} slots over USB/IP (${protocol}) and reaches the last one`,
    timeoutMs: 120_000,
    run: async (bench, report) => {
      const served = await serveUsb(bench, { protocol, speed: 'high' }, { profile: withSlots(slots) });
      const guest = await bench.guest();
      await guest.must(LOAD_MODULES);
      await served.plugInto(guest);
      const changer = (await scsiDevices(guest, 3))[1]?.path ?? '';
      // usb-storage takes 120 KiB at once unless told otherwise; mtx asks for 84 bytes for each element.
      if (protocol === 'bulk-only') {
        await guest.must(`echo 2048 >/sys/class/scsi_generic/${changer.replace('/dev/', '')}/device/max_sectors`);
      }
      const compare = async (what: string): Promise<void> => {
        const told = viewOfMtx(await guest.must(`mtx -f ${changer} status`));
        const real = viewOfAutoloader(served.autoloader.inspect());
        report.equal(told.slots.length, slots, `${what}: mtx status shows ${slots} slots`);
        report.equal(told, real, `${what}: mtx status tells what the device has, in each of them`);
      };
      const before = labelsIn(viewOfAutoloader(served.autoloader.inspect()));
      await compare('at the start');
      await guest.must(`mtx -f ${changer} load ${slots} 1`);
      await compare(`after load ${slots} 1`);
      await guest.must(`mtx -f ${changer} unload ${slots - 1} 1`);
      await compare(`after unload ${slots - 1} 1`);
      report.equal(
        labelsIn(viewOfAutoloader(served.autoloader.inspect())),
        before,
        'all cartridges are there, each once',
      );
      await noComplaints(report, guest);
    },
  };
}

/** Resets, aborts and offline devices show only in the kernel's log: the commands that they hit are tried again. */
async function noComplaints(report: Report, guest: GuestMachine): Promise<void> {
  const words = 'reset|abort(ed)?|offlined?|error|time(d)? ?out|stall(ed)?|fail(ed|ure)?';
  const { stdout } = await guest.run(
    // The unit attention of a device that was just switched on is told in these words, too.
    `dmesg | grep -iwE '(usb|uas|scsi|sg|st|ch|vhci_hcd).*(${words})' | grep -v 'Power-on or device reset occurred'`,
  );
  report.equal(stdout, '', 'the kernel had nothing to complain of, and nothing to reset');
}

function lunOf(address: string): number {
  return Number(address.split(':').at(-1));
}

export const usbipParts: readonly Part[] = [
  kernelOverUsbip('bulk-only'),
  kernelOverUsbip('uas'),
  manySlots('bulk-only', 3_000),
  manySlots('uas', 1_500),
];
