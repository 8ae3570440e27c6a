import { readFileSync } from 'node:fs';
import t from 'tap';
import { decodeLun, encodeLun } from '../../../../devices/transport/lun.js';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';
import { PduParser, type ReceivedPdu } from '../../../../devices/transport/iscsi/pdu-parser.js';
import { RESERVED_TAG } from '../../../../devices/transport/iscsi/protocol-values.js';
import { decodeTextKeys } from '../../../../devices/transport/iscsi/text-keys.js';

const nothing = new Uint8Array(0);

/** The PDUs of a captured session. */
function capturedPdus(): ReceivedPdu[] {
  const text = readFileSync(new URL('fixtures/tgt/session.hex', import.meta.url), 'utf8');
  const parser = new PduParser(8192);
  parser.push(Buffer.from(text.replace(/#.*/g, '').replace(/\s/g, ''), 'hex'));
  const received: ReceivedPdu[] = [];
  for (let next = parser.next(); next !== undefined; next = parser.next()) received.push(next);
  return received;
}

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/(.{32})(?=.)/g, '$1 ');

t.test('encodes a SCSI command field by field', (t) => {
  const bytes = pdu.scsiCommand.encode({
    final: true,
    read: true,
    attribute: 1,
    lun: encodeLun(3),
    initiatorTaskTag: 0x01020304,
    expectedDataTransferLength: 0x100,
    cmdSn: 0x0a0b0c0d,
    expStatSn: 0x11223344,
    cdb: Uint8Array.of(0x12, 0, 0, 1, 0, 0),
  });
  t.equal(
    hex(bytes),
    '01c10000000000000003000000000000 01020304000001000a0b0c0d11223344 12000001000000000000000000000000',
  );
  t.end();
});

t.test('decodes what another target sent', (t) => {
  const [login, response, dataIn, logout] = capturedPdus();
  t.match(pdu.loginResponse.decode(login?.bhs ?? nothing), {
    transit: true,
    currentStage: 1,
    nextStage: 3,
    tsih: 256,
    statusClass: 0,
    statSn: 0,
    expCmdSn: 1,
    maxCmdSn: 2,
  });
  t.equal(new Map(decodeTextKeys(login?.data ?? nothing)).get('FirstBurstLength'), '65536');
  t.match(pdu.scsiResponse.decode(response?.bhs ?? nothing), {
    response: 0,
    status: 2,
    initiatorTaskTag: 0,
    statSn: 1,
    expCmdSn: 2,
    maxCmdSn: 0x82,
    underflow: false,
    overflow: false,
  });
  t.equal(response?.data.length, 20);
  t.match(pdu.dataIn.decode(dataIn?.bhs ?? nothing), {
    final: true,
    hasStatus: true,
    status: 0,
    initiatorTaskTag: 1,
    statSn: 2,
    dataSn: 0,
    bufferOffset: 0,
    residualCount: 0,
  });
  t.match(Buffer.from(dataIn?.data ?? nothing).toString('latin1'), /STGT    VMCHANGER/);
  t.match(pdu.logoutResponse.decode(logout?.bhs ?? nothing), { response: 0, initiatorTaskTag: 3, time2Wait: 0 });
  t.end();
});

t.test('gives back what was encoded, for every PDU with a layout', (t) => {
  const serials = { statSn: 5, expCmdSn: 6, maxCmdSn: 7 };
  const dataIn = {
    initiatorTaskTag: 2,
    dataSn: 3,
    bufferOffset: 4,
    residualCount: 8,
    status: 2,
    hasStatus: true,
    ...serials,
  };
  t.match(pdu.dataIn.decode(pdu.dataIn.encode(dataIn)), {
    ...dataIn,
    underflow: false,
    targetTransferTag: RESERVED_TAG,
  });
  const r2t = {
    initiatorTaskTag: 2,
    targetTransferTag: 9,
    r2tSn: 1,
    bufferOffset: 512,
    desiredDataTransferLength: 1024,
    ...serials,
  };
  t.match(pdu.readyToTransfer.decode(pdu.readyToTransfer.encode(r2t)), r2t);
  const message = { event: 1, vendorCode: 2, parameter1: 3, parameter2: 4, parameter3: 5, ...serials };
  t.match(pdu.asyncMessage.decode(pdu.asyncMessage.encode(message)), { ...message, initiatorTaskTag: RESERVED_TAG });
  const login = {
    transit: true,
    currentStage: 1,
    nextStage: 3,
    isid: Uint8Array.of(0x80, 1, 2, 3, 4, 5),
    tsih: 6,
    initiatorTaskTag: 7,
  };
  const response = { ...login, ...serials, statusClass: 2, statusDetail: 3 };
  t.match(pdu.loginResponse.decode(pdu.loginResponse.encode(response)), { ...response, isid: Buffer.from(login.isid) });
  t.match(pdu.loginRequest.decode(pdu.loginRequest.encode({ ...login, cmdSn: 1, expStatSn: 2 })), {
    immediate: true,
    nextStage: 3,
  });
  t.end();
});

t.test('refuses a header that is cut short, and a number that does not fit', (t) => {
  t.throws(() => pdu.scsiResponse.decode(new Uint8Array(47)), { code: 'SHORT_DATA' });
  t.throws(() => pdu.setSegmentLengths(new Uint8Array(48), 0, 1 << 24), RangeError);
  t.end();
});

t.test('puts the rest of a long CDB into an extended CDB segment', (t) => {
  t.equal(pdu.extendedCdbSegment(new Uint8Array(16)).length, 0);
  const segment = pdu.extendedCdbSegment(Uint8Array.from({ length: 18 }, (_, at) => at));
  t.equal(Buffer.from(segment).toString('hex'), '0003010010110000');
  t.end();
});

t.test('addresses logical units up to 255 as peripheral devices and above in flat space', (t) => {
  t.equal(Buffer.from(encodeLun(255) ?? []).toString('hex'), '00ff000000000000');
  t.equal(Buffer.from(encodeLun(256) ?? []).toString('hex'), '4100000000000000');
  t.equal(Buffer.from(encodeLun(16_383) ?? []).toString('hex'), '7fff000000000000');
  for (const lun of [0, 1, 255, 256, 16_383]) t.equal(decodeLun(encodeLun(lun) ?? new Uint8Array(0)), lun);
  for (const lun of [-1, 1.5, 16_384]) t.equal(encodeLun(lun), undefined);
  t.equal(decodeLun(Buffer.from('0001000200000000', 'hex')), undefined, 'a second level');
  t.equal(decodeLun(Buffer.from('8001000000000000', 'hex')), undefined, 'another addressing method');
  t.end();
});
