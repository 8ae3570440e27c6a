import t from 'tap';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';
import { IscsiOpcode, RESERVED_TAG } from '../../../../devices/transport/iscsi/protocol-values.js';
import { testCdb, TestCommand } from '../test-target.js';
import { sendResult } from './peer/peer-commands.js';
import { completedOf, failureOf, peerRig } from './peer/peer-rig.js';

const hang = { lun: 0, cdb: testCdb(TestCommand.HANG), timeoutMs: 1000 };
const tur = { lun: 0, cdb: new Uint8Array(6), timeoutMs: 1000 };
const good = { status: 0, dataIn: new Uint8Array(0), sense: new Uint8Array(0) };

t.test('aborts the task when its time is over, and goes on in the same session', async (t) => {
  const { clock, peer, target, transport } = await peerRig(t);
  await transport.open();
  const pending = transport.execute(hang);
  await target.arrived(1);
  await clock.advance(1000);
  t.match(failureOf(await pending), { code: 'timeout', executed: 'unknown' });
  const abort = pdu.taskManagementRequest.decode(
    peer.of(IscsiOpcode.taskManagementRequest)[0]?.bhs ?? new Uint8Array(0),
  );
  const command = pdu.scsiCommand.decode(peer.of(IscsiOpcode.scsiCommand)[0]?.bhs ?? new Uint8Array(0));
  t.match(abort, {
    immediate: true,
    function: 1,
    referencedTaskTag: command.initiatorTaskTag,
    refCmdSn: command.cmdSn,
  });
  t.strictSame(abort.lun, command.lun);
  completedOf(await transport.execute(tur));
  t.equal(peer.connections.length, 1);
  t.strictSame(peer.violations, []);
});

t.test('believes a status that comes while the abort is under way', async (t) => {
  const { clock, peer, target, transport } = await peerRig(t);
  await transport.open();
  peer.on(IscsiOpcode.taskManagementRequest, (received, connection) => {
    const command = pdu.scsiCommand.decode(peer.of(IscsiOpcode.scsiCommand)[0]?.bhs ?? new Uint8Array(0));
    sendResult(command, good, connection);
    const { initiatorTaskTag } = pdu.basicHeader.decode(received.bhs);
    connection.send(pdu.taskManagementResponse.encode({ response: 1, initiatorTaskTag, ...connection.takeSerials() }));
  });
  const pending = transport.execute(hang);
  await target.arrived(1);
  await clock.advance(1000);
  t.match(await pending, { kind: 'completed', status: 0 });
});

t.test('drops a status that comes after the task was given up', async (t) => {
  const { clock, peer, target, transport } = await peerRig(t);
  await transport.open();
  const pending = transport.execute(hang);
  await target.arrived(1);
  await clock.advance(1000);
  t.match(failureOf(await pending), { code: 'timeout' });
  sendResult(
    pdu.scsiCommand.decode(peer.of(IscsiOpcode.scsiCommand)[0]?.bhs ?? new Uint8Array(0)),
    good,
    peer.connection,
  );
  completedOf(await transport.execute(tur));
  t.equal(peer.connections.length, 1);
});

t.test('gives up a session in which not even ABORT TASK is answered', async (t) => {
  const { clock, peer, target, transport } = await peerRig(t);
  await transport.open();
  peer.on(IscsiOpcode.taskManagementRequest, () => undefined);
  const timedOut = transport.execute(hang);
  const other = transport.execute({ ...hang, timeoutMs: 600_000 });
  await target.arrived(2);
  await clock.advance(1000);
  await peer.arrived(IscsiOpcode.taskManagementRequest);
  await clock.advance(5000);
  t.match(failureOf(await timedOut), { code: 'timeout', executed: 'unknown' });
  t.match(failureOf(await other), { code: 'disconnected', executed: 'unknown' });
  completedOf(await transport.execute(tur));
  t.equal(peer.connections.length, 2);
});

t.test('knows that a command was not executed when the window never had room for it', async (t) => {
  const { clock, peer, target, transport } = await peerRig(t, { window: 2 });
  await transport.open();
  const both = [transport.execute({ ...hang, timeoutMs: 600_000 }), transport.execute({ ...hang, timeoutMs: 600_000 })];
  await target.arrived(2);
  const caller = new AbortController();
  const third = transport.execute(tur);
  const fourth = transport.execute({ ...tur, timeoutMs: 600_000, signal: caller.signal });
  await clock.advance(1000);
  caller.abort();
  t.match(failureOf(await third), { code: 'timeout', executed: /^no$/ });
  t.match(failureOf(await fourth), { code: 'aborted', executed: /^no$/ });
  t.equal(peer.of(IscsiOpcode.scsiCommand).length, 2);
  t.strictSame(peer.violations, []);
  await transport.close();
  for (const pending of both) t.match(failureOf(await pending), { code: 'closed', executed: 'unknown' });
});

t.test('never sends more than the window allows, and uses all of it', async (t) => {
  const { peer, target, clock, transport } = await peerRig(t, { window: 5 });
  await transport.open();
  const numbers = Array.from({ length: 40 }, (_, at) => at);
  const pending = numbers.map((number) =>
    transport.execute({ lun: 0, cdb: testCdb(TestCommand.COUNT, number, 10), timeoutMs: 600_000 }),
  );
  for (let done = 5; done <= 40; done += 5) {
    await target.arrived(done);
    await clock.advance(10);
  }
  for (const result of await Promise.all(pending)) completedOf(result);
  t.equal(target.mostInFlight, 5);
  t.strictSame(peer.violations, []);
});

t.test('acknowledges every status that came', async (t) => {
  const { peer, transport } = await peerRig(t);
  await transport.open();
  for (let count = 0; count < 3; count++) completedOf(await transport.execute(tur));
  const acknowledged = peer
    .of(IscsiOpcode.scsiCommand)
    .map((received) => pdu.scsiCommand.decode(received.bhs).expStatSn);
  t.strictSame(acknowledged, [1001, 1002, 1003]);
});

t.test('answers a NOP-In that asks for it, and only that', async (t) => {
  const { peer, transport } = await peerRig(t);
  await transport.open();
  peer.connection.send(pdu.nopIn.encode(peer.connection.serials));
  peer.connection.send(pdu.nopIn.encode({ targetTransferTag: 77, ...peer.connection.serials }));
  const answer = pdu.nopOut.decode((await peer.arrived(IscsiOpcode.nopOut)).bhs);
  t.match(answer, { immediate: true, initiatorTaskTag: RESERVED_TAG, targetTransferTag: 77 });
  completedOf(await transport.execute(tur));
  t.equal(peer.of(IscsiOpcode.nopOut).length, 1);
});

t.test('asks a silent target whether it is alive, and a talking one never', async (t) => {
  const { clock, peer, transport } = await peerRig(t);
  await transport.open();
  for (let second = 0; second < 30; second += 5) {
    completedOf(await transport.execute(tur));
    await clock.advance(5000);
  }
  t.equal(peer.of(IscsiOpcode.nopOut).length, 0);
  await clock.advance(5000);
  await peer.arrived(IscsiOpcode.nopOut);
  completedOf(await transport.execute(tur));
  t.equal(peer.connections.length, 1);
});

t.test('gives up a target that does not answer a NOP-Out', async (t) => {
  const { clock, peer, target, transport } = await peerRig(t);
  await transport.open();
  peer.on(IscsiOpcode.nopOut, () => undefined);
  const pending = transport.execute({ ...hang, timeoutMs: 600_000 });
  await target.arrived(1);
  await clock.advance(10_000);
  await peer.arrived(IscsiOpcode.nopOut);
  await clock.advance(10_000);
  t.match(failureOf(await pending), { code: 'disconnected', executed: 'unknown', message: /NOP-Out/ });
});

t.test('resets a logical unit and ends the commands under way there, and only those', async (t) => {
  const { target, transport } = await peerRig(t);
  await transport.open();
  const there = transport.execute({ ...hang, lun: 1, timeoutMs: 600_000 });
  const elsewhere = transport.execute({ lun: 0, cdb: testCdb(TestCommand.COUNT, 1), timeoutMs: 600_000 });
  await target.arrived(2);
  t.equal(await transport.resetLogicalUnit(1, 1000), undefined);
  t.strictSame(target.resets, [1]);
  t.match(failureOf(await there), { code: 'aborted', executed: 'unknown' });
  t.match(await elsewhere, { kind: 'completed' });
});

const resetAnswers = [
  { response: 5, code: 'unsupported' },
  { response: 2, code: 'unsupported' },
  { response: 255, code: 'unsupported' },
] as const;
for (const { response, code } of resetAnswers) {
  t.test(`says so when the target answers ${response} to LOGICAL UNIT RESET`, async (t) => {
    const { peer, transport } = await peerRig(t);
    await transport.open();
    peer.on(IscsiOpcode.taskManagementRequest, (received, connection) => {
      const { initiatorTaskTag } = pdu.basicHeader.decode(received.bhs);
      connection.send(pdu.taskManagementResponse.encode({ response, initiatorTaskTag, ...connection.takeSerials() }));
    });
    t.match(await transport.resetLogicalUnit(0, 1000), { code, executed: /^no$/ });
  });
}

t.test('says so when LOGICAL UNIT RESET is never answered', async (t) => {
  const { clock, peer, transport } = await peerRig(t);
  await transport.open();
  peer.on(IscsiOpcode.taskManagementRequest, () => undefined);
  const pending = transport.resetLogicalUnit(0, 1000);
  await peer.arrived(IscsiOpcode.taskManagementRequest);
  await clock.advance(1000);
  t.match(await pending, { code: 'timeout', executed: 'unknown' });
});

t.test('knows that a command whose PDU was rejected did not begin', async (t) => {
  const { peer, transport } = await peerRig(t);
  await transport.open();
  peer.on(
    IscsiOpcode.scsiCommand,
    (received, connection) => {
      connection.expCmdSn += 1;
      connection.send(pdu.reject.encode({ reason: 0x09, ...connection.takeSerials() }), received.bhs);
    },
    1,
  );
  t.match(failureOf(await transport.execute(tur)), {
    code: 'protocol',
    executed: /^no$/,
    message: /invalid PDU field/,
  });
  completedOf(await transport.execute(tur));
  t.equal(peer.connections.length, 1);
});

t.test('begins a new session when a rejected command leaves a hole in the numbers', async (t) => {
  const { peer, transport } = await peerRig(t);
  await transport.open();
  peer.on(
    IscsiOpcode.scsiCommand,
    (received, connection) =>
      connection.send(pdu.reject.encode({ reason: 0x02, ...connection.takeSerials() }), received.bhs),
    1,
  );
  t.match(failureOf(await transport.execute(tur)), { code: 'protocol', executed: /^no$/ });
  completedOf(await transport.execute(tur));
  t.equal(peer.connections.length, 2);
});

t.test('waits for the response that follows a Reject of something else than the command', async (t) => {
  const { peer, transport } = await peerRig(t, { keys: { ImmediateData: 'No' } });
  await transport.open();
  peer.on(IscsiOpcode.dataOut, (received, connection) => {
    connection.send(pdu.reject.encode({ reason: 0x02, ...connection.takeSerials() }), received.bhs);
    const { initiatorTaskTag } = pdu.basicHeader.decode(received.bhs);
    connection.send(pdu.scsiResponse.encode({ status: 2, initiatorTaskTag, ...connection.takeSerials() }));
  });
  const result = await transport.execute({ ...tur, cdb: testCdb(TestCommand.STORE), dataOut: new Uint8Array(100) });
  t.match(result, { kind: 'completed', status: 2 });
});

const digests = { keys: { HeaderDigest: 'CRC32C', DataDigest: 'CRC32C' } };
const askForDigests = { headerDigest: 'CRC32C', dataDigest: 'CRC32C,None' } as const;
for (const damage of ['header', 'data'] as const) {
  t.test(`gives the session up on a wrong ${damage} digest`, async (t) => {
    const { peer, transport } = await peerRig(t, digests, askForDigests);
    await transport.open();
    t.match(transport.parameters, { headerDigest: true, dataDigest: true });
    peer.on(
      IscsiOpcode.scsiCommand,
      (received, connection) => {
        const { initiatorTaskTag } = pdu.basicHeader.decode(received.bhs);
        const header = { final: true, hasStatus: true, initiatorTaskTag, dataSn: 0, bufferOffset: 0 };
        connection.send(pdu.dataIn.encode({ ...header, ...connection.takeSerials() }), new Uint8Array(8), damage);
      },
      1,
    );
    const result = await transport.execute({ ...tur, dataInLength: 8 });
    t.match(failureOf(result), { code: 'protocol', executed: 'unknown', cause: { code: 'ISCSI_DIGEST' } });
    completedOf(await transport.execute(tur));
  });
}

t.test('gives the session up when the peer announces a segment that is too long', async (t) => {
  const { peer, target, transport } = await peerRig(t);
  await transport.open();
  const pending = transport.execute({ ...hang, timeoutMs: 600_000 });
  await target.arrived(1);
  const bhs = pdu.nopIn.encode(peer.connection.serials);
  pdu.setSegmentLengths(bhs, 0, 0xff_ffff);
  peer.connection.sendRaw(bhs);
  t.match(failureOf(await pending), { code: 'protocol', executed: 'unknown' });
});

t.test('gives the session up on a PDU that only an initiator sends, and on bytes that are none', async (t) => {
  const { peer, target, transport } = await peerRig(t);
  await transport.open();
  for (const [count, opcode] of [IscsiOpcode.scsiCommand, IscsiOpcode.loginResponse, 0x2b].entries()) {
    const pending = transport.execute({ ...hang, timeoutMs: 600_000 });
    await target.arrived(count + 1);
    const bhs = pdu.nopIn.encode(peer.connection.serials);
    bhs[0] = opcode;
    peer.connection.sendRaw(bhs);
    t.match(failureOf(await pending), { code: 'protocol', executed: 'unknown' });
  }
});
