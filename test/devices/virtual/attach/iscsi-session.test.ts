import t from 'tap';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';
import { IscsiOpcode, RESERVED_TAG } from '../../../../devices/transport/iscsi/protocol-values.js';
import { decodeTextKeys, encodeTextKeys, type TextKey } from '../../../../devices/transport/iscsi/text-keys.js';
import { testCdb, TestCommand } from '../../transport/test-target.js';
import { initiatorName, usualIsid, type RawInitiator } from './iscsi-raw-initiator.js';
import { targetRig } from './iscsi-rig.js';

const count = (number: number, ms = 0) => ({ cdb: testCdb(TestCommand.COUNT, number, ms) });
const hang = { cdb: testCdb(TestCommand.HANG) };
const nexus = `${initiatorName},i,0x800102030000`;

/** Numbers of the COUNT commands in the order in which the device got them. */
const numbers = (tasks: readonly { cdb: Uint8Array }[]) =>
  tasks.map(({ cdb }) => new DataView(cdb.buffer, cdb.byteOffset).getUint32(2));

async function text(
  raw: RawInitiator,
  keys: readonly TextKey[],
  parts: Partial<Parameters<typeof pdu.textRequest.encode>[0]> = {},
) {
  raw.send(
    pdu.textRequest.encode({
      immediate: true,
      initiatorTaskTag: raw.takeTag(),
      cmdSn: raw.cmdSn,
      expStatSn: raw.expStatSn,
      ...parts,
    }),
    encodeTextKeys(keys),
  );
  const answer = await raw.take(IscsiOpcode.textResponse);
  return { header: pdu.textResponse.decode(answer.bhs), data: answer.data };
}

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

await t.test('executes commands in the order of their CmdSN, however they come', async (t) => {
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn({ cmdSn: 0xffff_fffe });
  for (const [number, cmdSn] of [
    [3, 0],
    [4, 1],
    [2, 0xffff_ffff],
  ] as const) {
    raw.command({ ...count(number), cmdSn });
  }
  await raw.ping();
  t.strictSame(numbers(target.tasks), [], 'one is missing');
  raw.command({ ...count(1), cmdSn: 0xffff_fffe });
  for (let at = 0; at < 4; at++) await raw.response();
  t.strictSame(numbers(target.tasks), [1, 2, 3, 4]);
});

await t.test('counts StatSN by one with each response', async (t) => {
  const { loggedIn } = await targetRig(t);
  const raw = await loggedIn();
  for (let at = 0; at < 3; at++) {
    raw.command(count(at));
    t.equal((await raw.response()).statSn, raw.expStatSn + at);
  }
});

await t.test('ignores commands before and beyond the command window, silently', async (t) => {
  const { loggedIn, target } = await targetRig(t, { limits: { commandWindow: 4 } });
  const raw = await loggedIn({ cmdSn: 10 });
  raw.command({ ...count(1), cmdSn: 14 });
  raw.command({ ...count(2), cmdSn: 9 });
  raw.command({ ...count(3), cmdSn: 10 });
  t.hasStrict(await raw.response(), { expCmdSn: 11, maxCmdSn: 14 });
  raw.command({ ...count(4), cmdSn: 10 });
  await raw.ping();
  t.strictSame(numbers(target.tasks), [3]);
});

await t.test('opens the window as commands end, never further than it is deep', async (t) => {
  const { loggedIn, target, clock } = await targetRig(t, { limits: { commandWindow: 3 } });
  const raw = await loggedIn({ cmdSn: 1 });
  for (const number of [1, 2, 3, 4, 5]) raw.command(count(number, 100));
  await raw.ping();
  t.strictSame(numbers(target.tasks), [1, 2, 3], 'two were beyond MaxCmdSN');
  await clock.advance(100);
  for (const maxCmdSn of [4, 5, 6]) t.hasStrict(await raw.response(), { expCmdSn: 4, maxCmdSn });
});

await t.test('lets immediate commands overtake, and not too many of them', async (t) => {
  const { loggedIn, target } = await targetRig(t, { limits: { maxImmediateCommands: 2 } });
  const raw = await loggedIn({ cmdSn: 1 });
  raw.command({ ...count(9), cmdSn: 2 });
  raw.command({ ...hang, immediate: true });
  raw.command({ ...hang, immediate: true });
  const tag = raw.command({ ...hang, immediate: true });
  const rejected = await raw.take(IscsiOpcode.reject);
  t.hasStrict(pdu.reject.decode(rejected.bhs), { reason: 0x06, expCmdSn: 1 });
  t.equal(pdu.basicHeader.decode(rejected.data).initiatorTaskTag, tag);
  t.equal(target.tasks.length, 2);
});

await t.test('rejects a second command with a task tag that is in use', async (t) => {
  const { loggedIn } = await targetRig(t);
  const raw = await loggedIn();
  const tag = raw.command(hang);
  raw.command({ ...count(1), initiatorTaskTag: tag });
  t.hasStrict(pdu.reject.decode((await raw.take(IscsiOpcode.reject)).bhs), { reason: 0x07, expCmdSn: 3 });
  raw.command(count(2));
  t.equal((await raw.response()).status, 0);
});

await t.test('echoes a NOP-Out, up to what the initiator takes', async (t) => {
  const { loggedIn } = await targetRig(t);
  const raw = await loggedIn({ keys: [['MaxRecvDataSegmentLength', '512']] });
  const data = new Uint8Array(700).fill(0x5a);
  const serials = { cmdSn: raw.cmdSn++, expStatSn: raw.expStatSn };
  raw.send(pdu.nopOut.encode({ initiatorTaskTag: 5, ...serials }), data);
  const answer = await raw.take(IscsiOpcode.nopIn);
  t.hasStrict(pdu.nopIn.decode(answer.bhs), { initiatorTaskTag: 5, targetTransferTag: RESERVED_TAG, expCmdSn: 2 });
  t.strictSame(Array.from(answer.data), Array.from(data.subarray(0, 512)));
});

await t.test('asks a silent initiator whether it lives, and gives it up when it does not say', async (t) => {
  const limits = { keepAliveIntervalMs: 1_000, keepAliveTimeoutMs: 500 };
  const { loggedIn, clock, errors, target } = await targetRig(t, { limits });
  const raw = await loggedIn();
  await clock.advance(1_000);
  const asked = pdu.nopIn.decode((await raw.take(IscsiOpcode.nopIn)).bhs);
  t.equal(asked.initiatorTaskTag, RESERVED_TAG);
  t.equal(asked.statSn, raw.expStatSn, 'it takes no StatSN of its own');
  const { targetTransferTag } = asked;
  const serials = { cmdSn: raw.cmdSn, expStatSn: raw.expStatSn };
  raw.send(pdu.nopOut.encode({ immediate: true, initiatorTaskTag: RESERVED_TAG, targetTransferTag, ...serials }));
  await raw.ping();
  await clock.advance(1_000);
  await raw.take(IscsiOpcode.nopIn);
  t.strictSame(errors, []);
  await clock.advance(500);
  await raw.untilClosed();
  t.hasStrict(errors, [{ code: 'DEAD_PEER' }]);
  t.strictSame(target.lostNexuses, [nexus]);
});

await t.test('answers text: its name in a normal session, all targets only in a discovery session', async (t) => {
  const { loggedIn, attachment } = await targetRig(t);
  const raw = await loggedIn();
  const found = `TargetName=${attachment.targetName}\0TargetAddress=${attachment.portal},1\0`;
  t.equal(String((await text(raw, [['SendTargets', '']])).data), found);
  t.equal(String((await text(raw, [['SendTargets', attachment.targetName]])).data), found);
  t.equal(String((await text(raw, [['SendTargets', 'iqn.2026-11.test:other']])).data), '');
  t.equal(String((await text(raw, [['SendTargets', 'All']])).data), 'SendTargets=Reject\0');
  const discovery = await loggedIn({ sessionType: 'Discovery' });
  t.equal(String((await text(discovery, [['SendTargets', 'All']])).data), found);
  t.equal(String((await text(discovery, [['SendTargets', '']])).data), 'SendTargets=Reject\0');
});

await t.test('tells initiators the portal that it was told to tell', async (t) => {
  const { loggedIn, attachment } = await targetRig(t, { advertisedPortal: '10.0.2.2:3260' });
  const raw = await loggedIn({ sessionType: 'Discovery' });
  const { data } = await text(raw, [['SendTargets', 'All']]);
  t.strictSame(decodeTextKeys(data), [
    ['TargetName', attachment.targetName],
    ['TargetAddress', '10.0.2.2:3260,1'],
  ]);
});

await t.test('settles no login key again, and knows no others', async (t) => {
  const { loggedIn } = await targetRig(t);
  const raw = await loggedIn();
  const { header, data } = await text(raw, [
    ['MaxBurstLength', '512'],
    ['X-odd', '1'],
    ['MaxRecvDataSegmentLength', '512'],
  ]);
  t.equal(String(data), 'MaxBurstLength=Reject\0X-odd=NotUnderstood\0');
  t.hasStrict(header, { final: true, targetTransferTag: RESERVED_TAG });
});

await t.test('takes text in several requests, and gives a long answer in several responses', async (t) => {
  const { loggedIn } = await targetRig(t);
  const raw = await loggedIn({ keys: [['MaxRecvDataSegmentLength', '512']] });
  const initiatorTaskTag = raw.takeTag();
  const asked = Array.from({ length: 40 }, (_, at): TextKey => [`X-com.example.key.${at}`, 'y']);
  const whole = encodeTextKeys(asked);
  const serials = { immediate: true, initiatorTaskTag, cmdSn: raw.cmdSn, expStatSn: raw.expStatSn };
  raw.send(pdu.textRequest.encode({ ...serials, final: false, continues: true }), whole.subarray(0, 501));
  let answer = pdu.textResponse.decode((await raw.take(IscsiOpcode.textResponse)).bhs);
  t.hasStrict(answer, { final: false, continues: false });
  const { targetTransferTag } = answer;
  raw.send(pdu.textRequest.encode({ ...serials, targetTransferTag }), whole.subarray(501));
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = await raw.take(IscsiOpcode.textResponse);
    answer = pdu.textResponse.decode(part.bhs);
    parts.push(part.data);
    t.ok(part.data.length <= 512);
    if (answer.final) break;
    t.equal(answer.continues, true);
    raw.send(pdu.textRequest.encode({ ...serials, targetTransferTag: answer.targetTransferTag }));
  }
  t.ok(parts.length > 2);
  t.strictSame(
    decodeTextKeys(Buffer.concat(parts)),
    asked.map(([key]) => [key, 'NotUnderstood']),
  );
});

await t.test('ends the session at its logout, and tells the device that the nexus is gone', async (t) => {
  const { loggedIn, target, errors, attachment } = await targetRig(t);
  const raw = await loggedIn();
  raw.command(hang);
  await target.arrived(1);
  t.equal(target.tasks[0]?.nexus, nexus);
  logout(raw, 0);
  t.hasStrict(pdu.logoutResponse.decode((await raw.take(IscsiOpcode.logoutResponse)).bhs), { response: 0 });
  await raw.untilClosed();
  t.equal(target.tasks[0]?.signal?.aborted, true);
  t.strictSame(target.lostNexuses, [nexus]);
  t.strictSame(attachment.sessions(), []);
  t.strictSame(errors, [], 'a logout is no error');
});

await t.test('refuses to keep a connection for recovery, and to close one that it does not know', async (t) => {
  const { loggedIn } = await targetRig(t);
  const raw = await loggedIn();
  logout(raw, 2);
  t.equal(pdu.logoutResponse.decode((await raw.take(IscsiOpcode.logoutResponse)).bhs).response, 2);
  logout(raw, 1, 9);
  t.equal(pdu.logoutResponse.decode((await raw.take(IscsiOpcode.logoutResponse)).bhs).response, 1);
  await raw.ping();
});

await t.test('ends the session of an initiator that goes without a word', async (t) => {
  const { loggedIn, target, told, errors } = await targetRig(t);
  const raw = await loggedIn();
  raw.command(hang);
  await target.arrived(1);
  raw.drop();
  await told();
  t.hasStrict(errors, [{ code: 'CONNECTION_LOST' }]);
  t.equal(target.tasks[0]?.signal?.aborted, true);
  t.strictSame(target.lostNexuses, [nexus]);
});

await t.test('keeps several initiators apart, and several ports of one initiator', async (t) => {
  const { loggedIn, target, attachment } = await targetRig(t);
  const one = await loggedIn();
  const two = await loggedIn({ initiatorName: 'iqn.2026-11.test:second' });
  const three = await loggedIn({ isid: Uint8Array.of(0x80, 1, 2, 3, 0, 1) });
  for (const raw of [one, two, three]) {
    raw.command(count(1));
    await raw.response();
  }
  t.strictSame(
    target.tasks.map((task) => task.nexus),
    [nexus, 'iqn.2026-11.test:second,i,0x800102030000', `${initiatorName},i,0x800102030001`],
  );
  t.equal(new Set(attachment.sessions().map(({ tsih }) => tsih)).size, 3);
});

await t.test('replaces the session of an initiator port that logs in anew', async (t) => {
  const { loggedIn, target, attachment, errors } = await targetRig(t);
  const former = await loggedIn();
  former.command(hang);
  await target.arrived(1);
  const raw = await loggedIn();
  await former.untilClosed();
  t.strictSame(target.lostNexuses, [nexus]);
  t.equal(attachment.sessions().length, 1);
  raw.command(count(1));
  t.equal((await raw.response()).status, 0);
  t.strictSame(errors, []);
});

await t.test('replaces no session before the newcomer has proved who it is', async (t) => {
  const account = { user: 'tester', secret: 'a secret of many words' };
  const { connect, attachment, clock, target } = await targetRig(t, { chap: account });
  const { IscsiTransport } = await import('../../../../devices/transport/iscsi/index.js');
  const { portal, targetName } = attachment;
  const owner = new IscsiTransport({
    portal,
    target: targetName,
    clock,
    chap: account,
    initiatorName,
    isid: usualIsid,
  });
  await owner.open();
  const impostor = await connect();
  await t.rejects(impostor.login(), /login status 2\/1/);
  t.strictSame(target.lostNexuses, []);
  t.equal((await owner.execute({ lun: 0, ...count(1), timeoutMs: 1_000 })).kind, 'completed');
  await owner.close();
});

await t.test('carries no SCSI commands in a discovery session', async (t) => {
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn({ sessionType: 'Discovery' });
  raw.command(count(1));
  t.equal(pdu.reject.decode((await raw.take(IscsiOpcode.reject)).bhs).reason, 0x04);
  t.equal(target.tasks.length, 0);
});
