import t from 'tap';
import { SimulatedClock } from '../../../../devices/clock.js';
import {
  TransportError,
  type ScsiCommand,
  type TransportResult,
} from '../../../../devices/transport/scsi-transport.js';
import type { OpenUsbInterface, UsbIdentity } from '../../../../devices/transport/usb/usb-selection.js';
import { UsbTransport, type UsbTransportOptions } from '../../../../devices/transport/usb/usb-transport.js';
import { UsbMassStorage, type UsbMassStorageOptions } from '../../../../devices/virtual/attach/usb/usb-mass-storage.js';
import { testCdb, TestCommand, TestTarget } from '../test-target.js';
import { InMemoryBus } from './in-memory-usb.js';

const count = (number: number, timeoutMs = 60_000): ScsiCommand => ({
  lun: 0,
  cdb: testCdb(TestCommand.COUNT, number),
  timeoutMs,
});
const hang: ScsiCommand = { lun: 0, cdb: testCdb(TestCommand.HANG), timeoutMs: 60_000 };

interface Rig {
  readonly clock: SimulatedClock;
  readonly bus: InMemoryBus;
  readonly transport: UsbTransport;
  readonly notices: string[];
  /** A device with a target of its own. */
  readonly plug: (options?: Partial<UsbMassStorageOptions>) => TestTarget;
}

function rig(options: Partial<UsbTransportOptions> = {}, identity: UsbIdentity = { serialNumber: 'A' }): Rig {
  const clock = new SimulatedClock();
  const bus = new InMemoryBus(clock);
  const notices: string[] = [];
  const openInterface: OpenUsbInterface = async (selection) =>
    Object.assign(await bus.openInterface(selection), identity);
  const transport = new UsbTransport({
    vendorId: 0x1209,
    productId: 0xb070,
    protocol: 'bulk-only',
    clock,
    openInterface,
    onNotice: (notice) => notices.push(notice),
    ...options,
  });
  const plug: Rig['plug'] = (more) => {
    const target = new TestTarget(clock);
    bus.plug(new UsbMassStorage({ target, luns: [0, 1], protocol: 'bulk-only', ...more }));
    return target;
  };
  return { clock, bus, transport, notices, plug };
}

/** Lets time pass until the command ends; says how much it was. */
async function passing(clock: SimulatedClock, work: Promise<TransportResult>): Promise<[TransportResult, number]> {
  const startMs = clock.now();
  let result: TransportResult | undefined;
  void work.then((end) => (result = end));
  for (;;) {
    await clock.advance(10);
    if (result !== undefined) return [result, clock.now() - startMs];
  }
}

const completed = { kind: 'completed', status: 0 };
const failed = (code: string, executed: string): object => ({ kind: 'failed', failure: { code, executed } });

t.test(
  'a device that is pulled out in the middle of a command ends it at once; the next one finds it again',
  async (t) => {
    const { clock, bus, transport, plug } = rig();
    const first = plug();
    await transport.open();
    const pending = transport.execute(hang);
    await first.arrived(1);
    bus.unplug();
    t.hasStrict(await pending, failed('disconnected', 'unknown'));

    const next = transport.execute(count(1));
    await clock.advance(3_000);
    const second = plug();
    const [result] = await passing(clock, next);
    t.hasStrict(result, completed);
    t.equal(second.executed.get(1), 1);
    t.equal(first.executed.get(1), undefined);
    t.equal(second.executed.size, 1, 'the command that may have begun is not repeated');
  },
);

t.test('a device that does not come back ends the command as never sent, in bounded time', async (t) => {
  const { clock, bus, transport, plug } = rig();
  plug();
  await transport.open();
  bus.unplug();
  // The first command is the one that notices.
  await passing(clock, transport.execute(count(1)));
  const [result, tookMs] = await passing(clock, transport.execute(count(2)));
  t.hasStrict(result, failed('unreachable', 'no'));
  t.ok(tookMs >= 10_000 && tookMs < 11_000, `${tookMs} ms`);
});

t.test('waits for a device no longer than the command may take', async (t) => {
  const { clock, bus, transport, plug } = rig();
  plug();
  await transport.open();
  bus.unplug();
  await passing(clock, transport.execute(count(1)));
  const [result, tookMs] = await passing(clock, transport.execute(count(2, 500)));
  t.match(result, { kind: 'failed', failure: { code: 'unreachable', executed: 'no', message: /did not come back/ } });
  t.ok(tookMs <= 510, `${tookMs} ms`);
});

t.test('an abort ends the wait for a device', async (t) => {
  const { clock, bus, transport, plug } = rig();
  plug();
  await transport.open();
  bus.unplug();
  await passing(clock, transport.execute(count(1)));
  const caller = new AbortController();
  const pending = transport.execute({ ...count(2), signal: caller.signal });
  await clock.advance(100);
  caller.abort();
  t.hasStrict(await pending, failed('aborted', 'no'));
});

t.test('close ends the wait for a device', async (t) => {
  const { clock, bus, transport, plug } = rig();
  plug();
  await transport.open();
  bus.unplug();
  await passing(clock, transport.execute(count(1)));
  const pending = transport.execute(count(2));
  await clock.advance(100);
  await transport.close();
  t.hasStrict(await pending, failed('closed', 'no'));
  t.equal(clock.pending, 0, 'nothing goes on');
});

t.test('a device that was changed while nobody looked never sees a half command', async (t) => {
  const { clock, transport, plug } = rig();
  const first = plug();
  await transport.open();
  t.hasStrict(await transport.execute(count(1)), completed);
  await clock.advance(5_000);
  const second = plug();
  const [result] = await passing(clock, transport.execute(count(2)));
  t.hasStrict(result, completed, 'the sign of life was missed before the command was sent');
  t.strictSame([...first.executed.keys(), ...second.executed.keys()], [1, 2]);
});

t.test('asks for the very device that it opened first', async (t) => {
  for (const [identity, expected] of [
    [{ serialNumber: 'A', port: '1-2' }, ['A', undefined]],
    [{ port: '1-2' }, [undefined, '1-2']],
    [{}, [undefined, undefined]],
  ] as const) {
    const { clock, bus, transport, plug } = rig({}, identity);
    plug();
    await transport.open();
    bus.unplug();
    plug();
    await clock.advance(2_000);
    await passing(clock, transport.execute(count(1)));
    const [first, last] = [bus.selections[0], bus.selections.at(-1)];
    t.strictSame([first?.serialNumber, first?.port], [undefined, undefined]);
    t.strictSame([last?.serialNumber, last?.port], expected);
    await transport.close();
  }
});

t.test('resets the port of a device that does not come back in step', async (t) => {
  const clock = new SimulatedClock();
  const target = new TestTarget(clock);
  const bus = new InMemoryBus(clock, new UsbMassStorage({ target, luns: [0], protocol: 'bulk-only' }));
  let isDeaf = true;
  /** A device that knows no Bulk-Only Mass Storage Reset until its port was reset. */
  const openInterface: OpenUsbInterface = async (selection) => {
    if (selection.reset === true) isDeaf = false;
    const usb = await bus.openInterface(selection);
    const controlOut = usb.controlOut.bind(usb);
    usb.controlOut = (setup, data, timeoutMs) =>
      isDeaf && setup.type === 'class' ? Promise.resolve({ kind: 'stall' }) : controlOut(setup, data, timeoutMs);
    return usb;
  };
  const transport = new UsbTransport({ vendorId: 1, productId: 2, protocol: 'bulk-only', clock, openInterface });
  await transport.open();
  const pending = transport.execute({ ...hang, timeoutMs: 100 });
  await target.arrived(1);
  await clock.advance(100);
  t.hasStrict(await pending, failed('timeout', 'unknown'));
  t.hasStrict(await transport.execute(count(1)), completed);
  t.strictSame(
    bus.selections.map(({ reset }) => reset === true),
    [false, true],
  );
});

t.test('has one try to open, and says why it failed', async (t) => {
  const { bus, transport } = rig();
  await t.rejects(transport.open(), { code: 'unreachable', message: 'nothing is plugged in' });
  t.equal(bus.selections.length, 1);
});

t.test('opens by itself again after a failed open', async (t) => {
  const { transport, plug } = rig();
  await t.rejects(transport.open(), TransportError);
  plug();
  t.hasStrict(await transport.execute(count(1)), completed);
});

t.test('takes nothing before it is opened', async (t) => {
  const { bus, transport, plug } = rig();
  plug();
  t.hasStrict(await transport.execute(count(1)), failed('closed', 'no'));
  t.hasStrict(await transport.resetLogicalUnit(0, 100), { code: 'closed' });
  t.equal(bus.selections.length, 0);
});

t.test('tells the highest LUN and which protocol it speaks', async (t) => {
  const { transport, plug } = rig({ protocol: 'auto' });
  t.strictSame([transport.protocol, transport.maxLun], [undefined, undefined]);
  plug({ luns: [0, 1, 4] });
  await transport.open();
  t.strictSame([transport.protocol, transport.maxLun, transport.maxInFlight], ['bulk-only', 4, 1]);
  await transport.close();
  t.strictSame([transport.protocol, transport.maxLun], [undefined, undefined]);
});

t.test('chooses USB Attached SCSI where it can', async (t) => {
  const { transport, plug, notices } = rig({ protocol: 'auto' });
  plug({ protocol: 'both', speed: 'high' });
  await transport.open();
  t.equal(transport.protocol, 'uas');
  t.hasStrict(await transport.execute(count(1)), completed);
  t.strictSame(notices, []);
  await transport.close();
});

t.test('drives a super speed device that demands streams by Bulk-Only, and says so once', async (t) => {
  const { transport, plug, notices } = rig({ protocol: 'auto' });
  plug({ protocol: 'both', speed: 'super' });
  await transport.open();
  t.equal(transport.protocol, 'bulk-only');
  t.hasStrict(await transport.execute(count(1)), completed);
  await transport.close();
  await transport.open();
  t.match(notices, [/driven by Bulk-Only Transport: .*streams/]);
  t.equal(notices.length, 1);
  await transport.close();
});

t.test('gives a device back that it cannot drive', async (t) => {
  const { transport, plug } = rig({ protocol: 'uas' });
  plug({ protocol: 'bulk-only' });
  await t.rejects(transport.open(), { code: 'unsupported', message: /no USB Attached SCSI setting/ });
});

t.test('a reset of a logical unit reaches the protocol', async (t) => {
  const { transport, plug } = rig();
  const target = plug();
  await transport.open();
  const pending = transport.execute(hang);
  await target.arrived(1);
  t.equal(await transport.resetLogicalUnit(0, 1_000), undefined);
  t.hasStrict(await pending, failed('aborted', 'unknown'));
  t.hasStrict(await transport.execute(count(1)), completed);
});

t.test('a close during the opening leaves nothing open', async (t) => {
  const { transport, plug } = rig();
  plug();
  const opening = transport.open();
  await transport.close();
  await t.rejects(opening, { code: 'closed' });
  t.hasStrict(await transport.execute(count(1)), failed('closed', 'no'));
});

t.test('is named by what tells its device from others', (t) => {
  t.equal(rig().transport.name, 'usb://1209:b070');
  t.equal(rig({ serialNumber: 'S1' }).transport.name, 'usb://1209:b070/S1');
  t.equal(rig({ port: '1-1.4' }).transport.name, 'usb://1209:b070/1-1.4');
  t.end();
});

t.test('a late sign that the old device is gone does not take the new one away', async (t) => {
  const late: (() => void)[] = [];
  const { clock, bus, plug } = rig();
  plug();
  /** Asked for a sign of life the first device answers when the test says so. */
  const openInterface: OpenUsbInterface = async (selection) => {
    const usb = await bus.openInterface(selection);
    const controlIn = usb.controlIn.bind(usb);
    const isFirst = bus.selections.length === 1;
    usb.controlIn = async (setup, length, timeoutMs) => {
      if (isFirst && setup.type === 'standard') await new Promise<void>((resolve) => late.push(resolve));
      return controlIn(setup, length, timeoutMs);
    };
    return usb;
  };
  const transport = new UsbTransport({ vendorId: 1, productId: 2, protocol: 'bulk-only', clock, openInterface });
  await transport.open();
  await clock.advance(5_000);
  const second = plug();
  const pending = transport.execute(hang);
  const other = transport.execute(count(2));
  await clock.advance(0);
  t.equal(late.length, 2, 'both ask first whether the device is still there');
  late[0]?.();
  await second.arrived(1);
  late[1]?.();
  await clock.advance(100);
  t.equal(bus.selections.length, 2, 'the new device is opened once');
  t.equal(await transport.resetLogicalUnit(0, 1_000), undefined);
  t.hasStrict(await pending, failed('aborted', 'unknown'));
  t.hasStrict(await other, completed);
});

t.test('commands that wait for their turn when the device goes are carried by the next one', async (t) => {
  const { clock, bus, transport, plug } = rig();
  const first = plug();
  await transport.open();
  const pending = transport.execute(hang);
  const waiting = Array.from({ length: 30 }, (_, at) => transport.execute(count(at)));
  await first.arrived(1);
  bus.unplug();
  const second = plug();
  t.hasStrict(await pending, failed('disconnected', 'unknown'));
  const more = transport.execute(count(100));
  await clock.advance(1_000);
  t.hasStrict(await more, completed);
  for (const result of await Promise.all(waiting)) t.hasStrict(result, completed);
  t.equal(first.executed.size, 0);
  t.equal(second.executed.size, 31);
});
