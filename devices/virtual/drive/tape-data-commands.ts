import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { OperationCode } from '../../scsi/opcodes.js';
import { encodeBlockLimits, parseReadBlockLimitsCdb } from '../../scsi/ssc/read-block-limits.js';
import { parseRead6Cdb, parseWrite6Cdb } from '../../scsi/ssc/read-write-6.js';
import { parseWriteFilemarks6Cdb } from '../../scsi/ssc/write-filemarks.js';
import { SenseKey } from '../../scsi/sense.js';
import { CheckCondition, invalidFieldInCdb } from '../check-condition.js';
import type { Command, CommandTable } from '../device-server.js';
import type { TapeImage } from '../media/tape-image.js';
import { DriveAlert } from '../tape-alerts.js';
import type { LoadedTape } from './loaded-tape.js';
import {
  earlyWarning,
  endOfDataDetected,
  filemarkDetected,
  incorrectLength,
  unrecoveredReadError,
  volumeOverflow,
} from './tape-conditions.js';

/** As LTO drives of the fourth generation and later say; the shortest block is one byte. */
export const MAXIMUM_BLOCK_LENGTH = 0x80_0000;

/** READ(6), WRITE(6), WRITE FILEMARKS(6) and READ BLOCK LIMITS (SSC-3). */
export function tapeDataCommands(tape: LoadedTape): CommandTable {
  return new Map<number, Command>([
    [OperationCode.READ_6, { run: ({ cdb }) => read(tape, cdb) }],
    [OperationCode.WRITE_6, { run: ({ cdb, dataOut }) => write(tape, cdb, dataOut) }],
    [OperationCode.WRITE_FILEMARKS_6, { run: ({ cdb }) => writeFilemarks(tape, cdb) }],
    [
      OperationCode.READ_BLOCK_LIMITS,
      {
        run({ cdb }) {
          parseReadBlockLimitsCdb(cdb);
          return encodeBlockLimits({ maximumBlockLength: MAXIMUM_BLOCK_LENGTH, minimumBlockLength: 1 });
        },
      },
    ],
  ]);
}

function read(tape: LoadedTape, cdb: Uint8Array): Uint8Array | undefined {
  const { fixed, sili, transferLength } = parseRead6Cdb(cdb);
  const image = tape.ready();
  if (fixed && (sili || tape.blockLength === 0)) throw invalidFieldInCdb(1, sili ? 1 : 0);
  if (transferLength === 0) return undefined;
  return tape.reading(() =>
    fixed ? readFixed(tape, image, transferLength) : readVariable(tape, image, transferLength, sili),
  );
}

function readVariable(tape: LoadedTape, image: TapeImage, transferLength: number, sili: boolean): Uint8Array {
  const block = nextBlock(tape, image, transferLength);
  const dataIn = image.data(block, transferLength);
  const residue = transferLength - block.length;
  // With SILI a shorter block is no error, and a longer one only when a fixed block length is set (SSC-3).
  const suppressed = sili && (residue > 0 || tape.blockLength === 0);
  if (residue !== 0 && !suppressed) throw incorrectLength({ residue, dataIn });
  return dataIn;
}

function readFixed(tape: LoadedTape, image: TapeImage, count: number): Uint8Array {
  const { blockLength } = tape;
  const parts: Uint8Array[] = [];
  for (let done = 0; done < count; done++) {
    const residue = count - done;
    const block = nextBlock(tape, image, residue, parts);
    parts.push(image.data(block, blockLength));
    if (block.length !== blockLength) throw incorrectLength({ residue, dataIn: joined(parts) });
  }
  return joined(parts);
}

/** Moves over the next block; anything else on the tape ends the read with what was read before. */
function nextBlock(
  tape: LoadedTape,
  image: TapeImage,
  residue: number,
  parts: readonly Uint8Array[] = [],
): { kind: 'block'; length: number; damaged: boolean; dataOffset: number } {
  const next = image.skipNext();
  if (next.kind === 'block' && !next.damaged) return next;
  const dataIn = joined(parts);
  switch (next.kind) {
    case 'filemark':
      throw filemarkDetected({ residue, dataIn });
    case 'end-of-data':
      throw endOfDataDetected({ residue, dataIn });
    case 'block':
      tape.bay.alerts.raise(DriveAlert.READ_FAILURE);
      throw unrecoveredReadError({ residue, dataIn });
  }
}

function write(tape: LoadedTape, cdb: Uint8Array, dataOut: Uint8Array): undefined {
  const { fixed, transferLength } = parseWrite6Cdb(cdb);
  const image = tape.writable();
  if (fixed && tape.blockLength === 0) throw invalidFieldInCdb(1, 0);
  const blockLength = fixed ? tape.blockLength : transferLength;
  if (blockLength > MAXIMUM_BLOCK_LENGTH) throw invalidFieldInCdb(2);
  const count = fixed ? transferLength : Math.min(1, transferLength);
  if (dataOut.length < count * blockLength) {
    // The transport brought less than the CDB announces.
    throw new CheckCondition({ key: SenseKey.ABORTED_COMMAND, ...AdditionalSense.DATA_PHASE_ERROR });
  }
  for (let done = 0; done < count; done++) {
    if (blockLength > image.remainingBytes) throw volumeOverflow({ residue: fixed ? count - done : transferLength });
    image.writeBlock(dataOut.subarray(done * blockLength, (done + 1) * blockLength));
  }
  if (count > 0) warnNearTheEnd(image);
  return undefined;
}

function writeFilemarks(tape: LoadedTape, cdb: Uint8Array): undefined {
  const { filemarkCount } = parseWriteFilemarks6Cdb(cdb);
  // Zero filemarks only write the buffer out, and there is no buffer.
  if (filemarkCount === 0) {
    tape.ready();
    return undefined;
  }
  const image = tape.writable();
  const written = Math.min(filemarkCount, image.remainingFilemarks);
  image.writeFilemarks(written);
  if (written < filemarkCount) throw volumeOverflow({ residue: filemarkCount - written });
  warnNearTheEnd(image);
  return undefined;
}

function warnNearTheEnd(image: TapeImage): void {
  const warningBytes = Math.min(1024 * 1024, image.capacityBytes / 10);
  if (image.remainingBytes < warningBytes) throw earlyWarning({ residue: 0 });
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
