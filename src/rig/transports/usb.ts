import type { UnitAddress } from '../../library/library-definition.js';
import { type PlugBoard, unitAddress } from '../plug-board.js';
import type { UsbUnit } from '../rig.js';

/** A unit of a USB mass-storage device. */
export async function connectUsb(unit: UsbUnit, board: PlugBoard): Promise<UnitAddress> {
  const { transport: _, lun, ...device } = unit;
  const { clock, onNotice } = board.options;
  const transport = await board.path(`usb ${JSON.stringify(device)}`, async () => {
    const { UsbTransport } = await import('../../../devices/transport/usb/usb-transport.js');
    return new UsbTransport({ ...device, clock, ...(onNotice === undefined ? {} : { onNotice }) });
  });
  return unitAddress(transport, lun);
}
