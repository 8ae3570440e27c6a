import { connect } from 'node:net';
import t from 'tap';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';
import { parsePortal } from '../../../../devices/transport/iscsi/portal.js';
import { IscsiOpcode } from '../../../../devices/transport/iscsi/protocol-values.js';
import { encodeTextKeys } from '../../../../devices/transport/iscsi/text-keys.js';
import { testCdb, TestCommand } from '../../transport/test-target.js';
import { identity, lunZero, usualIsid, type RawInitiator } from './iscsi-raw-initiator.js';
import { eventually, targetRig, type TargetRig } from './iscsi-rig.js';

const count = (number: number) => ({ cdb: testCdb(TestCommand.COUNT, number) });
const store = (length: number) => ({
  cdb: testCdb(TestCommand.STORE, length),
  write: true,
  expectedDataTransferLength: length,
});
const neighbourName = 'iqn.2026-11.test:neighbour';

/** What a peer does wrong; `reject`: the reason it is told before the connection ends. */
interface Misdeed {
  readonly what: string;
  readonly code: string;
  readonly reject?: number;
  readonly message: RegExp;
  readonly act: (raw: RawInitiator) => Promise<void> | void;
}

const dataOut = (
  raw: RawInitiator,
  initiatorTaskTag: number,
  data: Uint8Array,
  parts: Record<string, number | boolean>,
) =>
  raw.send(
    pdu.dataOut.encode({
      final: true,
      lun: lunZero,
      initiatorTaskTag,
      expStatSn: raw.expStatSn,
      dataSn: 0,
      bufferOffset: 0,
      ...parts,
    }),
    data,
  );

/** A write without immediate data, and the tag that the target asks for its data with. */
async function askedFor(raw: RawInitiator, length: number) {
  const tag = raw.command(store(length));
  const { targetTransferTag } = pdu.readyToTransfer.decode((await raw.take(IscsiOpcode.readyToTransfer)).bhs);
  return { tag, targetTransferTag };
}

const misdeeds: readonly Misdeed[] = [
  {
    what: 'announces a longer data segment than was declared',
    code: 'PROTOCOL',
    message: /announces 262145 data bytes/,
    act: (raw) => {
      const bhs = pdu.nopOut.encode({ initiatorTaskTag: 1, cmdSn: raw.cmdSn, expStatSn: 0 });
      pdu.setSegmentLengths(bhs, 0, 262_145);
      raw.socket.write(bhs);
    },
  },
  {
    what: 'sends an opcode that there is not',
    code: 'PROTOCOL',
    reject: 0x05,
    message: /opcode 1dh/,
    act: (raw) => {
      const bhs = new Uint8Array(48);
      bhs[0] = 0x1d;
      raw.send(bhs);
    },
  },
  {
    what: 'logs in a second time on the same connection',
    code: 'PROTOCOL',
    reject: 0x04,
    message: /opcode 3h/,
    act: (raw) => {
      const stages = { transit: true, currentStage: 1, nextStage: 3 };
      const serials = { initiatorTaskTag: 7, cmdSn: raw.cmdSn, expStatSn: raw.expStatSn };
      raw.send(pdu.loginRequest.encode({ ...stages, isid: usualIsid, ...serials }), encodeTextKeys(identity()));
    },
  },
  {
    what: 'sends more immediate data than the command has',
    code: 'PROTOCOL',
    reject: 0x04,
    message: /immediate data/,
    act: (raw) => void raw.command(store(10), new Uint8Array(11)),
  },
  {
    what: 'sends data with a command that has none',
    code: 'PROTOCOL',
    reject: 0x04,
    message: /data came with a command/,
    act: (raw) => void raw.command(count(1), new Uint8Array(4)),
  },
  {
    what: 'announces unsolicited data that was not agreed on',
    code: 'PROTOCOL',
    reject: 0x04,
    message: /InitialR2T is Yes/,
    act: (raw) => void raw.command({ ...store(10), final: false }),
  },
  {
    what: 'sends data that was not asked for',
    code: 'PROTOCOL',
    reject: 0x04,
    message: /not asked for/,
    act: async (raw) => {
      const { tag } = await askedFor(raw, 100);
      dataOut(raw, tag, new Uint8Array(100), { targetTransferTag: 0x1234 });
    },
  },
  {
    what: 'sends more data than was asked for',
    code: 'PROTOCOL',
    reject: 0x04,
    message: /asked for was 100/,
    act: async (raw) => {
      const { tag, targetTransferTag } = await askedFor(raw, 100);
      dataOut(raw, tag, new Uint8Array(104), { targetTransferTag });
    },
  },
  {
    what: 'ends a sequence before all asked for has come',
    code: 'PROTOCOL',
    reject: 0x04,
    message: /ended at 50/,
    act: async (raw) => {
      const { tag, targetTransferTag } = await askedFor(raw, 100);
      dataOut(raw, tag, new Uint8Array(50), { targetTransferTag });
    },
  },
  {
    what: 'leaves a DataSN out',
    code: 'PROTOCOL',
    reject: 0x04,
    message: /DataSN 1 came, 0 was due/,
    act: async (raw) => {
      const { tag, targetTransferTag } = await askedFor(raw, 100);
      dataOut(raw, tag, new Uint8Array(100), { targetTransferTag, dataSn: 1 });
    },
  },
  {
    what: 'leaves data out',
    code: 'PROTOCOL',
    reject: 0x04,
    message: /offset 4 came, 0 was due/,
    act: async (raw) => {
      const { tag, targetTransferTag } = await askedFor(raw, 100);
      dataOut(raw, tag, new Uint8Array(96), { targetTransferTag, bufferOffset: 4 });
    },
  },
  {
    what: 'sends an additional header segment that contradicts itself',
    code: 'PROTOCOL',
    reject: 0x09,
    message: /additional header segment/,
    act: (raw) => void raw.command(count(1), undefined, Uint8Array.of(0xff, 0xff, 1, 0)),
  },
  {
    what: 'sends an additional header segment of length zero, which would never end',
    code: 'PROTOCOL',
    reject: 0x09,
    message: /additional header segment/,
    act: (raw) => void raw.command(count(1), undefined, new Uint8Array(8)),
  },
  {
    what: 'sends text without end',
    code: 'PROTOCOL',
    reject: 0x0a,
    message: /65536 bytes/,
    act: async (raw) => {
      let targetTransferTag = 0xffff_ffff;
      for (let at = 0; at < 9; at++) {
        const serials = { initiatorTaskTag: 1, cmdSn: raw.cmdSn, expStatSn: 0, targetTransferTag };
        const bhs = pdu.textRequest.encode({ immediate: true, final: false, continues: true, ...serials });
        raw.send(bhs, new Uint8Array(8_000).fill(0x41));
        if (at < 8)
          targetTransferTag = pdu.textResponse.decode((await raw.take(IscsiOpcode.textResponse)).bhs).targetTransferTag;
      }
    },
  },
  {
    what: 'sends a thousand keys',
    code: 'PROTOCOL',
    reject: 0x0a,
    message: /256 keys/,
    act: (raw) => {
      const bhs = pdu.textRequest.encode({ immediate: true, initiatorTaskTag: 1, cmdSn: raw.cmdSn, expStatSn: 0 });
      raw.send(bhs, Buffer.from('A=b\0'.repeat(1_000)));
    },
  },
  {
    what: 'goes on with text that was never begun',
    code: 'PROTOCOL',
    reject: 0x04,
    message: /not under way/,
    act: (raw) => {
      const serials = { initiatorTaskTag: 1, targetTransferTag: 1, cmdSn: raw.cmdSn, expStatSn: 0 };
      raw.send(pdu.textRequest.encode({ immediate: true, ...serials }));
    },
  },
  {
    what: 'sends text that is none, and then what it has to wait for',
    code: 'PROTOCOL',
    message: /not end with a NUL/,
    act: (raw) => {
      const serials = { initiatorTaskTag: 1, cmdSn: raw.cmdSn + 1, expStatSn: 0 };
      raw.send(pdu.textRequest.encode(serials), Buffer.from('SendTargets='));
      const abortTask = { immediate: true, function: 1, lun: lunZero, refCmdSn: raw.cmdSn };
      raw.send(pdu.taskManagementRequest.encode({ ...abortTask, ...serials, initiatorTaskTag: 2 }));
    },
  },
  {
    what: 'sends a PDU byte by byte',
    code: 'PROTOCOL',
    message: /pieces/,
    act: async (raw) => {
      const bhs = pdu.nopOut.encode({ immediate: true, initiatorTaskTag: 1, cmdSn: raw.cmdSn, expStatSn: 0 });
      pdu.setSegmentLengths(bhs, 0, 200_000);
      raw.socket.write(bhs);
      while (!raw.closed) {
        raw.socket.write(Uint8Array.of(0));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  },
];

/** A neighbour works while a peer misbehaves, and still does afterwards. */
async function withNeighbour(rig: TargetRig, misbehave: () => Promise<void>): Promise<void> {
  const neighbour = await rig.loggedIn({ initiatorName: neighbourName });
  const hanging = neighbour.command({ cdb: testCdb(TestCommand.COUNT, 1, 10) });
  await misbehave();
  await rig.clock.advance(10);
  const { initiatorTaskTag, status } = await neighbour.response();
  if (initiatorTaskTag !== hanging || status !== 0) throw new Error('the neighbour was disturbed');
  neighbour.command(count(2));
  await neighbour.response();
}

for (const { what, code, reject, message, act } of misdeeds) {
  await t.test(`ends the connection of a peer that ${what}; the others go on`, async (t) => {
    const rig = await targetRig(t);
    await withNeighbour(rig, async () => {
      const raw = await rig.loggedIn({
        keys: [
          ['InitialR2T', 'Yes'],
          ['ImmediateData', 'Yes'],
        ],
      });
      await act(raw);
      await raw.untilClosed();
      let last: number | undefined;
      for (let one = await raw.next(); one !== undefined; one = await raw.next()) {
        if (one.opcode === IscsiOpcode.reject) last = pdu.reject.decode(one.bhs).reason;
      }
      t.equal(last, reject);
    });
    await rig.told();
    t.match(rig.errors, [{ code, message }]);
    t.equal(rig.attachment.sessions().length, 1);
    t.equal(rig.target.lostNexuses.length, 1);
  });
}

for (const which of ['header', 'data'] as const) {
  await t.test(`ends a connection whose ${which} digest is wrong`, async (t) => {
    const rig = await targetRig(t);
    await withNeighbour(rig, async () => {
      const raw = await rig.loggedIn({
        keys: [
          ['HeaderDigest', 'CRC32C'],
          ['DataDigest', 'CRC32C'],
        ],
      });
      const serials = { cmdSn: raw.cmdSn, expStatSn: raw.expStatSn };
      const bytes = raw.encode(
        pdu.nopOut.encode({ immediate: true, initiatorTaskTag: 1, ...serials }),
        Uint8Array.of(1, 2, 3, 4),
      );
      const at = which === 'header' ? 20 : bytes.length - 6;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      raw.socket.write(bytes);
      await raw.untilClosed();
    });
    t.match(rig.errors, [{ code: 'DIGEST', message: new RegExp(`${which} digest`) }]);
  });
}

await t.test('refuses to send data again, and goes on', async (t) => {
  const { loggedIn } = await targetRig(t);
  const raw = await loggedIn();
  const snack = new Uint8Array(48);
  snack[0] = 0x10;
  snack[1] = 0x80;
  raw.send(snack);
  t.equal(pdu.reject.decode((await raw.take(IscsiOpcode.reject)).bhs).reason, 0x03);
  await raw.ping();
});

await t.test('gives up a connection that never logs in, or only half', async (t) => {
  const { connect: open, clock, attachment, told, errors } = await targetRig(t, { limits: { loginTimeoutMs: 3_000 } });
  const silent = await open();
  const half = await open();
  await half.loginStep({ currentStage: 1, keys: identity() });
  const dribbling = await open();
  dribbling.socket.write(new Uint8Array(20));
  await eventually(() => attachment.connectionCount === 3);
  await clock.advance(3_000);
  for (const raw of [silent, half, dribbling]) await raw.untilClosed();
  await told(3);
  t.strictSame(
    errors.map(({ code }) => code),
    ['LOGIN_TIMEOUT', 'LOGIN_TIMEOUT', 'LOGIN_TIMEOUT'],
  );
});

await t.test('gives up a logged-in peer that never finishes a PDU', async (t) => {
  const limits = { keepAliveIntervalMs: 1_000, keepAliveTimeoutMs: 1_000 };
  const { loggedIn, clock, told, errors } = await targetRig(t, { limits });
  const raw = await loggedIn();
  const bhs = pdu.nopOut.encode({ initiatorTaskTag: 1, cmdSn: raw.cmdSn, expStatSn: 0 });
  pdu.setSegmentLengths(bhs, 0, 100_000);
  raw.socket.write(Buffer.concat([bhs, new Uint8Array(50_000)]));
  await new Promise((resolve) => setTimeout(resolve, 0));
  await clock.advance(2_000);
  await raw.untilClosed();
  await told();
  t.match(errors, [{ code: 'DEAD_PEER', message: /not finished/ }]);
});

await t.test('says nothing to a peer that speaks another protocol', async (t) => {
  const { attachment, told, errors } = await targetRig(t);
  const socket = connect(parsePortal(attachment.portal));
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nAccept: everything that there is\r\n\r\n');
  await new Promise((resolve) => socket.on('close', resolve));
  await told();
  t.match(errors, [{ code: 'PROTOCOL' }]);
});

await t.test('outlives peers that send noise', async (t) => {
  const rig = await targetRig(t);
  let seed = 12_345;
  const random = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
  await withNeighbour(rig, async () => {
    for (let round = 0; round < 150; round++) {
      const raw = await rig.loggedIn({ isid: Uint8Array.of(0x80, 7, 7, 7, 0, round) });
      const bytes = Buffer.from(Array.from({ length: 480 }, () => Math.floor(random() * 256)));
      for (let at = 0; at < bytes.length; at += 48) {
        // Mostly opcodes that there are, mostly short lengths, so that the noise gets past the first check.
        const opcodes = [0, 1, 2, 4, 5, 6, 0x10, 0x1f];
        bytes[at] = (opcodes[Math.floor(random() * 8)] ?? 0) | (random() < 0.5 ? 0x40 : 0);
        if (random() < 0.9) bytes.fill(0, at + 4, at + 8);
        bytes.writeUInt32BE(raw.cmdSn + Math.floor(random() * 4), at + 24);
      }
      raw.socket.end(bytes);
      raw.socket.resume();
      await raw.untilClosed();
    }
  });
  await eventually(() => rig.attachment.sessions().length === 1);
  t.equal(rig.attachment.sessions()[0]?.initiatorName, neighbourName);
});
