import t from 'tap';
import { encodeLun } from '../../../../devices/transport/lun.js';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';
import { IscsiOpcode } from '../../../../devices/transport/iscsi/protocol-values.js';
import type { ScsiTask, ScsiTaskResult } from '../../../../devices/transport/scsi-target.js';
import { testCdb, TestCommand, TestTarget } from '../../transport/test-target.js';
import { lunZero, type RawInitiator } from './iscsi-raw-initiator.js';
import { targetRig } from './iscsi-rig.js';

const count = (number: number) => ({ cdb: testCdb(TestCommand.COUNT, number) });
const hang = { cdb: testCdb(TestCommand.HANG) };

const Function = {
  abortTask: 1,
  abortTaskSet: 2,
  clearAca: 3,
  clearTaskSet: 4,
  logicalUnitReset: 5,
  targetWarmReset: 6,
  targetColdReset: 7,
  taskReassign: 8,
} as const;

/** Sends a task management function; gives the response code. */
async function manage(
  raw: RawInitiator,
  func: number,
  parts: { lun?: number; referencedTaskTag?: number; refCmdSn?: number } = {},
): Promise<number> {
  const { lun = 0, ...rest } = parts;
  raw.send(
    pdu.taskManagementRequest.encode({
      immediate: true,
      function: func,
      lun: encodeLun(lun) ?? lunZero,
      initiatorTaskTag: raw.takeTag(),
      cmdSn: raw.cmdSn,
      expStatSn: raw.expStatSn,
      ...rest,
    }),
  );
  return pdu.taskManagementResponse.decode((await raw.take(IscsiOpcode.taskManagementResponse)).bhs).response;
}

const aborted = (tasks: readonly ScsiTask[]) => tasks.map((task) => task.signal?.aborted === true);

await t.test('aborts a task, which has no response then', async (t) => {
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn({ cmdSn: 1 });
  const tag = raw.command(hang);
  await target.arrived(1);
  t.equal(await manage(raw, Function.abortTask, { referencedTaskTag: tag, refCmdSn: 1 }), 0);
  t.strictSame(aborted(target.tasks), [true]);
  raw.command({ ...count(1), initiatorTaskTag: tag });
  t.hasStrict(await raw.response(), { initiatorTaskTag: tag, status: 0, maxCmdSn: 130 });
});

await t.test('says so when there is no such task', async (t) => {
  const { loggedIn } = await targetRig(t);
  const raw = await loggedIn({ cmdSn: 5 });
  t.equal(await manage(raw, Function.abortTask, { referencedTaskTag: 4711, refCmdSn: 4 }), 1);
});

await t.test('aborts a command that waits for its turn, and leaves no hole', async (t) => {
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn({ cmdSn: 1 });
  const tag = raw.command({ ...count(2), cmdSn: 2 });
  raw.command({ ...count(3), cmdSn: 3 });
  t.equal(await manage(raw, Function.abortTask, { referencedTaskTag: tag, refCmdSn: 2 }), 0);
  raw.command({ ...count(1), cmdSn: 1 });
  await raw.response();
  await raw.response();
  t.strictSame([...target.executed.keys()], [1, 3]);
});

await t.test('aborts a command that has not come yet', async (t) => {
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn({ cmdSn: 1 });
  raw.cmdSn = 2;
  t.equal(await manage(raw, Function.abortTask, { referencedTaskTag: 99, refCmdSn: 1 }), 0);
  raw.command({ ...count(1), cmdSn: 1, initiatorTaskTag: 99 });
  raw.command({ ...count(2), cmdSn: 2 });
  await raw.response();
  t.strictSame([...target.executed.keys()], [2]);
});

await t.test('swallows no command that was not sent yet', async (t) => {
  const { loggedIn } = await targetRig(t);
  const raw = await loggedIn({ cmdSn: 1 });
  for (const refCmdSn of [1, 2]) {
    t.equal(await manage(raw, Function.abortTask, { referencedTaskTag: 99, refCmdSn }), 1, `CmdSN ${refCmdSn}`);
  }
  for (const number of [1, 2]) {
    raw.command(count(number));
    t.equal((await raw.response()).status, 0);
  }
});

await t.test('leaves a held command alone whose number another request is said to have', async (t) => {
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn({ cmdSn: 1 });
  const held = raw.command({ ...count(2), cmdSn: 2 });
  raw.cmdSn = 3;
  t.equal(await manage(raw, Function.abortTask, { referencedTaskTag: 99, refCmdSn: 2 }), 1);
  raw.command({ ...count(1), cmdSn: 1 });
  t.equal((await raw.response()).status, 0);
  t.hasStrict(await raw.response(), { initiatorTaskTag: held, status: 0 });
  t.strictSame([...target.executed.keys()], [1, 2]);
});

await t.test('resets what was there, not what comes behind the request', async (t) => {
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn({ cmdSn: 1 });
  raw.command(hang);
  await target.arrived(1);
  const [tag, resetTag] = [raw.takeTag(), raw.takeTag()];
  const serials = { cmdSn: raw.cmdSn, expStatSn: raw.expStatSn };
  const reset = pdu.taskManagementRequest.encode({
    ...{ immediate: true, function: Function.targetWarmReset, lun: lunZero, initiatorTaskTag: resetTag },
    ...serials,
  });
  const { cdb } = count(7);
  const command = pdu.scsiCommand.encode({
    ...{ final: true, attribute: 1, lun: lunZero, expectedDataTransferLength: 0, initiatorTaskTag: tag, cdb },
    ...serials,
  });
  raw.socket.write(Buffer.concat([raw.encode(reset), raw.encode(command)]));
  const answers = [await raw.next(), await raw.next()].map((answer) => answer?.opcode);
  t.strictSame(
    answers.toSorted((one = 0, other = 0) => one - other),
    [IscsiOpcode.scsiResponse, IscsiOpcode.taskManagementResponse],
  );
  t.strictSame([...target.executed.keys()], [7]);
});

await t.test('aborts a write that waits for its data', async (t) => {
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn({ cmdSn: 1 });
  const cdb = testCdb(TestCommand.STORE, 100);
  const tag = raw.command({ cdb, write: true, expectedDataTransferLength: 100 });
  const r2t = pdu.readyToTransfer.decode((await raw.take(IscsiOpcode.readyToTransfer)).bhs);
  raw.command(count(1));
  await raw.ping();
  t.equal(target.tasks.length, 0, 'the next command waits behind it');
  t.equal(await manage(raw, Function.abortTask, { referencedTaskTag: tag, refCmdSn: 1 }), 0);
  t.hasStrict(await raw.response(), { status: 0 });
  const { targetTransferTag } = r2t;
  const late = { final: true, lun: lunZero, initiatorTaskTag: tag, targetTransferTag, expStatSn: 0 };
  raw.send(pdu.dataOut.encode({ ...late, dataSn: 0, bufferOffset: 0 }), new Uint8Array(100));
  await raw.ping();
  t.strictSame([...target.executed.keys()], [1], 'data that was under way is of no interest');
});

await t.test('aborts its own tasks of one logical unit', async (t) => {
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn();
  const other = await loggedIn({ initiatorName: 'iqn.2026-11.test:other' });
  raw.command({ ...hang, lun: 0 });
  raw.command({ ...hang, lun: 1 });
  await target.arrived(2);
  other.command({ ...hang, lun: 1 });
  await target.arrived(3);
  t.equal(await manage(raw, Function.abortTaskSet, { lun: 1 }), 0);
  t.strictSame(aborted(target.tasks), [false, true, false]);
});

await t.test('clears a task set: own tasks end silently, those of others as the device says', async (t) => {
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn();
  const other = await loggedIn({ initiatorName: 'iqn.2026-11.test:other' });
  raw.command({ ...hang, lun: 1 });
  other.command({ ...hang, lun: 1 });
  await target.arrived(2);
  t.equal(await manage(raw, Function.clearTaskSet, { lun: 1 }), 0);
  t.equal((await other.response()).status, 0x40);
  await raw.ping();
  t.equal(raw.waiting, 0);
});

await t.test('resets a logical unit, and knows which there are', async (t) => {
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn();
  raw.command({ ...hang, lun: 1 });
  await target.arrived(1);
  t.equal(await manage(raw, Function.logicalUnitReset, { lun: 1 }), 0);
  t.equal(await manage(raw, Function.logicalUnitReset, { lun: 5 }), 2);
  t.strictSame(target.resets, [1]);
  t.strictSame(aborted(target.tasks), [true]);
});

await t.test('resets all logical units with the target', async (t) => {
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn();
  const other = await loggedIn({ initiatorName: 'iqn.2026-11.test:other' });
  other.command(hang);
  await target.arrived(1);
  t.equal(await manage(raw, Function.targetWarmReset), 0);
  t.strictSame(target.resets, [0, 1]);
  t.equal((await other.response()).status, 0x40);
});

await t.test('ends every session with a cold reset', async (t) => {
  const { loggedIn, target, attachment } = await targetRig(t);
  const raw = await loggedIn();
  const other = await loggedIn({ initiatorName: 'iqn.2026-11.test:other' });
  t.equal(await manage(raw, Function.targetColdReset), 0);
  await raw.untilClosed();
  await other.untilClosed();
  t.equal(target.lostNexuses.length, 2);
  t.strictSame(attachment.sessions(), []);
});

await t.test('refuses what it does not do', async (t) => {
  const { loggedIn } = await targetRig(t);
  const raw = await loggedIn();
  t.equal(await manage(raw, Function.taskReassign), 4);
  t.equal(await manage(raw, Function.clearAca), 5);
  t.equal(await manage(raw, 99), 255);
});

/** A target with REPORT LUNS and no resets. */
class ReportingTarget extends TestTarget {
  override resetLogicalUnit = undefined as unknown as TestTarget['resetLogicalUnit'];
  override execute(task: ScsiTask): Promise<ScsiTaskResult> {
    return super.execute(task);
  }
}

await t.test('says so when the device has no reset', async (t) => {
  const { loggedIn } = await targetRig(t, { testTarget: (clock) => new ReportingTarget(clock) });
  const raw = await loggedIn();
  t.equal(await manage(raw, Function.logicalUnitReset), 5);
  t.equal(await manage(raw, Function.targetWarmReset), 5);
});
