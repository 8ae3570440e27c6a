import { PduParser } from '../../../devices/transport/iscsi/pdu-parser.js';
import * as pdu from '../../../devices/transport/iscsi/pdu.js';
import { decodeTextKeys, encodeTextKeys } from '../../../devices/transport/iscsi/text-keys.js';
import type { FuzzTarget } from '../fuzz-target.js';

/** What a peer may make us hold while it has not ended a PDU: the largest one that was agreed, and one read. */
const MAX_DATA_SEGMENT = 8192;
const MAX_HELD = MAX_DATA_SEGMENT + 4096 + 2048;

/** What comes over an iSCSI connection, from either side. */
export function iscsiTargets(): FuzzTarget[] {
  return [
    {
      name: 'iscsi-pdu-stream',
      seeds: pdus,
      take: (bytes) => {
        for (const digests of [false, true]) parseInPieces(bytes, digests);
      },
      codes: ['ISCSI_PROTOCOL', 'ISCSI_DIGEST'],
      cost: 'parser',
    },
    {
      name: 'iscsi-text-keys',
      seeds: () => [keys],
      take: decodeTextKeys,
      codes: ['ISCSI_PROTOCOL'],
      cost: 'parser',
    },
  ];
}

const keys = encodeTextKeys([
  ['InitiatorName', 'iqn.2026-11.test.openrsm:fuzz'],
  ['AuthMethod', 'CHAP,None'],
  ['CHAP_R', '0x1234'],
  ['MaxRecvDataSegmentLength', '8192'],
]);

/** One of each kind that both sides know. */
export function pdus(): Uint8Array[] {
  const serials = { statSn: 1, expCmdSn: 1, maxCmdSn: 32 };
  const requests = { cmdSn: 1, expStatSn: 1 };
  const initiatorTaskTag = 7;
  const isid = Uint8Array.of(0x80, 0, 0, 1, 0, 0);
  const common = { ...requests, initiatorTaskTag, immediate: false };
  const login = { transit: true, continues: false, currentStage: 1, nextStage: 3, isid, initiatorTaskTag };
  return [
    withData(pdu.loginRequest.encode({ ...login, ...requests }), keys),
    withData(pdu.loginResponse.encode({ ...login, ...serials, tsih: 1 }), keys),
    withData(
      pdu.scsiCommand.encode({
        ...common,
        read: true,
        write: false,
        attribute: 1,
        expectedDataTransferLength: 36,
        cdb: Uint8Array.of(0x12, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
      }),
      new Uint8Array(0),
    ),
    withData(
      pdu.dataIn.encode({
        ...serials,
        initiatorTaskTag,
        final: true,
        acknowledge: false,
        overflow: false,
        underflow: false,
        hasStatus: true,
        dataSn: 0,
        bufferOffset: 0,
      }),
      new Uint8Array(36),
    ),
    withData(
      pdu.dataOut.encode({ initiatorTaskTag, final: true, expStatSn: 1, dataSn: 0, bufferOffset: 0 }),
      new Uint8Array(10),
    ),
  ];
}

function withData(bhs: Uint8Array, data: Uint8Array): Uint8Array {
  pdu.setSegmentLengths(bhs, 0, data.length);
  const bytes = new Uint8Array(bhs.length + data.length + pdu.paddingOf(data.length));
  bytes.set(bhs);
  bytes.set(data, bhs.length);
  return bytes;
}

/** The cuts between reads fall anywhere: here the bytes themselves say where, so that a found input stays found. */
function parseInPieces(bytes: Uint8Array, digests: boolean): void {
  const parser = new PduParser(MAX_DATA_SEGMENT);
  parser.headerDigest = digests;
  parser.dataDigest = digests;
  let at = 0;
  while (at < bytes.length) {
    const length = 1 + ((bytes[at] ?? 0) % 61);
    parser.push(bytes.subarray(at, at + length));
    at += length;
    while (parser.next() !== undefined);
    if (parser.buffered > MAX_HELD) throw new Error(`${parser.buffered} bytes are held for one PDU`);
  }
}
