import t from 'tap';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';
import { IscsiOpcode } from '../../../../devices/transport/iscsi/protocol-values.js';
import type { ScsiTask, ScsiTaskResult } from '../../../../devices/transport/scsi-target.js';
import type { IscsiTask } from '../../../../devices/virtual/attach/iscsi/iscsi-task.js';
import { defaultLimits } from '../../../../devices/virtual/attach/iscsi/limits.js';
import { OperationalKeys } from '../../../../devices/virtual/attach/iscsi/operational-keys.js';
import { sendResult } from '../../../../devices/virtual/attach/iscsi/send-result.js';
import type { SessionConnection } from '../../../../devices/virtual/attach/iscsi/session-connection.js';
import { testCdb, TestCommand, TestTarget } from '../../transport/test-target.js';
import { identity, lunZero } from './iscsi-raw-initiator.js';
import { eventually, targetRig } from './iscsi-rig.js';

const count = (number: number) => ({ cdb: testCdb(TestCommand.COUNT, number) });
const neighbourName = 'iqn.2026-11.test:neighbour';

await t.test('bounds how many task management functions it carries out at once', async (t) => {
  class SlowTarget extends TestTarget {
    override resetLogicalUnit(lun: number): Promise<void> {
      this.resets.push(lun);
      return new Promise(() => undefined);
    }
  }
  const { loggedIn, target } = await targetRig(t, { testTarget: (clock) => new SlowTarget(clock) });
  const raw = await loggedIn();
  for (let at = 0; at < 40; at++) {
    const reset = { immediate: true, function: 5, lun: lunZero, initiatorTaskTag: at };
    raw.send(pdu.taskManagementRequest.encode({ ...reset, cmdSn: raw.cmdSn, expStatSn: 0 }));
  }
  for (let at = 0; at < 24; at++) {
    const answer = await raw.take(IscsiOpcode.taskManagementResponse);
    t.equal(pdu.taskManagementResponse.decode(answer.bhs).response, 255);
  }
  t.equal(target.resets.length, 16);
});

await t.test('turns connections and sessions beyond its limits away, and serves those that it has', async (t) => {
  const {
    connect: open,
    loggedIn,
    attachment,
    told,
    errors,
  } = await targetRig(t, {
    limits: { maxConnections: 3, maxSessions: 1 },
  });
  const raw = await loggedIn();
  await t.rejects(loggedIn({ initiatorName: neighbourName }), /login status 3\/2/);
  await eventually(() => attachment.connectionCount === 1);
  await open();
  await open();
  await eventually(() => attachment.connectionCount === 3);
  const beyond = await open();
  await beyond.untilClosed();
  await told(2);
  t.strictSame(
    errors.map(({ code }) => code),
    ['LOGIN_REFUSED', 'TOO_MANY'],
  );
  raw.command(count(1));
  t.equal((await raw.response()).status, 0);
});

/** Answers every read with as many bytes as there may be, at once, and counts how many were begun. */
class FloodTarget extends TestTarget {
  override execute(task: ScsiTask): Promise<ScsiTaskResult> {
    this.tasks.push(task);
    const length = new DataView(task.cdb.buffer, task.cdb.byteOffset).getUint32(2);
    return Promise.resolve({ status: 0, dataIn: new Uint8Array(length), sense: new Uint8Array(0) });
  }
}

await t.test('begins no commands for a peer that does not read its answers, and does when it does', async (t) => {
  const limit = 1_000_000;
  const rig = await targetRig(t, {
    testTarget: (clock) => new FloodTarget(clock),
    limits: { maxQueuedOutputBytes: limit },
  });
  const raw = await rig.loggedIn();
  raw.socket.pause();
  const length = 400_000;
  const cdb = testCdb(TestCommand.RECALL, length);
  for (let at = 0; at < 100; at++) raw.command({ cdb, read: true, expectedDataTransferLength: length });
  const neighbour = await rig.loggedIn({ initiatorName: neighbourName });
  for (let at = 0; at < 20; at++) await neighbour.ping();
  const begun = rig.target.tasks.length;
  t.ok(begun < 60, `${begun} of 100 were begun: what the network took, and the limit`);
  const [slow] = rig.attachment.sessions();
  t.ok((slow?.connections[0]?.queuedBytes ?? 0) <= limit + length);
  raw.socket.resume();
  let bytes = 0;
  for (let answered = 0; answered < 100;) {
    const received = await raw.take(IscsiOpcode.dataIn);
    bytes += received.data.length;
    if (pdu.dataIn.decode(received.bhs).hasStatus) answered += 1;
  }
  t.equal(bytes, 100 * length);
});

await t.test('gives a slow reader time for what waits before the question whether it lives, and no more', async (t) => {
  const keepAlive = { keepAliveIntervalMs: 1_000, keepAliveTimeoutMs: 500 };
  const limits = { ...keepAlive, maxQueuedOutputBytes: 4_000_000 };
  const rig = await targetRig(t, { testTarget: (clock) => new FloodTarget(clock), limits });
  const raw = await rig.loggedIn();
  raw.socket.pause();
  const length = 400_000;
  const cdb = testCdb(TestCommand.RECALL, length);
  for (let at = 0; at < 100; at++) raw.command({ cdb, read: true, expectedDataTransferLength: length });
  const queued = (): number => rig.attachment.sessions()[0]?.connections[0]?.queuedBytes ?? 0;
  await eventually(() => queued() > 3_000_000);
  await rig.clock.advance(1_000);
  await rig.clock.advance(60_000);
  t.strictSame(rig.errors, [], 'what waits takes minutes on a slow line');
  await rig.clock.advance(300_000);
  t.hasStrict(rig.errors, [{ code: 'DEAD_PEER' }]);
});

await t.test('keeps of a large answer only what the initiator takes', (t) => {
  const large = new Uint8Array(1_000_000).fill(7);
  const sent: Uint8Array[] = [];
  const serials = { statSn: 0, expCmdSn: 0, maxCmdSn: 0 };
  const parameters = new OperationalKeys(defaultLimits, 'Normal').result();
  const connection = {
    ...{ parameters, takeSerials: () => serials, serials: () => serials },
    send: (_bhs: Uint8Array, data?: Uint8Array) => data !== undefined && sent.push(data),
  } as unknown as SessionConnection;
  const task = { initiatorTaskTag: 1, dataInLength: 20_000, dataOutLength: 0 } as IscsiTask;
  sendResult(connection, task, { status: 0, dataIn: large, sense: new Uint8Array(0) });
  t.equal(
    sent.reduce((bytes, part) => bytes + part.length, 0),
    20_000,
  );
  t.ok(sent.every((part) => part.buffer.byteLength <= 20_000 && part.every((byte) => byte === 7)));
  t.end();
});

await t.test('reads no more requests from a peer that does not read their answers', async (t) => {
  const limit = 200_000;
  const rig = await targetRig(t, { limits: { maxQueuedOutputBytes: limit } });
  const raw = await rig.loggedIn({ keys: [['MaxRecvDataSegmentLength', '65536']] });
  raw.socket.pause();
  const data = new Uint8Array(60_000);
  const sent = 400;
  for (let at = 0; at < sent; at++) {
    const serials = { cmdSn: raw.cmdSn, expStatSn: raw.expStatSn };
    raw.send(pdu.nopOut.encode({ immediate: true, initiatorTaskTag: at, ...serials }), data);
  }
  const neighbour = await rig.loggedIn({ initiatorName: neighbourName });
  for (let at = 0; at < 50; at++) await neighbour.ping();
  const [slow] = rig.attachment.sessions();
  t.ok((slow?.connections[0]?.queuedBytes ?? 0) <= limit + data.length + 1_000);
  raw.socket.resume();
  for (let at = 0; at < sent; at++) await raw.take(IscsiOpcode.nopIn);
});

for (const [what, keys] of [
  ['too many keys', 'Key.name.that.is.long=y\0'.repeat(300)],
  [
    'keys with too long an answer',
    Array.from({ length: 200 }, (_, at) => `${'X'.repeat(60)}${at}=1\0`)
      .join('')
      .slice(0, 8_100),
  ],
] as const) {
  await t.test(`refuses a login with ${what}`, async (t) => {
    const { connect: open, errors, told } = await targetRig(t);
    const raw = await open();
    const text = Buffer.from(`InitiatorName=iqn.2026-11.test:bomb\0SessionType=Discovery\0${keys}`);
    const cut = text.subarray(0, text.lastIndexOf(0, 8_190) + 1);
    const { header } = await raw.loginStep({ currentStage: 1, nextStage: 3, keys: [], text: cut });
    t.equal(header.statusClass, 2);
    await raw.untilClosed();
    await told();
    t.hasStrict(errors, [{ code: 'LOGIN_REFUSED' }]);
  });
}

await t.test('refuses a login that never comes to an end', async (t) => {
  const { connect: open } = await targetRig(t);
  const raw = await open();
  let { header } = await raw.loginStep({ currentStage: 1, keys: identity() });
  let requests = 1;
  for (; header.statusClass === 0; requests++) ({ header } = await raw.loginStep({ currentStage: 1, keys: [] }));
  t.equal(header.statusClass, 2);
  t.ok(requests < 40);
});
