import t from 'tap';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';
import { IscsiOpcode } from '../../../../devices/transport/iscsi/protocol-values.js';
import type { TextKey } from '../../../../devices/transport/iscsi/text-keys.js';
import { testCdb, TestCommand } from '../../transport/test-target.js';
import { initiatorName, type RawInitiator } from './iscsi-raw-initiator.js';
import { eventually, targetRig } from './iscsi-rig.js';

const count = (number: number) => ({ cdb: testCdb(TestCommand.COUNT, number) });
const hang = { cdb: testCdb(TestCommand.HANG) };
const nexus = `${initiatorName},i,0x800102030000`;

/** Numbers of the COUNT commands in the order in which the device got them. */
const numbers = (tasks: readonly { cdb: Uint8Array }[]) =>
  tasks.map(({ cdb }) => new DataView(cdb.buffer, cdb.byteOffset).getUint32(2));

function logout(raw: RawInitiator, reason: number, connectionId = 0): void {
  raw.send(
    pdu.logoutRequest.encode({
      immediate: true,
      reason,
      connectionId,
      initiatorTaskTag: raw.takeTag(),
      cmdSn: raw.cmdSn,
      expStatSn: raw.expStatSn,
    }),
  );
}

await t.test('lets connections join a session, each with its own responses and one order of commands', async (t) => {
  const { loggedIn, target, attachment } = await targetRig(t);
  const keys: TextKey[] = [['MaxConnections', '2']];
  const one = await loggedIn({ keys, cmdSn: 1 });
  const two = await loggedIn({ tsih: one.tsih, connectionId: 1, keys: [['HeaderDigest', 'CRC32C']], cmdSn: 1 });
  t.hasStrict(attachment.sessions(), [
    {
      connections: [
        { connectionId: 0, headerDigest: false },
        { connectionId: 1, headerDigest: true },
      ],
    },
  ]);
  const second = two.command({ ...count(2), cmdSn: 2 });
  await two.ping();
  t.equal(target.tasks.length, 0);
  const first = one.command({ ...count(1), cmdSn: 1 });
  t.equal((await one.response()).initiatorTaskTag, first);
  t.equal((await two.response()).initiatorTaskTag, second);
  t.strictSame(numbers(target.tasks), [1, 2]);
  await t.rejects(loggedIn({ tsih: one.tsih, connectionId: 2, keys, cmdSn: 3 }), /login status 2\/6/);
});

await t.test('goes on with the other connections when one is closed, until the last is', async (t) => {
  const { loggedIn, target, attachment } = await targetRig(t);
  const keys: TextKey[] = [['MaxConnections', '2']];
  const one = await loggedIn({ keys });
  const two = await loggedIn({ tsih: one.tsih, connectionId: 1, keys });
  two.command({ ...hang, cmdSn: 1 });
  await target.arrived(1);
  logout(one, 1, 1);
  await one.take(IscsiOpcode.logoutResponse);
  await two.untilClosed();
  t.equal(target.tasks[0]?.signal?.aborted, true);
  t.strictSame(target.lostNexuses, []);
  one.command({ ...count(1), cmdSn: 2 });
  t.equal((await one.response()).status, 0);
  one.drop();
  await eventually(() => attachment.sessions().length === 0);
  t.strictSame(target.lostNexuses, [nexus]);
});

await t.test('takes the data of a command from its own connection only', async (t) => {
  const { loggedIn, errors, told, attachment } = await targetRig(t);
  const keys: TextKey[] = [
    ['MaxConnections', '2'],
    ['ImmediateData', 'No'],
  ];
  const one = await loggedIn({ keys });
  const two = await loggedIn({ tsih: one.tsih, connectionId: 1 });
  const store = { cdb: testCdb(TestCommand.STORE, 4), write: true, expectedDataTransferLength: 4 };
  const initiatorTaskTag = one.command(store);
  const r2t = pdu.readyToTransfer.decode((await one.take(IscsiOpcode.readyToTransfer)).bhs);
  const { targetTransferTag } = r2t;
  const data = { final: true, lun: new Uint8Array(8), initiatorTaskTag, targetTransferTag, dataSn: 0, bufferOffset: 0 };
  two.send(pdu.dataOut.encode({ ...data, expStatSn: two.expStatSn }), new Uint8Array(4));
  await two.untilClosed();
  await told();
  t.match(errors, [{ code: 'PROTOCOL', message: /another connection/ }]);
  t.equal(attachment.sessions()[0]?.connections.length, 1);
});

await t.test('leaves no hole when a connection ends over one of its commands', async (t) => {
  const { loggedIn, target } = await targetRig(t);
  const one = await loggedIn({ keys: [['MaxConnections', '2']] });
  const two = await loggedIn({ tsih: one.tsih, connectionId: 1 });
  one.command({ ...count(2), cmdSn: 2 });
  await one.ping();
  two.command({ ...count(1), cmdSn: 1 }, new Uint8Array(4));
  await two.untilClosed();
  t.equal((await one.response()).status, 0);
  t.strictSame(numbers(target.tasks), [2]);
});

await t.test('replaces a connection that logs in again under its number', async (t) => {
  const { loggedIn, target, attachment } = await targetRig(t);
  const former = await loggedIn();
  former.command(hang);
  await target.arrived(1);
  const raw = await loggedIn({ tsih: former.tsih });
  await former.untilClosed();
  t.strictSame(target.lostNexuses, [], 'the session goes on');
  t.equal(target.tasks[0]?.signal?.aborted, true);
  t.equal(attachment.sessions()[0]?.connections.length, 1);
  raw.command({ ...count(1), cmdSn: 2 });
  t.equal((await raw.response()).status, 0);
});

await t.test('lets a connection into no session of somebody else', async (t) => {
  const { loggedIn } = await targetRig(t);
  const one = await loggedIn({ keys: [['MaxConnections', '2']] });
  const stranger = { tsih: one.tsih, connectionId: 1, initiatorName: 'iqn.2026-11.test:stranger' };
  await t.rejects(loggedIn(stranger), /login status 2\/10/);
});

await t.test('asks initiators to log out before it closes, then says that it drops them', async (t) => {
  const { loggedIn, attachment, clock, target } = await targetRig(t, { limits: { shutdownGraceMs: 2_000 } });
  const obedient = await loggedIn();
  const deaf = await loggedIn({ initiatorName: 'iqn.2026-11.test:deaf' });
  const closing = attachment.close();
  for (const raw of [obedient, deaf]) {
    const asked = pdu.asyncMessage.decode((await raw.take(IscsiOpcode.asyncMessage)).bhs);
    t.hasStrict(asked, { event: 1, parameter3: 2 });
  }
  logout(obedient, 0);
  await obedient.take(IscsiOpcode.logoutResponse);
  await obedient.untilClosed();
  await clock.advance(2_000);
  await closing;
  const dropped = pdu.asyncMessage.decode((await deaf.take(IscsiOpcode.asyncMessage)).bhs);
  t.hasStrict(dropped, { event: 3, parameter2: 2 });
  await deaf.untilClosed();
  t.equal(target.lostNexuses.length, 2);
  await attachment.close();
});

await t.test('is not reached any more once it is closed', async (t) => {
  const { connect, attachment } = await targetRig(t);
  await attachment.close();
  await t.rejects(connect(), { code: 'ECONNREFUSED' });
});
