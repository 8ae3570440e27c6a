import type { TgtBench } from '../tgt/start-tgt.js';

/** What the guest sees in front of tgt's logical unit: one of QEMU's own devices. */
export type FrontEnd =
  | { readonly device: 'usb-bot' | 'usb-uas'; readonly controller: 'usb-ehci' | 'qemu-xhci' }
  | { readonly device: 'virtio-scsi-pci' };

/** The ids under which QEMU's monitor knows the devices below. */
export const frontEndId = 'frontend';
export const unitId = 'unit';
export const blockNodeId = 'changer';
/** QEMU makes one up that says at which port the device is; a device that is plugged in again must have its own. */
export const usbSerialNumber = 'BENCH0001';

/**
 * QEMU's arguments for a guest with tgt's changer behind a front end, as LUN 0, and as many of its drives as are asked for: behind
 * the same front end from LUN 1, but behind a usb-bot of its own each. QEMU answers a REQUEST SENSE for any other LUN than 0 by
 * itself, with LOGICAL UNIT NOT SUPPORTED, and Bulk-Only needs that command. QEMU logs in to tgt by itself.
 */
export function tgtChangerDevices(tgt: TgtBench, frontEnd: FrontEnd, drives = 0): string[] {
  const controller = 'controller' in frontEnd ? ['-device', `${frontEnd.controller},id=usb`] : [];
  const device = (id: string, serialNumber: string): string[] => {
    const usb = 'controller' in frontEnd ? `,bus=usb.0,serial=${serialNumber}` : '';
    return ['-device', `${frontEnd.device},id=${id}${usb}`];
  };
  const unit = (id: string, node: string, tgtLun: number, front: string, lun: number): string[] => [
    '-blockdev',
    `driver=iscsi,node-name=${node},transport=tcp,portal=${tgt.portal},target=${tgt.target},lun=${tgtLun}`,
    '-device',
    `scsi-generic,id=${id},bus=${front}.0,drive=${node},scsi-id=0,lun=${lun}`,
  ];
  const tapes = Array.from({ length: drives }, (_unused, index) => index + 1).flatMap((number) => {
    const ids = [`drive${number}`, `tape${number}`, number] as const;
    if (frontEnd.device !== 'usb-bot') return unit(...ids, frontEndId, number);
    const own = `${frontEndId}${number}`;
    return [...device(own, `${usbSerialNumber}D${number}`), ...unit(...ids, own, 0)];
  });
  return [
    ...controller,
    ...device(frontEndId, usbSerialNumber),
    ...unit(unitId, blockNodeId, tgt.changerLun, frontEndId, 0),
    ...tapes,
  ];
}
