import {
  encodeIdLun,
  encodeSgScsiId,
  sgResetNoEscalate,
  SgRequest,
  SgReset,
} from '../../../transport/sg/sg-requests.js';
import type { CallAnswer, DriverFile, ProgramMemory } from './driver-call.js';
import { refused } from './driver-call.js';
import { Errno } from './errno.js';
import { mostTransferBytes, performSgIo } from './sg-io.js';
import type { SgUnit } from './sg-unit.js';

/** The driver that programs are told of: sg 3.5.36, as kernels since 2015 say. */
const versionNumber = 30_536;
/** In ticks of 1/100 s, which SG_SET_TIMEOUT counts in. */
const defaultTimeoutTicks = 6_000;
/** SG_DEF_RESERVED_SIZE. */
const defaultReservedBytes = 32_768;
const int = 4;

/** One open `/dev/sgN` or `/dev/schN`: SG_IO and what programs ask around it. Unknown requests are ENOTTY. */
export class SgFile implements DriverFile {
  readonly #unit: SgUnit;
  readonly #resetHost: () => Promise<void>;
  #timeoutTicks = defaultTimeoutTicks;
  #reservedBytes = defaultReservedBytes;
  #hasQueue = 0;
  #keepsOrphans = 0;

  /** `resetHost` resets every unit; absent where the target knows no reset. */
  constructor(unit: SgUnit, resetHost: () => Promise<void>) {
    this.#unit = unit;
    this.#resetHost = resetHost;
  }

  async control(request: number, argument: bigint, memory: ProgramMemory): Promise<CallAnswer> {
    const { host, channel, id, lun, peripheralDeviceType } = this.#unit;
    switch (request) {
      case SgRequest.SG_IO:
        return performSgIo(this.#unit, argument, memory);
      case SgRequest.SG_GET_VERSION_NUM:
        return put(argument, versionNumber);
      case SgRequest.SCSI_IOCTL_GET_IDLUN:
        return putBytes(argument, encodeIdLun({ target: id, lun: lun & 0xff, channel, host }));
      case SgRequest.SCSI_IOCTL_GET_BUS_NUMBER:
        return put(argument, host);
      case SgRequest.SG_GET_SCSI_ID:
        return putBytes(
          argument,
          encodeSgScsiId({
            hostNo: host,
            channel,
            scsiId: id,
            lun,
            scsiType: peripheralDeviceType,
            hostCommandsPerLun: 1,
            deviceQueueDepth: 1,
          }),
        );
      case SgRequest.SG_EMULATED_HOST:
        return put(argument, 0);
      case SgRequest.SG_GET_SG_TABLESIZE:
        return put(argument, 128);
      case SgRequest.BLKSECTGET:
        return put(argument, mostTransferBytes);
      case SgRequest.SG_GET_TIMEOUT:
        return { result: this.#timeoutTicks };
      case SgRequest.SG_SET_TIMEOUT:
        return this.#take(argument, memory, (value) => (this.#timeoutTicks = value));
      case SgRequest.SG_GET_RESERVED_SIZE:
        return put(argument, this.#reservedBytes);
      case SgRequest.SG_SET_RESERVED_SIZE:
        return this.#take(argument, memory, (value) => (this.#reservedBytes = Math.min(value, mostTransferBytes)));
      case SgRequest.SG_GET_COMMAND_Q:
        return put(argument, this.#hasQueue);
      case SgRequest.SG_SET_COMMAND_Q:
        return this.#take(argument, memory, (value) => (this.#hasQueue = value === 0 ? 0 : 1));
      case SgRequest.SG_GET_KEEP_ORPHAN:
        return put(argument, this.#keepsOrphans);
      case SgRequest.SG_SET_KEEP_ORPHAN:
        return this.#take(argument, memory, (value) => (this.#keepsOrphans = value === 0 ? 0 : 1));
      case SgRequest.SG_SCSI_RESET:
        return this.#reset(argument, memory);
      default:
        return refused(Errno.ENOTTY);
    }
  }

  /** The old interface, commands by write and answers by read, is not offered. */
  read(): Promise<CallAnswer> {
    return Promise.resolve(refused(Errno.ENOSYS));
  }

  write(): Promise<CallAnswer> {
    return Promise.resolve(refused(Errno.ENOSYS));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #take(argument: bigint, memory: ProgramMemory, set: (value: number) => void): Promise<CallAnswer> {
    const value = await readInt(argument, memory);
    if (value === undefined) return refused(Errno.EFAULT);
    if (value < 0) return refused(Errno.EINVAL);
    set(value);
    return { result: 0 };
  }

  async #reset(argument: bigint, memory: ProgramMemory): Promise<CallAnswer> {
    const value = await readInt(argument, memory);
    if (value === undefined) return refused(Errno.EFAULT);
    const { target, lun } = this.#unit;
    switch (value & ~sgResetNoEscalate) {
      case SgReset.NOTHING:
        return { result: 0 };
      case SgReset.DEVICE:
        if (target.resetLogicalUnit === undefined) return refused(Errno.EIO);
        await target.resetLogicalUnit(lun);
        return { result: 0 };
      case SgReset.TARGET:
      case SgReset.BUS:
      case SgReset.HOST:
        if (target.resetLogicalUnit === undefined) return refused(Errno.EIO);
        await this.#resetHost();
        return { result: 0 };
      default:
        return refused(Errno.EINVAL);
    }
  }
}

function put(address: bigint, value: number): CallAnswer {
  const bytes = Buffer.alloc(int);
  bytes.writeInt32LE(value);
  return putBytes(address, bytes);
}

function putBytes(address: bigint, bytes: Uint8Array): CallAnswer {
  return address === 0n ? refused(Errno.EFAULT) : { result: 0, writes: [{ address, bytes }] };
}

async function readInt(address: bigint, memory: ProgramMemory): Promise<number | undefined> {
  if (address === 0n) return undefined;
  const [bytes] = await memory.read([{ address, length: int }]);
  return bytes === undefined ? undefined : Buffer.from(bytes).readInt32LE();
}
