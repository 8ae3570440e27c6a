import { parseRead6Cdb } from '../../scsi/ssc/read-write-6.js';
import { invalidFieldInCdb } from '../check-condition.js';
import type { TapeBlock, TapeImage } from '../media/tape-image.js';
import { DriveAlert } from '../tape-alerts.js';
import { MAXIMUM_TRANSFER_BYTES } from './block-limits.js';
import type { LoadedTape } from './loaded-tape.js';
import { endOfDataDetected, filemarkDetected, incorrectLength, unrecoveredReadError } from './tape-conditions.js';

/** READ(6) (SSC-3). */
export function readTape(tape: LoadedTape, cdb: Uint8Array): Uint8Array | undefined {
  const { fixed, sili, transferLength } = parseRead6Cdb(cdb);
  const image = tape.ready();
  const { blockLength } = tape.mode;
  if (fixed && (sili || blockLength === 0)) throw invalidFieldInCdb(1, sili ? 1 : 0);
  if (fixed && transferLength * blockLength > MAXIMUM_TRANSFER_BYTES) throw invalidFieldInCdb(2);
  if (transferLength === 0) return undefined;
  return fixed ? readFixed(tape, image, transferLength) : readVariable(tape, image, transferLength, sili);
}

function readVariable(tape: LoadedTape, image: TapeImage, transferLength: number, sili: boolean): Uint8Array {
  const block = nextBlock(tape, image, transferLength, () => new Uint8Array(0));
  const dataIn = image.data(block, transferLength);
  countRead(tape, 1, dataIn.length);
  const residue = transferLength - block.length;
  // With SILI a shorter block is no error, and a longer one only when a fixed block length is set (SSC-3).
  const suppressed = sili && (residue > 0 || tape.mode.blockLength === 0);
  if (residue !== 0 && !suppressed) throw incorrectLength({ residue, dataIn });
  return dataIn;
}

function readFixed(tape: LoadedTape, image: TapeImage, count: number): Uint8Array {
  const { blockLength } = tape.mode;
  const data = new Uint8Array(count * blockLength);
  let length = 0;
  const before = (): Uint8Array => data.subarray(0, length);
  try {
    for (let done = 0; done < count; done++) {
      const residue = count - done;
      const block = nextBlock(tape, image, residue, before);
      data.set(image.data(block, blockLength), length);
      length += Math.min(block.length, blockLength);
      if (block.length !== blockLength) throw incorrectLength({ residue, dataIn: before() });
    }
  } finally {
    countRead(tape, Math.ceil(length / blockLength), length);
  }
  return data;
}

/** Moves over the next block; anything else on the tape ends the read with what was read before. */
function nextBlock(tape: LoadedTape, image: TapeImage, residue: number, before: () => Uint8Array): TapeBlock {
  const next = tape.reading(
    () => image.skipNext(),
    () => ({ residue, dataIn: before() }),
  );
  if (next.kind === 'block' && !next.damaged) return next;
  const met = { residue, dataIn: before() };
  switch (next.kind) {
    case 'filemark':
      throw filemarkDetected(met);
    case 'end-of-data':
      throw endOfDataDetected(met, next.torn);
    case 'block':
      tape.statistics.count('uncorrectedReadErrors');
      tape.bay.alerts.raise(DriveAlert.READ_FAILURE);
      throw unrecoveredReadError(met);
  }
}

function countRead(tape: LoadedTape, blocks: number, bytes: number): void {
  tape.statistics.count('blocksRead', blocks);
  tape.statistics.count('bytesRead', bytes);
}
