import t from 'tap';
import { SimulatedClock } from '../../../../devices/clock.js';
import { UsbTransport } from '../../../../devices/transport/usb/usb-transport.js';
import { UsbMassStorage } from '../../../../devices/virtual/attach/usb/usb-mass-storage.js';
import { conformance } from '../conformance.js';
import { TestTarget } from '../test-target.js';
import { InMemoryBus } from './in-memory-usb.js';
import { DisguisingTransport, RevealingTarget } from './uas-disguise.js';

for (const { speed, protocol } of [
  { speed: 'full', protocol: 'uas' },
  { speed: 'high', protocol: 'uas' },
  { speed: 'high', protocol: 'both' },
  { speed: 'super', protocol: 'uas' },
] as const) {
  await conformance(t, {
    name: `USB Attached SCSI at ${speed} speed, a device with ${protocol}`,
    // Both sides of a packet at each speed.
    lengths: [31, 32, 33, 63, 64, 65, 511, 512, 513, 1_023, 1_024, 1_025, 131_072],
    open: () => {
      const clock = new SimulatedClock();
      const target = new TestTarget(clock);
      const device = new UsbMassStorage({
        target: new RevealingTarget(target),
        luns: [0, 1],
        speed,
        protocol,
        streams: 'none',
        serialNumber: 'U1',
      });
      const { openInterface } = new InMemoryBus(clock, device);
      const transport = new UsbTransport({
        vendorId: 0x1209,
        productId: 0xb070,
        protocol: 'uas',
        clock,
        openInterface,
        onNotice: (notice) => t.fail(notice),
      });
      return Promise.resolve({
        transport: new DisguisingTransport(transport),
        target,
        passTime: (ms: number) => clock.advance(ms),
      });
    },
  });
}
