import { Carrier } from '../carrier.js';
import { DeviceTime } from '../device-time.js';
import { scsiDevices, waitInGuest } from '../guest-devices.js';
import { changerSteps, compareInventory, preparedChanger, type ChangerSubject } from '../judge/changer-steps.js';
import { viewOfAutoloader, viewOfTgt } from '../judge/element-view.js';
import { unplugSteps, type UnplugSubject } from '../judge/unplug-steps.js';
import type { Part } from '../part.js';
import { QuickClock } from '../quick-clock.js';
import { MSL, serveUsb } from '../served-autoloader.js';
import { tgtChangerDevices, type FrontEnd } from '../tgt-changer-devices.js';
import { USB_MODULES } from './usb-virtual.js';

const SPEED = 15;

/** Part 3 of the bench: our SG_IO transport on what the kernel's drivers make of the same devices. */
function sgOnTgt(name: string, frontEnd: FrontEnd, module: string): Part {
  return {
    name: `sg-${name}`,
    shows: `our SG_IO transport drives tgt's changer behind QEMU's ${frontEnd.device}`,
    timeoutMs: 120_000,
    run: async (bench, report) => {
      const tgt = await bench.tgt();
      const guest = await bench.guest({ devices: tgtChangerDevices(tgt, frontEnd) });
      await guest.must(`modprobe -a ${module} sg ch`);
      const [changer] = await scsiDevices(guest, 1);
      await waitInGuest(guest, '[ -e /dev/sch0 ]', 15);
      const carrier = await Carrier.start(bench, guest);
      const subject = (transport: ChangerSubject['transport']): ChangerSubject => ({
        transport,
        lun: 0,
        truth: async () => viewOfTgt(await tgt.elements()),
        clock: new QuickClock(SPEED),
        vendor: 'STGT',
        product: 'VMCHANGER',
      });
      await changerSteps(report, subject(await carrier.make({ kind: 'sg', path: changer?.path ?? '' })));
      // The changer driver's own node takes SG_IO, too.
      const byName = subject(await carrier.make({ kind: 'sg', path: '/dev/sch0' }));
      const { changer: samePath } = await preparedChanger(byName);
      await compareInventory(report, samePath, byName, 'through /dev/sch0');
    },
  };
}

const virtualOverUsbip: Part = {
  name: 'sg-virtual',
  shows:
    "our SG_IO transport drives the virtual autoloader under the kernel's usb-storage, also when it is unplugged in the middle of MOVE MEDIUM",
  timeoutMs: 180_000,
  run: async (bench, report) => {
    const time = new DeviceTime();
    bench.atEnd(() => Promise.resolve(time.hold()));
    const served = await serveUsb(
      bench,
      { protocol: 'bulk-only', speed: 'high' },
      { clock: time.clock, timing: 'real' },
    );
    time.run();
    const guest = await bench.guest();
    await guest.must(USB_MODULES);
    await served.plugInto(guest);
    const path = (await scsiDevices(guest, 3))[1]?.path ?? '';
    await waitInGuest(guest, '[ -e /dev/sch0 ] && [ -e /dev/nst1 ]');
    const carrier = await Carrier.start(bench, guest);
    const transport = await carrier.make({ kind: 'sg', path });
    const subject: UnplugSubject = {
      transport,
      // One node is one logical unit, whatever its number.
      lun: 0,
      truth: () => Promise.resolve(viewOfAutoloader(served.autoloader.inspect())),
      clock: new QuickClock(SPEED),
      vendor: MSL.changer.inquiry.vendorIdentification,
      product: MSL.changer.inquiry.productIdentification,
      ...{ served, time, guest, backInGuest: `[ -e ${path} ]` },
      // usb-storage ends what it lost with DID_ERROR, which may mean anything.
      lossCodes: ['disconnected', 'protocol'],
    };
    const prepared = await changerSteps(report, subject);
    await unplugSteps(report, prepared, subject);
    await transport.close();
  },
};

export const sgParts: readonly Part[] = [
  sgOnTgt('virtio-scsi', { device: 'virtio-scsi-pci' }, 'virtio_scsi'),
  sgOnTgt('usb-storage', { device: 'usb-bot', controller: 'qemu-xhci' }, 'xhci_pci usb_storage'),
  sgOnTgt('uas', { device: 'usb-uas', controller: 'qemu-xhci' }, 'xhci_pci uas'),
  virtualOverUsbip,
];
