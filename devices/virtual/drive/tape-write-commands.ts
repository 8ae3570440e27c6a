import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { SenseKey } from '../../scsi/sense.js';
import { parseErase6Cdb } from '../../scsi/ssc/erase.js';
import { parseWrite6Cdb } from '../../scsi/ssc/read-write-6.js';
import { parseWriteFilemarks6Cdb } from '../../scsi/ssc/write-filemarks.js';
import { CheckCondition, invalidFieldInCdb } from '../check-condition.js';
import type { Mechanics } from '../mechanics.js';
import type { TapeImage } from '../media/tape-image.js';
import { MAXIMUM_BLOCK_LENGTH, MAXIMUM_TRANSFER_BYTES } from './block-limits.js';
import type { LoadedTape } from './loaded-tape.js';
import { earlyWarning, programmableEarlyWarning, volumeOverflow } from './tape-conditions.js';

/** BUFFERED MODE 0: status comes when the data are on the medium (SSC-3). */
const UNBUFFERED = 0;

/**
 * WRITE(6) (SSC-3). Whatever the buffered mode, the blocks are in the image when status is sent: nothing is lost with the
 * process, and no error of a write is deferred. They outlive a loss of power as on a real drive: in unbuffered mode from then
 * on, in buffered mode once WRITE FILEMARKS without IMMED, or a command that moves or unloads the tape, was answered.
 */
export function writeTape(tape: LoadedTape, cdb: Uint8Array, dataOut: Uint8Array): undefined {
  const { fixed, transferLength } = parseWrite6Cdb(cdb);
  const image = tape.writable();
  if (fixed && tape.mode.blockLength === 0) throw invalidFieldInCdb(1, 0);
  const blockLength = fixed ? tape.mode.blockLength : transferLength;
  const count = fixed ? transferLength : Math.min(1, transferLength);
  const length = count * blockLength;
  if (blockLength > MAXIMUM_BLOCK_LENGTH || length > MAXIMUM_TRANSFER_BYTES) throw invalidFieldInCdb(2);
  if (dataOut.length < length) {
    // The transport brought less than the CDB announces.
    throw new CheckCondition({ key: SenseKey.ABORTED_COMMAND, ...AdditionalSense.DATA_PHASE_ERROR });
  }
  if (count === 0) return undefined;
  const warned = tape.isPastProgrammableEarlyWarning(image);
  const written = Math.min(count, blocksThatFit(image, blockLength));
  if (written > 0) {
    changing(tape, () => {
      image.writeBlocks(dataOut.subarray(0, written * blockLength), blockLength);
      if (tape.mode.bufferedMode === UNBUFFERED) image.synchronize();
    });
  }
  tape.statistics.count('blocksWritten', written);
  tape.statistics.count('bytesWritten', written * blockLength);
  if (written < count) throw volumeOverflow({ residue: fixed ? count - written : transferLength });
  warnNearTheEnd(tape, image, warned);
  return undefined;
}

/** WRITE FILEMARKS(6) (SSC-3). Without IMMED all that was written is on disk when status is sent, also for zero filemarks. */
export function writeFilemarks(tape: LoadedTape, cdb: Uint8Array): undefined {
  const { filemarkCount, immed } = parseWriteFilemarks6Cdb(cdb);
  if (filemarkCount === 0) {
    tape.ready();
    if (!immed) tape.synchronize();
    return undefined;
  }
  const image = tape.writable();
  const warned = tape.isPastProgrammableEarlyWarning(image);
  const written = Math.min(filemarkCount, image.remainingFilemarks);
  changing(tape, () => {
    image.writeFilemarks(written);
    if (!immed) image.synchronize();
  });
  if (written < filemarkCount) throw volumeOverflow({ residue: filemarkCount - written });
  warnNearTheEnd(tape, image, warned);
  return undefined;
}

/** ERASE(6) (SSC-3). Short or long, the data end here afterwards; a long one takes the time to the end of the tape. */
export async function eraseTape(tape: LoadedTape, mechanics: Mechanics, cdb: Uint8Array): Promise<undefined> {
  const { immed, long } = parseErase6Cdb(cdb);
  const image = tape.writable();
  changing(tape, () => {
    image.erase();
    if (!immed) image.synchronize();
  });
  if (long && !immed) await mechanics.spend('rewindMs', 1 - image.fraction);
  return undefined;
}

function changing(tape: LoadedTape, work: () => void): void {
  tape.changing(() => {
    tape.memory().contentChanges();
    work();
  });
}

function blocksThatFit(image: TapeImage, blockLength: number): number {
  const { remainingBytes } = image;
  return remainingBytes < blockLength
    ? 0
    : 1 + Math.floor((remainingBytes - blockLength) / image.recordBytes(blockLength));
}

/** Early warning comes with every write behind it; the warning that the host has set, once for each passing. */
function warnNearTheEnd(tape: LoadedTape, image: TapeImage, warnedBefore: boolean): void {
  if (tape.isPastEarlyWarning(image)) throw earlyWarning({ residue: 0 });
  if (!warnedBefore && tape.isPastProgrammableEarlyWarning(image)) throw programmableEarlyWarning({ residue: 0 });
}
