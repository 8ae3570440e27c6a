import { ScsiStatus } from '../../../scsi/status.js';
import {
  decodeIovecs,
  decodeSgIoHeader,
  DriverStatus,
  DxferDirection,
  encodeSgIoHeader,
  HostStatus,
  iovecLength,
  noTimeout,
  sgInfoCheck,
  sgIoHeaderLength,
  type SgIoHeader,
} from '../../../transport/sg/sg-io-header.js';
import type { CallAnswer, MemoryBlock, ProgramMemory } from './driver-call.js';
import { refused } from './driver-call.js';
import { Errno } from './errno.js';
import { runOnUnit, type SgUnit, type UnitOutcome } from './sg-unit.js';

/** No autoloader sends or takes more at once; what asks for more gets ENOMEM. */
export const mostTransferBytes = 16 * 1_024 * 1_024;
/** As in the kernel (UIO_MAXIOV). */
const mostIovecs = 1_024;
const shortestCdb = 6;
const longestCdb = 252;
/** What a timeout of 0 means (SG_DEFAULT_TIMEOUT). */
const defaultTimeoutMs = 60_000;
const nothing = new Uint8Array(0);

/** ioctl SG_IO: one command, from the header in the program's memory to the header written back. */
export async function performSgIo(unit: SgUnit, argument: bigint, memory: ProgramMemory): Promise<CallAnswer> {
  if (argument === 0n) return refused(Errno.EFAULT);
  const [bytes = nothing] = await memory.read([{ address: argument, length: sgIoHeaderLength }]);
  const header = decodeSgIoHeader(bytes);
  const errno = sgIoRefusal(header);
  if (errno !== undefined) return refused(errno);
  const length = hasData(header) ? header.dxferLen : 0;
  if (!unit.budget.take(length)) return refused(Errno.ENOMEM);
  try {
    const buffers = await dataBuffers(header, memory);
    if (buffers === undefined) return refused(Errno.EINVAL);
    const [cdb = nothing, ...pieces] = await memory.read([
      { address: header.cmdp, length: header.cmdLen },
      ...(header.dxferDirection === DxferDirection.TO_DEV ? buffers : []),
    ]);
    const startedMs = unit.clock.now();
    const outcome = await runOnUnit(unit, { cdb, dataOut: joined(pieces) }, timeoutOf(header));
    return answerWith(header, argument, outcome, buffers, unit.clock.now() - startedMs);
  } finally {
    unit.budget.giveBack(length);
  }
}

/** What is wrong with a header before anything else is looked at; pure. */
export function sgIoRefusal(header: SgIoHeader): Errno | undefined {
  const { interfaceId, cmdLen, cmdp, dxferLen, dxferDirection, iovecCount, dxferp } = header;
  if (interfaceId !== 0x53) return Errno.ENOSYS;
  if (cmdp === 0n || cmdLen < shortestCdb || cmdLen > longestCdb) return Errno.EMSGSIZE;
  if (dxferDirection > DxferDirection.NONE || dxferDirection < DxferDirection.UNKNOWN) return Errno.EINVAL;
  if (!hasData(header)) return undefined;
  if (dxferLen > mostTransferBytes) return Errno.ENOMEM;
  if (iovecCount > mostIovecs) return Errno.EINVAL;
  return dxferp === 0n ? Errno.EFAULT : undefined;
}

function hasData({ dxferDirection, dxferLen }: SgIoHeader): boolean {
  return dxferDirection !== DxferDirection.NONE && dxferLen > 0;
}

/** Where the data are, together at most `dxferLen` bytes; undefined for a list without any room. */
async function dataBuffers(header: SgIoHeader, memory: ProgramMemory): Promise<readonly MemoryBlock[] | undefined> {
  const { iovecCount, dxferLen, dxferp } = header;
  if (!hasData(header)) return [];
  if (iovecCount === 0) return [{ address: dxferp, length: dxferLen }];
  const [list = nothing] = await memory.read([{ address: dxferp, length: iovecCount * iovecLength }]);
  const buffers: MemoryBlock[] = [];
  let left = dxferLen;
  for (const { address, length } of decodeIovecs(list, iovecCount)) {
    const used = length > BigInt(left) ? left : Number(length);
    if (used > 0) buffers.push({ address, length: used });
    left -= used;
  }
  return buffers.length === 0 ? undefined : buffers;
}

function timeoutOf({ timeout }: SgIoHeader): number | undefined {
  if (timeout === noTimeout) return undefined;
  return timeout === 0 ? defaultTimeoutMs : timeout;
}

function answerWith(
  header: SgIoHeader,
  argument: bigint,
  outcome: UnitOutcome,
  buffers: readonly MemoryBlock[],
  durationMs: number,
): CallAnswer {
  const answered = outcome.kind === 'answered' ? outcome.result : undefined;
  const isDataIn = hasData(header) && header.dxferDirection !== DxferDirection.TO_DEV;
  const dataIn = isDataIn ? (answered?.dataIn ?? nothing).subarray(0, header.dxferLen) : nothing;
  const status = answered?.status ?? ScsiStatus.GOOD;
  const allSense = answered?.sense ?? nothing;
  const sense = header.sbp === 0n ? nothing : allSense.subarray(0, header.mxSbLen);
  const hostStatus = hostStatusOf(outcome);
  const driverStatus = allSense.length > 0 ? DriverStatus.SENSE : DriverStatus.OK;
  const back = encodeSgIoHeader({
    ...header,
    status,
    maskedStatus: (status >> 1) & 0x1f,
    msgStatus: 0,
    sbLenWr: sense.length,
    hostStatus,
    driverStatus,
    // A target takes all parameter data or answers CHECK CONDITION; what it did not look at, it does not tell.
    resid: isDataIn ? header.dxferLen - dataIn.length : 0,
    duration: Math.max(0, Math.round(durationMs)),
    info: status === 0 && hostStatus === 0 && driverStatus === 0 ? 0 : sgInfoCheck,
  });
  return {
    result: 0,
    writes: [...scattered(dataIn, buffers), { address: header.sbp, bytes: sense }, { address: argument, bytes: back }],
  };
}

function hostStatusOf({ kind }: UnitOutcome): HostStatus {
  if (kind === 'answered') return HostStatus.OK;
  return kind === 'timeout' ? HostStatus.TIME_OUT : HostStatus.ERROR;
}

function scattered(data: Uint8Array, buffers: readonly MemoryBlock[]): { address: bigint; bytes: Uint8Array }[] {
  let at = 0;
  return buffers.map(({ address, length }) => {
    const bytes = data.subarray(at, at + length);
    at += length;
    return { address, bytes };
  });
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
}
