import {
  decodeIovecs,
  decodeSgIoHeader,
  DriverStatus,
  driverStatusMask,
  DxferDirection,
  encodeSgIoHeader,
  hostStatusName,
  type SgIoHeaderInput,
} from '../../../devices/transport/sg/sg-io-header.js';
import { judgeAnswer, lengthThatCame } from '../../../devices/transport/sg/sg-answer.js';
import { decodeIdLun, decodeSgScsiId, encodeIdLun, encodeSgScsiId } from '../../../devices/transport/sg/sg-requests.js';
import { sgIoRefusal } from '../../../devices/virtual/attach/sg/sg-io.js';
import {
  decodeUmockdevMessage,
  encodeUmockdevMessage,
  MessageKind,
} from '../../../devices/virtual/attach/sg/umockdev-messages.js';
import type { FuzzTarget } from '../fuzz-target.js';

const codes = ['SHORT_DATA'];
/** For data-in, in bytes. */
const ROOM = 96;

/** What a kernel or a program says over SG_IO. */
export function sgTargets(): FuzzTarget[] {
  const target = (name: string, take: (bytes: Uint8Array) => unknown, ...seeds: readonly Uint8Array[]): FuzzTarget => ({
    name,
    seeds: () => seeds,
    take,
    codes,
    cost: 'parser',
  });
  return [
    target(
      'sg-io-header',
      (bytes) => {
        const header = decodeSgIoHeader(bytes);
        // What the attachment keeps of a header it writes back, so each must fit its field again.
        encodeSgIoHeader({ ...header, driverStatus: header.driverStatus & driverStatusMask });
        return [sgIoRefusal(header), hostStatusName(header.hostStatus)];
      },
      sgIoHeader(),
      sgIoHeader({ dxferDirection: DxferDirection.TO_DEV, iovecCount: 2 }),
    ),
    target(
      'sg-answer',
      (bytes) => {
        const answer = judgeAnswer({ kind: 'done', header: bytes, dataIn: bytes, sense: bytes.subarray(0, 18) });
        const came = lengthThatCame(decodeSgIoHeader(bytes), ROOM);
        if (!Number.isInteger(came) || came < 0 || came > ROOM) throw new Error(`${came} of ${ROOM} bytes came`);
        return answer;
      },
      sgIoHeader(),
      sgIoHeader({ status: 2, driverStatus: DriverStatus.SENSE, hostStatus: 0, sbLenWr: 18 }),
      sgIoHeader({ hostStatus: 3 }),
    ),
    target(
      'sg-iovecs',
      ([count = 0, ...bytes]) => decodeIovecs(Uint8Array.from(bytes), count),
      Uint8Array.of(2, ...new Uint8Array(32)),
    ),
    target(
      'sg-scsi-id',
      decodeSgScsiId,
      encodeSgScsiId({
        hostNo: 1,
        channel: 0,
        scsiId: 2,
        lun: 0,
        scsiType: 8,
        hostCommandsPerLun: 1,
        deviceQueueDepth: 1,
      }),
    ),
    target('sg-id-lun', decodeIdLun, encodeIdLun({ target: 1, lun: 0, channel: 0, host: 2 })),
    target(
      'umockdev-message',
      decodeUmockdevMessage,
      encodeUmockdevMessage(MessageKind.IOCTL, 0x2285n, 0x7fff_0000_0000n),
      encodeUmockdevMessage(MessageKind.DONE, -1n, 14n),
    ),
  ];
}

/** A header as sg_inq sends it, with changes. */
export function sgIoHeader(changes: Partial<SgIoHeaderInput> = {}): Uint8Array {
  return encodeSgIoHeader({
    dxferDirection: DxferDirection.FROM_DEV,
    cmdLen: 6,
    mxSbLen: 64,
    dxferLen: 36,
    dxferp: 0x1000n,
    cmdp: 0x2000n,
    sbp: 0x3000n,
    timeout: 60_000,
    ...changes,
  });
}
