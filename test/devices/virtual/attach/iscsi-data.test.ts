import t from 'tap';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';
import { IscsiOpcode, RESERVED_TAG } from '../../../../devices/transport/iscsi/protocol-values.js';
import type { TextKey } from '../../../../devices/transport/iscsi/text-keys.js';
import type { ScsiTask, ScsiTaskResult } from '../../../../devices/transport/scsi-target.js';
import { pattern } from '../../transport/conformance.js';
import { testCdb, TestCommand, testSense, TestTarget } from '../../transport/test-target.js';
import { lunZero, type RawInitiator } from './iscsi-raw-initiator.js';
import { targetRig } from './iscsi-rig.js';

const recall = (length: number, expectedDataTransferLength = length) => ({
  cdb: testCdb(TestCommand.RECALL, length),
  read: true,
  expectedDataTransferLength,
});
const store = (length: number) => ({
  cdb: testCdb(TestCommand.STORE, length),
  write: true,
  expectedDataTransferLength: length,
});

/** Sends one Data-Out of a command. */
function sendData(
  raw: RawInitiator,
  initiatorTaskTag: number,
  data: Uint8Array,
  parts: { targetTransferTag?: number; dataSn: number; bufferOffset: number; final: boolean },
): void {
  raw.send(pdu.dataOut.encode({ lun: lunZero, initiatorTaskTag, expStatSn: raw.expStatSn, ...parts }), data);
}

async function takeR2t(raw: RawInitiator) {
  return pdu.readyToTransfer.decode((await raw.take(IscsiOpcode.readyToTransfer)).bhs);
}

/** Answers everything with GOOD. */
class AgreeableTarget extends TestTarget {
  override execute(task: ScsiTask): Promise<ScsiTaskResult> {
    this.tasks.push(task);
    return Promise.resolve({ status: 0, dataIn: new Uint8Array(0), sense: new Uint8Array(0) });
  }
}

await t.test(
  'cuts data-in to the segments of the initiator, ends each burst, gives the status with the last',
  async (t) => {
    const keys: TextKey[] = [
      ['MaxRecvDataSegmentLength', '512'],
      ['MaxBurstLength', '1280'],
    ];
    const { loggedIn } = await targetRig(t);
    const writer = await loggedIn({ initiatorName: 'iqn.2026-11.test:writer' });
    writer.command(store(2_600), pattern(2_600));
    await writer.response();
    const raw = await loggedIn({ keys });
    const tag = raw.command(recall(2_600));
    const seen: unknown[] = [];
    const parts: Uint8Array[] = [];
    for (let dataSn = 0; ; dataSn++) {
      const received = await raw.take(IscsiOpcode.dataIn);
      const header = pdu.dataIn.decode(received.bhs);
      t.hasStrict(header, { initiatorTaskTag: tag, dataSn, targetTransferTag: RESERVED_TAG });
      seen.push([header.bufferOffset, received.data.length, header.final]);
      parts.push(received.data);
      if (!header.hasStatus) continue;
      t.hasStrict(header, { status: 0, underflow: false, overflow: false, residualCount: 0 });
      break;
    }
    t.strictSame(seen, [
      [0, 512, false],
      [512, 512, false],
      [1024, 256, true],
      [1280, 512, false],
      [1792, 512, false],
      [2304, 256, true],
      [2560, 40, true],
    ]);
    t.ok(Buffer.concat(parts).equals(pattern(2_600)));
  },
);

await t.test('says how much data was missing, and how much there would have been', async (t) => {
  const { loggedIn } = await targetRig(t);
  const raw = await loggedIn();
  raw.command(store(100), pattern(100));
  await raw.response();
  raw.command(recall(100, 256));
  const short = await raw.take(IscsiOpcode.dataIn);
  t.hasStrict(pdu.dataIn.decode(short.bhs), { underflow: true, overflow: false, residualCount: 156 });
  raw.command(recall(100, 30));
  const cut = await raw.take(IscsiOpcode.dataIn);
  t.hasStrict(pdu.dataIn.decode(cut.bhs), { underflow: false, overflow: true, residualCount: 70 });
  t.equal(cut.data.length, 30);
  raw.command(recall(0, 64));
  t.hasStrict(await raw.response(), { underflow: true, residualCount: 64 });
  raw.command({ cdb: testCdb(TestCommand.RECALL, 100) });
  t.hasStrict(await raw.response(), { overflow: true, residualCount: 100 });
});

await t.test('says how much of the data-out a command has no use for, or lacks', async (t) => {
  const { loggedIn } = await targetRig(t, { testTarget: (clock) => new AgreeableTarget(clock) });
  const raw = await loggedIn();
  const modeSelect = { cdb: Uint8Array.of(0x15, 0x10, 0, 0, 24, 0), write: true };
  raw.command({ ...modeSelect, expectedDataTransferLength: 40 }, new Uint8Array(40));
  t.hasStrict(await raw.response(), { underflow: true, overflow: false, residualCount: 16 });
  raw.command({ ...modeSelect, expectedDataTransferLength: 20 }, new Uint8Array(20));
  t.hasStrict(await raw.response(), { underflow: false, overflow: true, residualCount: 4 });
  raw.command({ ...modeSelect, expectedDataTransferLength: 24 }, new Uint8Array(24));
  t.hasStrict(await raw.response(), { underflow: false, overflow: false, residualCount: 0 });
});

await t.test('gives sense data behind its length, and data-in before it', async (t) => {
  class HalfTarget extends TestTarget {
    override execute(task: ScsiTask): Promise<ScsiTaskResult> {
      if (task.cdb[0] !== 0x08) return super.execute(task);
      return Promise.resolve({ status: 2, dataIn: pattern(30), sense: testSense });
    }
  }
  const { loggedIn } = await targetRig(t, { testTarget: (clock) => new HalfTarget(clock) });
  const raw = await loggedIn();
  raw.command({ cdb: testCdb(TestCommand.FAIL) });
  const received = await raw.take(IscsiOpcode.scsiResponse);
  t.equal(pdu.scsiResponse.decode(received.bhs).status, 2);
  t.strictSame(Array.from(received.data), [0, testSense.length, ...testSense]);
  raw.command({ cdb: Uint8Array.of(0x08, 0, 0, 0, 64, 0), read: true, expectedDataTransferLength: 64 });
  const data = await raw.take(IscsiOpcode.dataIn);
  t.hasStrict(pdu.dataIn.decode(data.bhs), { final: true, hasStatus: false });
  t.equal(data.data.length, 30);
  t.hasStrict(await raw.response(), { status: 2, underflow: true, residualCount: 34, expDataSn: 1 });
});

await t.test('asks for what did not come with the command, by bursts, several at once', async (t) => {
  const keys: TextKey[] = [
    ['MaxBurstLength', '1024'],
    ['FirstBurstLength', '512'],
    ['InitialR2T', 'Yes'],
    ['MaxOutstandingR2T', '2'],
  ];
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn({ keys });
  const data = pattern(3_000);
  const tag = raw.command(store(3_000), data.subarray(0, 200));
  const first = await takeR2t(raw);
  t.hasStrict(first, { r2tSn: 0, bufferOffset: 200, desiredDataTransferLength: 1024, initiatorTaskTag: tag });
  t.equal(first.statSn, raw.expStatSn, 'an R2T uses no StatSN up');
  const second = await takeR2t(raw);
  t.hasStrict(second, { r2tSn: 1, bufferOffset: 1224, desiredDataTransferLength: 1024 });
  t.not(first.targetTransferTag, second.targetTransferTag);
  await raw.ping();
  t.equal(raw.waiting, 0, 'not more than two are outstanding');
  const answer = (r2t: typeof first, cuts: readonly number[]): void => {
    cuts.slice(1).forEach((end, at) => {
      const start = cuts[at] ?? 0;
      const from = r2t.bufferOffset + start;
      sendData(raw, tag, data.subarray(from, r2t.bufferOffset + end), {
        targetTransferTag: r2t.targetTransferTag,
        dataSn: at,
        bufferOffset: from,
        final: at === cuts.length - 2,
      });
    });
  };
  answer(first, [0, 300, 301, 1024]);
  const third = await takeR2t(raw);
  t.hasStrict(third, { r2tSn: 2, bufferOffset: 2248, desiredDataTransferLength: 752 });
  answer(second, [0, 1024]);
  answer(third, [0, 752]);
  t.hasStrict(await raw.response(), { status: 0, initiatorTaskTag: tag, expDataSn: 3 });
  t.ok(Buffer.compare(target.tasks[0]?.dataOut ?? new Uint8Array(0), data) === 0);
});

await t.test('takes unsolicited data, and asks for the rest once it has ended', async (t) => {
  const keys: TextKey[] = [
    ['InitialR2T', 'No'],
    ['FirstBurstLength', '1024'],
    ['ImmediateData', 'Yes'],
  ];
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn({ keys });
  const data = pattern(1_500);
  const tag = raw.command({ ...store(1_500), final: false }, data.subarray(0, 100));
  await raw.ping();
  t.equal(raw.waiting, 0, 'nothing is asked for yet');
  sendData(raw, tag, data.subarray(100, 600), { dataSn: 0, bufferOffset: 100, final: false });
  sendData(raw, tag, data.subarray(600, 900), { dataSn: 1, bufferOffset: 600, final: true });
  const r2t = await takeR2t(raw);
  t.hasStrict(r2t, { bufferOffset: 900, desiredDataTransferLength: 600 });
  const { targetTransferTag } = r2t;
  sendData(raw, tag, data.subarray(900), { targetTransferTag, dataSn: 0, bufferOffset: 900, final: true });
  t.equal((await raw.response()).status, 0);
  t.ok(Buffer.compare(target.tasks[0]?.dataOut ?? new Uint8Array(0), data) === 0);
});

await t.test('lets writes begin in their order, whatever data comes first', async (t) => {
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn({ keys: [['ImmediateData', 'No']] });
  const tags = [raw.command(store(8)), raw.command(store(9))];
  const r2ts = [await takeR2t(raw), await takeR2t(raw)];
  for (const at of [1, 0]) {
    const { targetTransferTag } = r2ts[at] ?? { targetTransferTag: 0 };
    sendData(raw, tags[at] ?? 0, pattern(8 + at), { targetTransferTag, dataSn: 0, bufferOffset: 0, final: true });
    await raw.ping().catch(() => undefined);
  }
  t.strictSame(
    target.tasks.map(({ dataOut }) => dataOut.length),
    [8, 9],
  );
});

await t.test('puts a long CDB together', async (t) => {
  const { loggedIn, target } = await targetRig(t, { testTarget: (clock) => new AgreeableTarget(clock) });
  const raw = await loggedIn({ keys: [['HeaderDigest', 'CRC32C']] });
  const cdb = pattern(35);
  cdb[0] = 0x7f;
  raw.command({ cdb: cdb.subarray(0, 16) }, undefined, pdu.extendedCdbSegment(cdb));
  t.equal((await raw.response()).status, 0);
  t.strictSame(Array.from(target.tasks[0]?.cdb ?? []), Array.from(cdb));
});

await t.test('gives the device a CDB as long as its operation code says', async (t) => {
  const { loggedIn, target } = await targetRig(t, { testTarget: (clock) => new AgreeableTarget(clock) });
  const raw = await loggedIn();
  for (const opcode of [0x00, 0x2b, 0x5a, 0x92, 0xa5, 0xe7]) {
    raw.command({ cdb: Uint8Array.of(opcode) });
    await raw.response();
  }
  t.strictSame(
    target.tasks.map(({ cdb }) => cdb.length),
    [6, 10, 10, 16, 12, 10],
  );
});

await t.test('refuses data in both directions', async (t) => {
  const { loggedIn, target } = await targetRig(t);
  const raw = await loggedIn();
  raw.command({ cdb: testCdb(TestCommand.COUNT, 1), read: true, write: true, expectedDataTransferLength: 4 });
  t.equal(pdu.reject.decode((await raw.take(IscsiOpcode.reject)).bhs).reason, 0x05);
  t.equal(target.tasks.length, 0);
  raw.command({ cdb: testCdb(TestCommand.COUNT, 2) });
  t.equal((await raw.response()).status, 0);
});

await t.test('tells a LUN that nobody can have to the device, which answers for it', async (t) => {
  const { loggedIn } = await targetRig(t);
  const raw = await loggedIn();
  const bhs = pdu.scsiCommand.encode({
    attribute: 1,
    lun: Uint8Array.of(0xc1, 1, 0, 0, 0, 0, 0, 0),
    initiatorTaskTag: 9,
    expectedDataTransferLength: 0,
    cmdSn: raw.cmdSn++,
    expStatSn: raw.expStatSn,
    cdb: testCdb(TestCommand.TEST_UNIT_READY),
  });
  raw.send(bhs);
  t.hasStrict(await raw.response(), { status: 2, initiatorTaskTag: 9 });
});

await t.test('says target failure when the device fails, and goes on', async (t) => {
  const { loggedIn, errors } = await targetRig(t);
  const raw = await loggedIn();
  raw.command({ cdb: testCdb(TestCommand.THROW) });
  t.hasStrict(await raw.response(), { response: 1 });
  t.hasStrict(errors, [{ code: 'TARGET_FAILURE' }]);
  raw.command({ cdb: testCdb(TestCommand.COUNT, 1) });
  t.hasStrict(await raw.response(), { response: 0, status: 0 });
});

await t.test('answers BUSY when there is no room for more data-out, and refuses what never fits', async (t) => {
  const { loggedIn, target } = await targetRig(t, { limits: { maxTransferBytes: 4_096, maxBufferedBytes: 5_000 } });
  const raw = await loggedIn({ keys: [['ImmediateData', 'No']] });
  const tag = raw.command(store(4_096));
  const { targetTransferTag } = await takeR2t(raw);
  raw.command({ ...store(4_097) });
  raw.command({ ...store(1_000), cmdSn: raw.cmdSn, immediate: true });
  await raw.ping();
  sendData(raw, tag, pattern(4_096), { targetTransferTag, dataSn: 0, bufferOffset: 0, final: true });
  const refused = await raw.take(IscsiOpcode.scsiResponse);
  t.equal(pdu.scsiResponse.decode(refused.bhs).status, 2);
  t.strictSame([refused.data[4], refused.data[14]], [0x05, 0x24], 'ILLEGAL REQUEST, INVALID FIELD IN CDB');
  t.equal((await raw.response()).status, 0x08);
  t.hasStrict(await raw.response(), { initiatorTaskTag: tag, status: 0 });
  raw.command(store(4_096));
  await takeR2t(raw);
  t.equal(target.tasks.length, 1, 'the room was given back');
});
