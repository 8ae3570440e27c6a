import t from 'tap';

import { SimulatedClock } from '../../../devices/clock.js';
import { LoopbackTransport } from '../../../devices/transport/loopback.js';
import { conformance } from './conformance.js';
import { testCdb, TestCommand, TestTarget } from './test-target.js';

function makeRig() {
  const clock = new SimulatedClock();
  const target = new TestTarget(clock);
  const transport = new LoopbackTransport({ target, clock, name: 'loopback://test' });
  return { clock, target, transport, passTime: (ms: number) => clock.advance(ms) };
}

await conformance(t, { name: 'loopback', open: () => Promise.resolve(makeRig()) });

t.test('a target that throws is a broken protocol of unknown outcome', async (t) => {
  const { transport } = makeRig();
  await transport.open();
  const result = await transport.execute({ lun: 0, cdb: testCdb(TestCommand.THROW), timeoutMs: 100 });
  t.hasStrict(result, { kind: 'failed', failure: { code: 'protocol', executed: 'unknown' } });
});

t.test('closing ends the nexus at the target, once', async (t) => {
  const { transport, target } = makeRig();
  await transport.open();
  await transport.close();
  await transport.close();
  t.strictSame(target.lostNexuses, ['loopback://test']);
});

t.test('a timer does not outlive its command', async (t) => {
  const { transport, clock } = makeRig();
  await transport.open();
  await transport.execute({ lun: 0, cdb: testCdb(TestCommand.TEST_UNIT_READY), timeoutMs: 100 });
  t.equal(clock.pending, 0);
});

t.test('hands a reset to the target, and says when it does not end', async (t) => {
  const { transport, target, clock } = makeRig();
  await transport.open();
  t.equal(await transport.resetLogicalUnit(1, 100), undefined);
  t.strictSame(target.resets, [1]);
  target.resetLogicalUnit = () => new Promise(() => undefined);
  const pending = transport.resetLogicalUnit(1, 100);
  await clock.advance(100);
  t.hasStrict(await pending, { code: 'timeout', executed: 'unknown' });
});

t.test('the two sides share no memory', async (t) => {
  const { transport, target } = makeRig();
  await transport.open();
  const cdb = testCdb(TestCommand.STORE);
  const dataOut = Uint8Array.from([1, 2, 3]);
  await transport.execute({ lun: 0, cdb, dataOut, timeoutMs: 100 });
  cdb.fill(0xff);
  dataOut.fill(0xff);
  t.strictSame(target.tasks[0]?.cdb, testCdb(TestCommand.STORE));
  t.strictSame(target.tasks[0]?.dataOut, Uint8Array.from([1, 2, 3]));
  const recall = { lun: 0, cdb: testCdb(TestCommand.RECALL, 3), dataInLength: 3, timeoutMs: 100 };
  const result = await transport.execute(recall);
  if (result.kind === 'completed') result.dataIn.fill(0xff);
  t.hasStrict(await transport.execute(recall), { dataIn: Uint8Array.from([1, 2, 3]) });
});
