import t from 'tap';

import { SimulatedClock } from '../../../../devices/clock.js';
import { SgTransport } from '../../../../devices/transport/sg/sg-transport.js';
import { conformance, type ConformanceRig } from '../conformance.js';
import { TestTarget } from '../test-target.js';
import { MockedKernel, umockdevMissing } from './mocked-kernel.js';
import { UnitRouter } from './unit-router.js';

const files = new Map([
  [0, 'sg0'],
  [1, 'sg1'],
  [5, 'sg2'],
]);

if (umockdevMissing === undefined) {
  const kernel = new MockedKernel();
  const calls = kernel.calls();
  t.teardown(async () => {
    await calls.end();
    await kernel.close();
  });
  const open = async (): Promise<ConformanceRig> => {
    const clock = new SimulatedClock();
    const target = new TestTarget(clock);
    const units = new Map<number, SgTransport>();
    for (const [lun, name] of files) {
      await kernel.plugIn(name, { target, lun, clock });
      units.set(lun, new SgTransport({ path: `/dev/${name}`, clock, calls }));
    }
    const transport = new UnitRouter(units);
    return { transport, target, passTime: (ms) => clock.advance(ms), close: () => kernel.unplug() };
  };
  await conformance(t, { name: 'SG_IO', open, lengths: [16_000, 16_384, 17_000, 1_048_576] });
} else {
  t.test('SG_IO', { skip: umockdevMissing }, () => undefined);
}
