import { read6Cdb, write6Cdb } from '../../../scsi/ssc/read-write-6.js';
import { SenseKey } from '../../../scsi/sense.js';
import { rewindCdb } from '../../../scsi/ssc/rewind.js';
import type { CallAnswer, DriverFile, ProgramMemory } from './driver-call.js';
import { refused } from './driver-call.js';
import { Errno } from './errno.js';
import type { MemoryBudget } from './sg-unit.js';
import { performTapeOperation, tellPosition } from './tape-operations.js';
import {
  decodeTapeOperation,
  encodeTapeStatus,
  GeneralStatus,
  scsi2Type,
  tapeOperationLength,
  TapeRequest,
} from './tape-requests.js';
import type { TapeUnit } from './tape-unit.js';

/** The longest block that READ(6) and WRITE(6) can name. */
const longestBlock = 0xff_ffff;

export interface TapeFileOptions {
  readonly tape: TapeUnit;
  /** SG_IO and what else sg answers works on a tape file, too. */
  readonly sg: DriverFile;
  readonly budget: MemoryBudget;
  /** `/dev/stN` rewinds when it is closed, `/dev/nstN` does not. */
  readonly rewinds: boolean;
}

/** One open `/dev/nstN` or `/dev/stN`: read and write blocks, and the operations of mt, as Linux's st driver has them. */
export class TapeFile implements DriverFile {
  readonly #tape: TapeUnit;
  readonly #sg: DriverFile;
  readonly #budget: MemoryBudget;
  readonly #rewinds: boolean;
  #isPrepared = false;
  /** The next read gives the end that the last one met behind its data; at the end of the data, the one after that fails. */
  #nextRead: 'data' | 'end' | 'error' = 'data';
  /** The early warning was passed: one write more fails, so that the program hears of it. */
  #tellsEndOfMedium = false;

  constructor({ tape, sg, budget, rewinds }: TapeFileOptions) {
    this.#tape = tape;
    this.#sg = sg;
    this.#budget = budget;
    this.#rewinds = rewinds;
  }

  async control(request: number, argument: bigint, memory: ProgramMemory): Promise<CallAnswer> {
    switch (request) {
      case TapeRequest.MTIOCTOP:
        return this.#operate(argument, memory);
      case TapeRequest.MTIOCGET:
        return this.#status(argument);
      case TapeRequest.MTIOCPOS: {
        if (argument === 0n) return refused(Errno.EFAULT);
        const told = (await this.#prepare(true)) ?? (await tellPosition(this.#tape));
        if (typeof told === 'number') return refused(told);
        if ('errno' in told) return refused(told.errno);
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64LE(BigInt(told.position));
        return { result: 0, writes: [{ address: argument, bytes }] };
      }
      default:
        return this.#sg.control(request, argument, memory);
    }
  }

  async read(address: bigint, length: bigint): Promise<CallAnswer> {
    const failed = await this.#prepare(true);
    if (failed !== undefined) return refused(failed);
    if (length === 0n) return { result: 0 };
    const { blockLength } = this.#tape.medium;
    const wanted = this.#blocksOf(length);
    if (wanted === undefined) return refused(Errno.EINVAL);
    if (this.#nextRead === 'error') return refused(Errno.EIO);
    if (this.#nextRead === 'end') {
      this.#nextRead = this.#tape.position.mark === 'end-of-data' ? 'error' : 'data';
      return { result: 0 };
    }
    const finished = await this.#tape.finishWriting();
    if (finished !== undefined) return refused(finished);
    const answer = await this.#tape.command(read6Cdb({ fixed: blockLength > 0, transferLength: wanted }));
    const gives = (data: Uint8Array): CallAnswer => ({ result: data.length, writes: [{ address, bytes: data }] });
    const { position } = this.#tape;
    if (answer.ok) {
      position.overBlocks(blockLength > 0 ? wanted : 1);
      return gives(answer.dataIn);
    }
    const { sense, residue, dataIn, errno } = answer;
    if (sense?.filemark === true || sense?.key === SenseKey.BLANK_CHECK) {
      const blocks = blockLength > 0 ? wanted - residue : 0;
      position.overBlocks(blocks);
      if (sense.filemark) position.overFilemarks(1);
      else position.atEndOfData();
      if (blocks > 0) {
        this.#nextRead = 'end';
        return gives(dataIn.subarray(0, blocks * blockLength));
      }
      if (!sense.filemark) this.#nextRead = 'error';
      return { result: 0 };
    }
    if (sense?.incorrectLengthIndicator === true && blockLength === 0) {
      position.overBlocks(1);
      // A block that is longer than the buffer is passed over, and its end is lost.
      return residue < 0 ? refused(Errno.ENOMEM) : gives(dataIn.subarray(0, wanted - residue));
    }
    return refused(errno);
  }

  async write(address: bigint, length: bigint, memory: ProgramMemory): Promise<CallAnswer> {
    const failed = await this.#prepare(true);
    if (failed !== undefined) return refused(failed);
    if (length === 0n) return { result: 0 };
    const { blockLength } = this.#tape.medium;
    const transferLength = this.#blocksOf(length);
    if (transferLength === undefined) return refused(Errno.EINVAL);
    if (this.#tellsEndOfMedium) {
      this.#tellsEndOfMedium = false;
      return refused(Errno.ENOSPC);
    }
    const bytes = Number(length);
    if (!this.#budget.take(bytes)) return refused(Errno.ENOMEM);
    try {
      const [data = new Uint8Array(0)] = await memory.read([{ address, length: bytes }]);
      this.#nextRead = 'data';
      const answer = await this.#tape.command(write6Cdb({ fixed: blockLength > 0, transferLength }), data);
      const isEarlyWarning = !answer.ok && answer.sense?.endOfMedium === true && answer.sense.key <= 1;
      if (!answer.ok && !isEarlyWarning) return refused(answer.errno);
      this.#tellsEndOfMedium = isEarlyWarning;
      this.#tape.isWriting = true;
      this.#tape.position.overBlocks(blockLength > 0 ? transferLength : 1);
      return { result: bytes };
    } finally {
      this.#budget.giveBack(bytes);
    }
  }

  async close(): Promise<void> {
    try {
      if (!this.#isPrepared) return;
      await this.#tape.finishWriting();
      if (!this.#rewinds) return;
      const answer = await this.#tape.command(rewindCdb({ immed: true }));
      if (answer.ok) this.#tape.position.atBeginning();
    } finally {
      this.#tape.release(this);
    }
  }

  async #operate(argument: bigint, memory: ProgramMemory): Promise<CallAnswer> {
    if (argument === 0n) return refused(Errno.EFAULT);
    const [bytes = new Uint8Array(0)] = await memory.read([{ address: argument, length: tapeOperationLength }]);
    const { operation, count } = decodeTapeOperation(bytes);
    const failed = (await this.#prepare(true)) ?? (await performTapeOperation(this.#tape, operation, count));
    this.#nextRead = 'data';
    this.#tellsEndOfMedium = false;
    return failed === undefined ? { result: 0 } : refused(failed);
  }

  async #status(argument: bigint): Promise<CallAnswer> {
    if (argument === 0n) return refused(Errno.EFAULT);
    // Without a medium there is a status, too.
    const failed = await this.#prepare(false);
    if (failed === Errno.EBUSY) return refused(failed);
    const { medium, position } = this.#tape;
    const isLoaded = failed === undefined;
    const bits = [
      isLoaded ? GeneralStatus.ONLINE : GeneralStatus.DOOR_OPEN,
      GeneralStatus.IMMEDIATE_REPORT,
      isLoaded && medium.isWriteProtected ? GeneralStatus.WRITE_PROTECTED : 0,
      isLoaded && position.isAtBeginning ? GeneralStatus.BOT : 0,
      isLoaded && position.mark === 'filemark' ? GeneralStatus.EOF : 0,
      isLoaded && position.mark === 'end-of-data' ? GeneralStatus.EOD : 0,
    ];
    const bytes = encodeTapeStatus({
      type: scsi2Type,
      deviceRegister: medium.densityCode * 0x100_0000 + medium.blockLength,
      generalStatus: bits.reduce((sum, bit) => sum + bit, 0),
      fileNumber: isLoaded ? position.fileNumber : -1,
      blockNumber: isLoaded ? position.blockNumber : -1,
    });
    return { result: 0, writes: [{ address: argument, bytes }] };
  }

  /** At the first use of the tape, not at open: who only sends SG_IO shall not disturb it. */
  async #prepare(waits: boolean): Promise<Errno | undefined> {
    if (this.#isPrepared) return undefined;
    if (!(await this.#tape.claim(this))) return Errno.EBUSY;
    const failed = await this.#tape.prepare({ waits });
    if (failed === undefined) this.#isPrepared = true;
    return failed;
  }

  /** A transfer in what READ(6) and WRITE(6) count: bytes of one block, or whole blocks. Undefined: neither fits. */
  #blocksOf(length: bigint): number | undefined {
    if (length > BigInt(longestBlock)) return undefined;
    const { blockLength } = this.#tape.medium;
    const bytes = Number(length);
    if (blockLength === 0) return bytes;
    return bytes % blockLength === 0 ? bytes / blockLength : undefined;
  }
}
