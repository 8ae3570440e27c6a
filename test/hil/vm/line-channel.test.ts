import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { BenchError } from '../../../hil/vm/bench-error.js';
import { LineChannel } from '../../../hil/vm/line-channel.js';
import { QemuMonitor } from '../../../hil/vm/qemu-monitor.js';

async function channelAndPeer(t: Test): Promise<{ channel: LineChannel; peer: Socket }> {
  const channel = await LineChannel.onLoopback();
  const peer = connect(channel.port, '127.0.0.1').setEncoding('utf8');
  t.teardown(() => {
    channel.close();
    peer.destroy();
  });
  await channel.connected();
  return { channel, peer };
}

t.test('puts lines together, however they were cut', async (t) => {
  const { channel, peer } = await channelAndPeer(t);
  const lines: string[] = [];
  const three = new Promise<void>((resolve) => {
    channel.onLine((line) => {
      if (lines.push(line) === 3) resolve();
    });
  });
  for (const piece of ['on', 'e\ntw', '', 'o\n\n']) peer.write(piece);
  await three;
  t.strictSame(lines, ['one', 'two', '']);
});

t.test('what is sent before the peer has come waits for it', async (t) => {
  const channel = await LineChannel.onLoopback();
  t.teardown(() => channel.close());
  channel.send('first');
  const peer = connect(channel.port, '127.0.0.1').setEncoding('utf8');
  t.teardown(() => peer.destroy());
  const [text] = (await once(peer, 'data')) as [string];
  t.equal(text, 'first\n');
});

t.test('tells that the peer has gone', async (t) => {
  const { channel, peer } = await channelAndPeer(t);
  const ended = new Promise<void>((resolve) => channel.onEnd(resolve));
  peer.destroy();
  await t.resolves(ended);
});

/** A QEMU that answers as it is told. */
async function monitorAndQemu(t: Test, answer: (command: string, id: unknown) => object[]): Promise<QemuMonitor> {
  const { channel, peer } = await channelAndPeer(t);
  const monitor = new QemuMonitor(channel);
  peer.write(`${JSON.stringify({ QMP: { version: {}, capabilities: [] } })}\n`);
  peer.on('data', (text: string) => {
    for (const line of text.split('\n').filter((one) => one !== '')) {
      const { execute, id } = JSON.parse(line) as { execute: string; id?: unknown };
      for (const message of execute === 'qmp_capabilities' ? [{ return: {} }] : answer(execute, id)) {
        peer.write(`${JSON.stringify(message)}\n`);
      }
    }
  });
  t.teardown(() => peer.destroy());
  return monitor;
}

t.test("QEMU's answers find their commands, in any order", async (t) => {
  const held: object[] = [];
  const monitor = await monitorAndQemu(t, (command, id) => {
    held.unshift({ return: command, id });
    return held.length === 2 ? held : [];
  });
  const both = [monitor.execute('one'), monitor.execute('two')];
  t.strictSame(await Promise.all(both), ['one', 'two']);
});

t.test('a refusal of QEMU is an error with its words', async (t) => {
  const monitor = await monitorAndQemu(t, (_command, id) => [
    { error: { class: 'GenericError', desc: 'Device is not hotpluggable' }, id },
  ]);
  await t.rejects(monitor.removeDevice('x'), { code: 'COMMAND_FAILED', message: /not hotpluggable/ });
});

t.test('a device is gone when QEMU says so, not when it takes the order', async (t) => {
  const deleted = (device: string): object => ({ event: 'DEVICE_DELETED', data: { device, path: '/machine' } });
  let gone = false;
  const monitor = await monitorAndQemu(t, (command, id) => {
    gone = command === 'continue';
    return command === 'continue' ? [deleted('mine'), { return: {}, id }] : [{ return: {}, id }, deleted('other')];
  });
  const removed = monitor.removeDevice('mine').then(() => gone);
  await monitor.execute('continue');
  t.equal(await removed, true);
});

t.test('a QEMU that ends answers nobody any more', async (t) => {
  const { channel, peer } = await channelAndPeer(t);
  const monitor = new QemuMonitor(channel);
  const answer = monitor.execute('query-status');
  peer.destroy();
  const error: unknown = await answer.catch((cause: unknown) => cause);
  t.type(error, BenchError);
  t.match(error, { code: 'GUEST_DIED' });
});
