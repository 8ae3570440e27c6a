import { SimulatedClock } from '../../../devices/clock.js';
import type { ChangerQuirks } from '../../../devices/element-status-reader.js';
import { LogicalUnit } from '../../../devices/logical-unit.js';
import { MediaChanger } from '../../../devices/media-changer.js';
import { TestChanger, type TestChangerOptions } from './test-changer.js';

/** A test changer with its controller, on a clock that costs no time. */
export function setUp(options: TestChangerOptions = {}, quirks: ChangerQuirks = {}) {
  const clock = new SimulatedClock({ auto: true });
  const device = new TestChanger(options);
  const unit = new LogicalUnit({ transport: device, lun: 1, clock, name: 'test changer' });
  return { clock, device, unit, changer: new MediaChanger({ unit, clock, quirks }) };
}

/** The same after `prepare`, with nothing sent yet. */
export async function prepared(options: TestChangerOptions = {}, quirks: ChangerQuirks = {}) {
  const rig = setUp(options, quirks);
  const setup = await rig.changer.prepare();
  if (!setup.ok) throw new Error(setup.failure.message);
  rig.device.sent.length = 0;
  return rig;
}
