import t from 'tap';
import { SimulatedClock } from '../../../../devices/clock.js';
import { UsbTransport } from '../../../../devices/transport/usb/usb-transport.js';
import { UsbMassStorage } from '../../../../devices/virtual/attach/usb/usb-mass-storage.js';
import { conformance } from '../conformance.js';
import { TestTarget } from '../test-target.js';
import { InMemoryBus } from './in-memory-usb.js';
import { SenseKeepingTarget } from './sense-keeping-target.js';

for (const speed of ['full', 'high', 'super'] as const) {
  await conformance(t, {
    name: `bulk-only at ${speed} speed`,
    // Both sides of a packet at each speed.
    lengths: [12, 13, 14, 18, 63, 64, 65, 1_023, 1_024, 1_025, 131_072],
    // Case 7 of clause 6.7: a phase error.
    failsOnSurplus: true,
    open: () => {
      const clock = new SimulatedClock();
      const target = new TestTarget(clock);
      const device = new UsbMassStorage({
        target: new SenseKeepingTarget(target),
        luns: [0, 1],
        speed,
        protocol: 'bulk-only',
      });
      const { openInterface } = new InMemoryBus(clock, device);
      const transport = new UsbTransport({
        vendorId: 0x1209,
        productId: 0xb070,
        protocol: 'bulk-only',
        clock,
        openInterface,
        onNotice: (notice) => t.fail(notice),
      });
      return Promise.resolve({ transport, target, passTime: (ms: number) => clock.advance(ms) });
    },
  });
}
