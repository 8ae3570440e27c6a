import t from 'tap';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';
import { IscsiOpcode } from '../../../../devices/transport/iscsi/protocol-values.js';
import type { IscsiAsyncEvent } from '../../../../devices/transport/iscsi/index.js';
import { testCdb, TestCommand } from '../test-target.js';
import { refuse } from './peer/peer-login.js';
import { completedOf, failureOf, peerRig } from './peer/peer-rig.js';

const count = (number: number) => ({ lun: 0, cdb: testCdb(TestCommand.COUNT, number), timeoutMs: 600_000 });
const hang = { lun: 0, cdb: testCdb(TestCommand.HANG), timeoutMs: 600_000 };

t.test('never repeats a command that was under way when the connection broke', async (t) => {
  const { peer, target, transport } = await peerRig(t);
  await transport.open();
  // The device moves, and the answer is lost.
  peer.on(
    IscsiOpcode.scsiCommand,
    (received, connection) => {
      const { cdb } = pdu.scsiCommand.decode(received.bhs);
      void target.execute({ nexus: 'lost', lun: 0, cdb: cdb.subarray(0, 10), dataOut: new Uint8Array(0) });
      connection.drop();
    },
    1,
  );
  t.match(failureOf(await transport.execute(count(7))), { code: 'disconnected', executed: 'unknown' });
  completedOf(await transport.execute(count(8)));
  t.equal(target.executed.get(7), 1);
  t.equal(peer.connections.length, 2);
});

t.test('logs in again under the same name, so that the target drops the old session', async (t) => {
  const { peer, transport } = await peerRig(t);
  await transport.open();
  peer.connection.drop();
  await peer.until(() => peer.connection.ended);
  // Our end hears of the drop at the latest with the next command.
  const first = await transport.execute(count(1));
  if (first.kind === 'failed') completedOf(await transport.execute(count(1)));
  const [before, after] = peer.of(IscsiOpcode.loginRequest).map((received) => pdu.loginRequest.decode(received.bhs));
  t.strictSame(before?.isid, after?.isid);
  t.equal(after?.tsih, 0);
});

t.test('ends every command under way at once, and tells those apart that were not sent', async (t) => {
  const { peer, target, transport } = await peerRig(t, { window: 3 });
  await transport.open();
  const pending = Array.from({ length: 5 }, () => transport.execute(hang));
  await target.arrived(3);
  peer.connection.drop();
  const executed = (await Promise.all(pending)).map((result) => failureOf(result)?.executed);
  t.strictSame(executed, ['unknown', 'unknown', 'unknown', 'no', 'no']);
  t.strictSame(peer.violations, []);
});

t.test('ends a command when the connection breaks in the middle of its answer', async (t) => {
  const { peer, transport } = await peerRig(t);
  await transport.open();
  peer.on(
    IscsiOpcode.scsiCommand,
    (received, connection) => {
      const { initiatorTaskTag } = pdu.basicHeader.decode(received.bhs);
      const header = { final: true, hasStatus: true, initiatorTaskTag, dataSn: 0, bufferOffset: 0 };
      const whole = connection.encode(
        pdu.dataIn.encode({ ...header, ...connection.takeSerials() }),
        new Uint8Array(64),
      );
      connection.sendRaw(whole.subarray(0, 60));
      connection.socket.end();
    },
    1,
  );
  const result = await transport.execute({ ...count(1), dataInLength: 64 });
  t.match(failureOf(result), { code: 'disconnected', executed: 'unknown' });
});

t.test('tries the login again with growing pauses while the target is away', async (t) => {
  const reconnect = { attempts: 4, firstDelayMs: 100, maxDelayMs: 300 };
  const { clock, peer, transport } = await peerRig(t, {}, { reconnect });
  await transport.open();
  peer.on(IscsiOpcode.scsiCommand, (_received, connection) => connection.drop(), 1);
  t.match(failureOf(await transport.execute(count(1))), { code: 'disconnected' });
  peer.on(
    IscsiOpcode.loginRequest,
    (received, connection) => refuse(connection, pdu.loginRequest.decode(received.bhs), 0x0301),
    3,
  );
  const pending = transport.execute(count(2));
  for (const [attempt, pauseMs] of [100, 200, 300].entries()) {
    await peer.until(() => peer.connections.length === attempt + 2 && peer.connection.ended);
    await clock.advance(pauseMs - 1);
    t.equal(peer.connections.length, attempt + 2, `no login before ${pauseMs} ms`);
    await clock.advance(1);
  }
  completedOf(await pending);
  t.equal(peer.connections.length, 5);
});

t.test('gives up after the last attempt, and begins anew with the next command', async (t) => {
  const reconnect = { attempts: 2, firstDelayMs: 100, maxDelayMs: 100 };
  const { clock, peer, transport } = await peerRig(t, {}, { reconnect });
  await transport.open();
  peer.on(IscsiOpcode.scsiCommand, (_received, connection) => connection.drop(), 1);
  await transport.execute(count(1));
  peer.on(
    IscsiOpcode.loginRequest,
    (received, connection) => refuse(connection, pdu.loginRequest.decode(received.bhs), 0x0302),
    2,
  );
  const pending = transport.execute(count(2));
  await peer.until(() => peer.connections.length === 2 && peer.connection.ended);
  await clock.advance(100);
  t.match(failureOf(await pending), { code: 'unreachable', executed: /^no$/, message: /out of resources/ });
  completedOf(await transport.execute(count(3)));
});

t.test('lets a caller stop waiting for a login', async (t) => {
  const { peer, transport } = await peerRig(t);
  peer.on(IscsiOpcode.loginRequest, () => undefined);
  const caller = new AbortController();
  const pending = transport.execute({ ...count(1), signal: caller.signal });
  await peer.arrived(IscsiOpcode.loginRequest);
  caller.abort();
  t.match(failureOf(await pending), { code: 'aborted', executed: /^no$/ });
});

t.test('logs in once for all commands that wait for it', async (t) => {
  const { peer, transport } = await peerRig(t);
  for (const result of await Promise.all([1, 2, 3].map((number) => transport.execute(count(number)))))
    completedOf(result);
  t.equal(peer.connections.length, 1);
});

for (const { event, what } of [
  { event: 1, what: 'a logout' },
  { event: 4, what: 'a renegotiation' },
]) {
  t.test(`finishes what is under way when the target asks for ${what}, then logs in anew`, async (t) => {
    const { clock, peer, target, transport } = await peerRig(t, { window: 1 });
    await transport.open();
    const underWay = transport.execute({ lun: 0, cdb: testCdb(TestCommand.COUNT, 1, 50), timeoutMs: 600_000 });
    const waiting = transport.execute(count(2));
    await target.arrived(1);
    peer.connection.send(pdu.asyncMessage.encode({ event, parameter3: 10, ...peer.connection.takeSerials() }));
    // Its answer shows that the message before it was read.
    peer.connection.send(pdu.nopIn.encode({ targetTransferTag: 5, ...peer.connection.serials }));
    await peer.arrived(IscsiOpcode.nopOut);
    t.equal(peer.of(IscsiOpcode.logoutRequest).length, 0, 'not yet');
    await clock.advance(50);
    completedOf(await underWay);
    completedOf(await waiting);
    t.equal(peer.of(IscsiOpcode.logoutRequest).length, 1);
    t.equal(peer.connections.length, 2);
    t.equal(target.executed.get(2), 1);
    t.strictSame(peer.violations, []);
  });
}

t.test('logs out in time although a command is still under way', async (t) => {
  const { clock, peer, target, transport } = await peerRig(t);
  await transport.open();
  const pending = transport.execute(hang);
  await target.arrived(1);
  peer.connection.send(pdu.asyncMessage.encode({ event: 1, parameter3: 10, ...peer.connection.takeSerials() }));
  peer.connection.send(pdu.nopIn.encode({ targetTransferTag: 5, ...peer.connection.serials }));
  await peer.arrived(IscsiOpcode.nopOut);
  await clock.advance(5000);
  t.match(failureOf(await pending), { code: 'disconnected', executed: 'unknown' });
  t.equal(peer.of(IscsiOpcode.logoutRequest).length, 1);
});

t.test('keeps the pause that the target asks for when it drops the connection', async (t) => {
  const { clock, peer, target, transport } = await peerRig(t);
  await transport.open();
  const pending = transport.execute(hang);
  await target.arrived(1);
  const message = { event: 2, parameter1: 0, parameter2: 7, parameter3: 0 };
  peer.connection.send(pdu.asyncMessage.encode({ ...message, ...peer.connection.takeSerials() }));
  peer.connection.socket.end();
  t.match(failureOf(await pending), { code: 'disconnected', executed: 'unknown' });
  const next = transport.execute(count(1));
  await clock.advance(6999);
  t.equal(peer.connections.length, 1);
  await clock.advance(1);
  completedOf(await next);
});

t.test('hands SCSI events and vendor events to the listener and goes on', async (t) => {
  const events: IscsiAsyncEvent[] = [];
  const { peer, transport } = await peerRig(t, {}, { onAsyncEvent: (event) => events.push(event) });
  await transport.open();
  const sense = Uint8Array.of(0, 4, 0x72, 6, 0x29, 0);
  peer.connection.send(pdu.asyncMessage.encode({ event: 0, ...peer.connection.takeSerials() }), sense);
  peer.connection.send(pdu.asyncMessage.encode({ event: 255, vendorCode: 9, ...peer.connection.takeSerials() }));
  completedOf(await transport.execute(count(1)));
  t.match(events, [
    { event: 0, data: sense },
    { event: 255, vendorCode: 9 },
  ]);
  t.equal(peer.connections.length, 1);
});

t.test('logs out when it is closed, and does not wait for ever for the answer', async (t) => {
  const { clock, peer, transport } = await peerRig(t);
  await transport.open();
  peer.on(IscsiOpcode.logoutRequest, () => undefined);
  const closing = transport.close();
  await peer.arrived(IscsiOpcode.logoutRequest);
  await clock.advance(2000);
  await closing;
  await peer.until(() => peer.connection.ended);
  t.equal(clock.pending, 0, 'no timer is left');
});
