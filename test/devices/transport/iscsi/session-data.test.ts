import t from 'tap';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';
import type { ReceivedPdu } from '../../../../devices/transport/iscsi/pdu-parser.js';
import { IscsiOpcode } from '../../../../devices/transport/iscsi/protocol-values.js';
import { pattern } from '../conformance.js';
import { testCdb, TestCommand } from '../test-target.js';
import { countCommand } from './peer/peer-commands.js';
import type { PeerConnection } from './peer/peer-connection.js';
import { completedOf, failureOf, peerRig } from './peer/peer-rig.js';
import type { ScriptedPeer } from './peer/scripted-peer.js';

const read = (dataInLength: number) => ({
  lun: 0,
  cdb: testCdb(TestCommand.RECALL),
  dataInLength,
  timeoutMs: 1000,
});
const write = (dataOut: Uint8Array) => ({ lun: 0, cdb: testCdb(TestCommand.STORE), dataOut, timeoutMs: 1000 });

/** The next SCSI command is answered by the test, not by the peer's own target. */
function answerCommand(
  peer: ScriptedPeer,
  answer: (command: ReturnType<typeof pdu.scsiCommand.decode>, connection: PeerConnection) => void,
  times = 1,
): void {
  const act = (received: ReceivedPdu, connection: PeerConnection): void => {
    const command = pdu.scsiCommand.decode(received.bhs);
    countCommand(command, connection);
    answer(command, connection);
  };
  peer.on(IscsiOpcode.scsiCommand, act, times);
}

t.test('joins data that comes in several PDUs, with the status in the last', async (t) => {
  const { peer, transport } = await peerRig(t);
  await transport.open();
  const data = pattern(1000);
  answerCommand(peer, ({ initiatorTaskTag }, connection) => {
    for (const [dataSn, from] of [0, 400, 800].entries()) {
      const last = from === 800;
      connection.send(
        pdu.dataIn.encode({
          final: last,
          hasStatus: last,
          underflow: last,
          residualCount: last ? 24 : 0,
          initiatorTaskTag,
          dataSn,
          bufferOffset: from,
          ...(last ? connection.takeSerials() : connection.serials),
        }),
        data.subarray(from, Math.min(from + 400, 1000)),
      );
    }
  });
  const { dataIn, status } = completedOf(await transport.execute(read(1024)));
  t.equal(status, 0);
  t.equal(Buffer.compare(dataIn, data), 0);
});

t.test('gives data together with CHECK CONDITION and its sense, without the length header', async (t) => {
  const { peer, transport } = await peerRig(t);
  await transport.open();
  const sense = Uint8Array.from([0x70, 0, 0x60, 0, 0, 0, 4, 10, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  answerCommand(peer, ({ initiatorTaskTag }, connection) => {
    const position = { initiatorTaskTag, dataSn: 0, bufferOffset: 0 };
    connection.send(pdu.dataIn.encode({ final: true, ...position, ...connection.serials }), pattern(12));
    connection.send(
      pdu.scsiResponse.encode({
        status: 2,
        underflow: true,
        residualCount: 4,
        initiatorTaskTag,
        ...connection.takeSerials(),
      }),
      // Targets may pad what they send; the length field says what is sense data.
      Buffer.concat([Uint8Array.of(0, sense.length), sense, new Uint8Array(2)]),
    );
  });
  t.strictSame(await transport.execute(read(16)), {
    kind: 'completed',
    status: 2,
    dataIn: pattern(12),
    sense,
  });
});

const lies: readonly { what: string; header: Partial<Parameters<typeof pdu.dataIn.encode>[0]>; bytes: number }[] = [
  { what: 'data that jumps ahead', header: { bufferOffset: 4 }, bytes: 8 },
  { what: 'a DataSN that jumps ahead', header: { dataSn: 1 }, bytes: 8 },
  { what: 'more data than was asked for', header: {}, bytes: 17 },
  { what: 'data for a task that does not exist', header: { initiatorTaskTag: 0x0fff_ffff }, bytes: 8 },
  { what: 'a status in a PDU that is not the last', header: { final: false, hasStatus: true }, bytes: 8 },
];
for (const { what, header, bytes } of lies) {
  t.test(`gives the session up on ${what}`, async (t) => {
    const { peer, transport } = await peerRig(t);
    await transport.open();
    answerCommand(peer, ({ initiatorTaskTag }, connection) => {
      const right = { final: true, initiatorTaskTag, dataSn: 0, bufferOffset: 0, ...connection.serials };
      connection.send(pdu.dataIn.encode({ ...right, ...header }), pattern(bytes));
    });
    const result = await transport.execute(read(16));
    t.match(failureOf(result), { code: 'protocol', executed: 'unknown', cause: { code: 'ISCSI_PROTOCOL' } });
    await peer.until(() => peer.connection.ended);
    t.match(await transport.execute(read(16)), { kind: 'completed' }, 'and the next command has a new session');
  });
}

const contradictions = [
  {
    what: 'a residual count that leaves less data than came',
    residual: { underflow: true, residualCount: 12 },
    data: 8,
  },
  {
    what: 'a residual count that promises more data than came',
    residual: { underflow: true, residualCount: 4 },
    data: 8,
  },
  { what: 'data PDUs that it counts and that never came', residual: { expDataSn: 5 }, data: 8 },
  { what: 'a delivery failure at the target', residual: { response: 1 }, data: 0 },
];
for (const { what, residual, data } of contradictions) {
  t.test(`ends only the command on ${what}`, async (t) => {
    const { peer, transport } = await peerRig(t);
    await transport.open();
    answerCommand(peer, ({ initiatorTaskTag }, connection) => {
      const position = { final: true, initiatorTaskTag, dataSn: 0, bufferOffset: 0 };
      if (data > 0) connection.send(pdu.dataIn.encode({ ...position, ...connection.serials }), pattern(data));
      const response = { status: 0, initiatorTaskTag, ...residual, ...connection.takeSerials() };
      connection.send(pdu.scsiResponse.encode(response));
    });
    t.match(failureOf(await transport.execute(read(16))), { code: 'protocol', executed: 'unknown' });
    t.match(await transport.execute(read(16)), { kind: 'completed' });
    t.equal(peer.connections.length, 1);
  });
}

t.test('ends only the command when its sense data is shorter than it says', async (t) => {
  const { peer, transport } = await peerRig(t);
  await transport.open();
  answerCommand(peer, ({ initiatorTaskTag }, connection) =>
    connection.send(
      pdu.scsiResponse.encode({ status: 2, initiatorTaskTag, ...connection.takeSerials() }),
      Uint8Array.of(0, 18, 0x70, 0, 6),
    ),
  );
  t.match(failureOf(await transport.execute(read(0))), { code: 'protocol', executed: 'unknown' });
  t.equal(peer.connections.length, 1);
});

t.test('sends what a target asks for, in the order it asks for it', async (t) => {
  const { peer, transport } = await peerRig(t, { keys: { ImmediateData: 'No' } });
  await transport.open();
  const data = pattern(3000);
  answerCommand(peer, (command, connection) => {
    t.match(command, { final: true, write: true, read: false, expectedDataTransferLength: 3000 });
    for (const [r2tSn, [bufferOffset, desiredDataTransferLength]] of (
      [
        [2000, 1000],
        [0, 2000],
      ] as const
    ).entries()) {
      connection.send(
        pdu.readyToTransfer.encode({
          initiatorTaskTag: command.initiatorTaskTag,
          targetTransferTag: 70 + r2tSn,
          r2tSn,
          bufferOffset,
          desiredDataTransferLength,
          ...connection.serials,
        }),
      );
    }
  });
  peer.on(IscsiOpcode.dataOut, (received, connection) => {
    const { initiatorTaskTag, targetTransferTag, final } = pdu.dataOut.decode(received.bhs);
    if (final && targetTransferTag === 71) {
      connection.send(pdu.scsiResponse.encode({ status: 0, initiatorTaskTag, ...connection.takeSerials() }));
    }
  });
  completedOf(await transport.execute(write(data)));
  const sent = peer.of(IscsiOpcode.dataOut).map((received) => ({
    ...pdu.dataOut.decode(received.bhs),
    data: received.data,
  }));
  t.match(sent, [
    { targetTransferTag: 70, bufferOffset: 2000, dataSn: 0, final: true },
    { targetTransferTag: 71, bufferOffset: 0, dataSn: 0, final: true },
  ]);
  t.equal(Buffer.compare(sent[0]?.data ?? new Uint8Array(0), data.subarray(2000)), 0);
  t.equal(Buffer.compare(sent[1]?.data ?? new Uint8Array(0), data.subarray(0, 2000)), 0);
});

const badRequests = [
  { what: 'beyond the end of the data', r2t: { bufferOffset: 90, desiredDataTransferLength: 20 } },
  { what: 'no bytes at all', r2t: { bufferOffset: 0, desiredDataTransferLength: 0 } },
  { what: 'out of turn', r2t: { r2tSn: 3, bufferOffset: 0, desiredDataTransferLength: 10 } },
];
for (const { what, r2t } of badRequests) {
  t.test(`gives the session up on an R2T that asks for data ${what}`, async (t) => {
    const { peer, transport } = await peerRig(t, { keys: { ImmediateData: 'No' } });
    await transport.open();
    answerCommand(peer, ({ initiatorTaskTag }, connection) =>
      connection.send(
        pdu.readyToTransfer.encode({ initiatorTaskTag, targetTransferTag: 1, r2tSn: 0, ...r2t, ...connection.serials }),
      ),
    );
    t.match(failureOf(await transport.execute(write(pattern(100)))), { code: 'protocol', executed: 'unknown' });
    t.equal(peer.of(IscsiOpcode.dataOut).length, 0);
  });
}

t.test('gives the session up on an R2T longer than a burst', async (t) => {
  const { peer, transport } = await peerRig(t, { keys: { ImmediateData: 'No', MaxBurstLength: '512' } });
  await transport.open();
  answerCommand(peer, ({ initiatorTaskTag }, connection) => {
    const asked = { r2tSn: 0, bufferOffset: 0, desiredDataTransferLength: 513 };
    const tags = { initiatorTaskTag, targetTransferTag: 1 };
    connection.send(pdu.readyToTransfer.encode({ ...tags, ...asked, ...connection.serials }));
  });
  t.match(failureOf(await transport.execute(write(pattern(1000)))), { code: 'protocol' });
});

t.test('carries a CDB longer than 16 bytes', async (t) => {
  const { peer, target, transport } = await peerRig(t);
  await transport.open();
  const cdb = Uint8Array.from({ length: 33 }, (_, at) => (at === 0 ? 0x00 : at));
  completedOf(await transport.execute({ lun: 1, cdb, timeoutMs: 1000 }));
  t.strictSame(Array.from(target.tasks[0]?.cdb ?? []), Array.from(cdb));
  t.strictSame(peer.violations, []);
});

t.test('refuses what cannot be expressed, without sending anything', async (t) => {
  const { peer, transport } = await peerRig(t);
  await transport.open();
  const refused = [
    { ...read(16), cdb: new Uint8Array(0) },
    { ...read(16), cdb: new Uint8Array(261) },
    { ...read(16), lun: 16_384 },
    { ...read(2 ** 32) },
    { ...read(-1) },
    { ...read(1.5) },
  ];
  for (const command of refused) {
    t.match(failureOf(await transport.execute(command)), { code: 'unsupported', executed: /^no$/ });
  }
  t.equal(peer.of(IscsiOpcode.scsiCommand).length, 0);
});
