import { DeviceTime } from '../device-time.js';
import { scsiDevices, waitInGuest } from '../guest-devices.js';
import { viewOfAutoloader, viewOfTgt, type ElementView } from '../judge/element-view.js';
import { discoverRig, rsmSteps, takeRig, type RsmSubject } from '../judge/rsm-steps.js';
import { unplugInMotion } from '../judge/unplug-steps.js';
import { OpenIscsi } from '../open-iscsi.js';
import type { Part } from '../part.js';
import { fiveCartridges, MSL, serveUsb } from '../served-autoloader.js';
import { tgtChangerDevices, usbSerialNumber, type FrontEnd } from '../tgt-changer-devices.js';
import { serveIscsi } from './iscsi.js';
import { USB_MODULES } from './usb-virtual.js';

const label = fiveCartridges(MSL)[0]?.barcode ?? '';
const TIMEOUT_MS = 300_000;

/**
 * Part 5 of the bench: `rsm` in the guest, through every way in. The rig files are those that it discovers, as they are. Each start
 * of `rsm` takes seconds under emulation, so there is no more of it than is needed.
 */
const overUsb: Part = {
  name: 'rsm-usb-virtual',
  shows:
    'rsm discover, mount and dismount: our USB transport, virtual autoloader over USB/IP, by Bulk-Only and by USB Attached SCSI',
  timeoutMs: TIMEOUT_MS,
  run: async (bench, report) => {
    const guest = await bench.guest();
    await guest.must('modprobe vhci_hcd');
    for (const protocol of ['bulk-only', 'uas'] as const) {
      const served = await serveUsb(bench, { protocol, speed: 'high' }, { serialNumber: `ORS-${protocol}` });
      await served.plugInto(guest);
      await waitInGuest(guest, `grep -qs ${served.serialNumber} /sys/bus/usb/devices/*/serial`);
      const truth = (): Promise<ElementView> => Promise.resolve(viewOfAutoloader(served.autoloader.inspect()));
      const subject: RsmSubject = { guest, projectRoot: bench.projectRoot, name: `usb-${protocol}`, truth, label };
      await discoverRig(report, subject, '--transport usb');
      await rsmSteps(report, subject);
      served.attachment.unplug();
    }
  },
};

const byTheManual: Part = {
  name: 'rsm-rigs-of-the-manual',
  shows:
    'rsm mount and dismount by hil/rigs/sg.yaml, under the kernel’s driver, and by hil/rigs/usb.yaml, which takes the device from it',
  timeoutMs: TIMEOUT_MS,
  run: async (bench, report) => {
    const served = await serveUsb(bench, { protocol: 'both', speed: 'high' });
    const guest = await bench.guest();
    await guest.must(USB_MODULES);
    await served.plugInto(guest);
    await scsiDevices(guest, 3);
    await waitInGuest(guest, '[ -e /dev/sch0 ] && [ -e /dev/nst1 ]');
    const truth = (): Promise<ElementView> => Promise.resolve(viewOfAutoloader(served.autoloader.inspect()));
    for (const name of ['sg', 'usb']) {
      const subject: RsmSubject = { guest, projectRoot: bench.projectRoot, name: `manual-${name}`, truth, label };
      await takeRig(subject, `${name}.yaml`);
      await rsmSteps(report, subject);
    }
    await waitInGuest(guest, '[ -e /dev/sch0 ]');
    report.ok(true, 'the kernel has its device back');
  },
};

const unplugged: Part = {
  name: 'rsm-usb-unplugged',
  shows: 'rsm mount goes on when the device is unplugged in the middle of MOVE MEDIUM and plugged in again',
  timeoutMs: TIMEOUT_MS,
  run: async (bench, report) => {
    const time = new DeviceTime();
    bench.atEnd(() => Promise.resolve(time.hold()));
    const served = await serveUsb(bench, { protocol: 'uas', speed: 'high' }, { clock: time.clock, timing: 'real' });
    time.run();
    const guest = await bench.guest();
    await guest.must('modprobe vhci_hcd');
    await served.plugInto(guest);
    await waitInGuest(guest, `grep -qs ${served.serialNumber} /sys/bus/usb/devices/*/serial`);
    const truth = (): Promise<ElementView> => Promise.resolve(viewOfAutoloader(served.autoloader.inspect()));
    const subject: RsmSubject = { guest, projectRoot: bench.projectRoot, name: 'unplugged', truth, label };
    await discoverRig(report, subject, '--transport usb');
    await rsmSteps(report, subject, () => unplugInMotion(report, { served, time, guest }));
  },
};

/** Nothing of ours is in the device; tgt's changer tells which drive is in which element. */
function overTgt(name: string, frontEnd: FrontEnd, transport: 'usb' | 'sg', modules: string): Part {
  return {
    name: `rsm-${name}`,
    shows: `rsm discover, mount and dismount: our ${transport} transport, QEMU's ${frontEnd.device} in front of tgt's changer and drives`,
    timeoutMs: TIMEOUT_MS,
    run: async (bench, report) => {
      const tgt = await bench.tgt();
      const guest = await bench.guest({ devices: tgtChangerDevices(tgt, frontEnd, 2) });
      await guest.must(`modprobe -a ${modules}`);
      if (transport === 'sg') {
        await scsiDevices(guest, 3);
        await waitInGuest(guest, '[ -e /dev/sch0 ] && [ -e /dev/nst1 ]');
      } else await waitInGuest(guest, `grep -qs ${usbSerialNumber} /sys/bus/usb/devices/*/serial`);
      const truth = async (): Promise<ElementView> => viewOfTgt(await tgt.elements());
      const subject: RsmSubject = { guest, projectRoot: bench.projectRoot, name, truth, label: 'TGT001L8' };
      await discoverRig(report, subject, `--transport ${transport}`);
      await rsmSteps(report, subject);
    },
  };
}

const overSg: Part = {
  name: 'rsm-sg-virtual',
  shows: "rsm discover, mount and dismount: our SG_IO transport, virtual autoloader under the kernel's uas",
  timeoutMs: TIMEOUT_MS,
  run: async (bench, report) => {
    const served = await serveUsb(bench, { protocol: 'uas', speed: 'high' });
    const guest = await bench.guest();
    await guest.must(USB_MODULES);
    await served.plugInto(guest);
    await scsiDevices(guest, 3);
    await waitInGuest(guest, '[ -e /dev/sch0 ] && [ -e /dev/nst1 ]');
    const truth = (): Promise<ElementView> => Promise.resolve(viewOfAutoloader(served.autoloader.inspect()));
    const subject: RsmSubject = { guest, projectRoot: bench.projectRoot, name: 'sg', truth, label };
    // On all transports, as a person would call it: what the kernel drives is left to it.
    await discoverRig(report, subject);
    await rsmSteps(report, subject);
  },
};

const overIscsi: Part = {
  name: 'rsm-iscsi',
  shows:
    "rsm discover, mount and dismount: virtual autoloader over iSCSI, by our own initiator and by the kernel's with SG_IO",
  timeoutMs: TIMEOUT_MS,
  run: async (bench, report) => {
    const { autoloader, attachment, portal } = await serveIscsi(bench);
    const guest = await bench.guest();
    const truth = (): Promise<ElementView> => Promise.resolve(viewOfAutoloader(autoloader.inspect()));
    const own: RsmSubject = { guest, projectRoot: bench.projectRoot, name: 'iscsi', truth, label };
    await discoverRig(report, own, `--transport iscsi --portal ${portal}`);
    await rsmSteps(report, own);

    const iscsi = await OpenIscsi.start(guest, portal, attachment.targetName);
    await iscsi.know();
    report.equal((await iscsi.login()).status, 0, 'the kernel logs in');
    await scsiDevices(guest, 3);
    await waitInGuest(guest, '[ -e /dev/sch0 ] && [ -e /dev/nst1 ]');
    const kernel: RsmSubject = { ...own, name: 'kernel-iscsi' };
    await discoverRig(report, kernel, '--transport sg');
    await rsmSteps(report, kernel);
  },
};

export const rsmParts: readonly Part[] = [
  byTheManual,
  overUsb,
  unplugged,
  overTgt('usb-qemu-bulk-only', { device: 'usb-bot', controller: 'qemu-xhci' }, 'usb', 'xhci_pci'),
  overTgt('usb-qemu-uas', { device: 'usb-uas', controller: 'usb-ehci' }, 'usb', 'ehci_pci'),
  overSg,
  overTgt('sg-virtio-scsi', { device: 'virtio-scsi-pci' }, 'sg', 'virtio_scsi sg ch st'),
  overIscsi,
];
