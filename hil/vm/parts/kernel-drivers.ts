import { viewOfTgt } from '../judge/element-view.js';
import { mtxSteps } from '../judge/mtx-steps.js';
import { scsiDevices } from '../guest-devices.js';
import type { Part } from '../part.js';
import { tgtChangerDevices, type FrontEnd } from '../tgt-changer-devices.js';

/** The bench itself is judged first: programs and devices that are all not ours must agree. */
function kernelDriver(name: string, frontEnd: FrontEnd, module: string, hostDriver: string): Part {
  return {
    name,
    shows: `the kernel's ${hostDriver} and mtx drive tgt's changer behind QEMU's ${frontEnd.device}: nothing of ours takes part`,
    timeoutMs: 120_000,
    run: async (bench, report) => {
      const tgt = await bench.tgt();
      const guest = await bench.guest({ devices: tgtChangerDevices(tgt, frontEnd) });
      await guest.must(`modprobe -a ${module} sg ch`);
      const devices = await scsiDevices(guest, 1);
      const [changer] = devices;
      report.equal(devices.length, 1, 'one SCSI device is there');
      report.equal(changer?.hostDriver, hostDriver, `it is driven by ${hostDriver}`);
      report.equal(changer?.peripheralDeviceType, 8, 'it is a medium changer');
      await mtxSteps(report, {
        guest,
        device: changer?.path ?? '',
        truth: async () => viewOfTgt(await tgt.elements()),
        vendor: 'STGT',
        product: 'VMCHANGER',
        lacks: ['exchange'],
      });
    },
  };
}

export const kernelDriverParts: readonly Part[] = [
  kernelDriver('kernel-usb-bot', { device: 'usb-bot', controller: 'qemu-xhci' }, 'xhci_pci usb_storage', 'usb-storage'),
  kernelDriver('kernel-usb-uas', { device: 'usb-uas', controller: 'qemu-xhci' }, 'xhci_pci uas', 'uas'),
  kernelDriver('kernel-virtio-scsi', { device: 'virtio-scsi-pci' }, 'virtio_scsi', 'virtio_scsi'),
];
