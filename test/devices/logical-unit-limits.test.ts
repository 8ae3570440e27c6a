import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import type { CommandRequest } from '../../devices/command-request.js';
import { LogicalUnit } from '../../devices/logical-unit.js';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { SenseKey } from '../../devices/scsi/sense.js';
import { ScsiStatus } from '../../devices/scsi/status.js';
import { checkCondition, ScriptedTransport, status } from './test-device/scripted-transport.js';

const moveOpcode = OperationCode.MOVE_MEDIUM;
const motion: CommandRequest<undefined> = {
  name: 'MOVE MEDIUM',
  cdb: Uint8Array.of(moveOpcode, ...Array.from({ length: 11 }, () => 0)),
  timeoutClass: 'motion',
  motion: true,
  decode: () => undefined,
};

function setUp() {
  const clock = new SimulatedClock({ auto: true });
  const transport = new ScriptedTransport();
  return { clock, transport, unit: new LogicalUnit({ transport, lun: 0, clock, name: 'unit under test' }) };
}

t.test('a motion that the device may have begun is not sent again, whatever the recovery table says', async (t) => {
  const { transport, unit } = setUp();
  const cleaning = { key: SenseKey.NO_SENSE, ...AdditionalSense.CLEANING_CARTRIDGE_INSTALLED };
  transport.once(moveOpcode, checkCondition(cleaning));
  t.match(await unit.execute(motion), { ok: false, failure: { layer: 'sense', executed: 'unknown' } });
  t.equal(transport.count(moveOpcode), 1);
});

t.test('a signal ends the wait for a path that does not open', async (t) => {
  const { transport, unit } = setUp();
  transport.open = () => new Promise(() => undefined);
  const cancel = new AbortController();
  const outcome = unit.execute(motion, { signal: cancel.signal });
  await new Promise((resolve) => setImmediate(resolve));
  cancel.abort();
  t.match(await outcome, { ok: false, failure: { executed: /^no$/, transport: { code: 'aborted' } } });
  t.equal(transport.sent.length, 0);
});

t.test('a path that fails to open after the caller has gone harms nobody', async (t) => {
  const { transport, unit } = setUp();
  let fail: (error: Error) => void = () => undefined;
  transport.open = () => new Promise((_, reject) => (fail = reject));
  const cancel = new AbortController();
  const outcome = unit.execute(motion, { signal: cancel.signal });
  await new Promise((resolve) => setImmediate(resolve));
  cancel.abort();
  await outcome;
  fail(new Error('nobody is there'));
  await new Promise((resolve) => setImmediate(resolve));
  delete (transport as Partial<ScriptedTransport>).open;
  t.match(await unit.execute(motion), { ok: true });
});

t.test('a command may bound its own recovery', async (t) => {
  const { transport, unit, clock } = setUp();
  transport.push(() => status(ScsiStatus.BUSY));
  const beganMs = clock.now();
  t.match(await unit.execute({ ...motion, recoveryMs: 3_000 }), { ok: false, failure: { status: ScsiStatus.BUSY } });
  t.equal(clock.now() - beganMs, 3_000);
});
