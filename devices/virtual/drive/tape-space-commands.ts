import { LocateDestination, parseLocate10Cdb, parseLocate16Cdb } from '../../scsi/ssc/locate.js';
import { parseSpace16Cdb, parseSpace6Cdb, SpaceCode } from '../../scsi/ssc/space.js';
import { invalidFieldInCdb } from '../check-condition.js';
import type { Mechanics } from '../mechanics.js';
import type { TapeImage } from '../media/tape-image.js';
import type { LoadedTape } from './loaded-tape.js';
import { beginningOfPartitionDetected, endOfDataDetected, filemarkDetected } from './tape-conditions.js';

/** SPACE(6) (SSC-3). */
export function space6(tape: LoadedTape, mechanics: Mechanics, cdb: Uint8Array): Promise<undefined> {
  const { code, count } = parseSpace6Cdb(cdb);
  return space(tape, mechanics, code, count);
}

/** SPACE(16) (SSC-3). */
export function space16(tape: LoadedTape, mechanics: Mechanics, cdb: Uint8Array): Promise<undefined> {
  const { code, count, parameterListLength } = parseSpace16Cdb(cdb);
  if (parameterListLength !== 0) throw invalidFieldInCdb(12);
  return space(tape, mechanics, code, count);
}

/** LOCATE(10) (SSC-3). The addresses of the device's own (BT) are the logical object numbers. */
export function locate10(tape: LoadedTape, mechanics: Mechanics, cdb: Uint8Array): Promise<undefined> {
  const { changePartition, partition, logicalObjectIdentifier, immed } = parseLocate10Cdb(cdb);
  if (changePartition && partition !== 0) throw invalidFieldInCdb(8);
  return moving(tape, mechanics, immed, (image) => toObject(image, logicalObjectIdentifier));
}

/** LOCATE(16) (SSC-3). */
export function locate16(tape: LoadedTape, mechanics: Mechanics, cdb: Uint8Array): Promise<undefined> {
  const params = parseLocate16Cdb(cdb);
  const { destinationType, logicalIdentifier, immed } = params;
  if (params.blockAddressMode) throw invalidFieldInCdb(2, 0);
  if (params.changePartition && params.partition !== 0) throw invalidFieldInCdb(3);
  switch (destinationType) {
    case LocateDestination.LOGICAL_OBJECT:
      return moving(tape, mechanics, immed, (image) => toObject(image, logicalIdentifier));
    case LocateDestination.LOGICAL_FILE:
      return moving(tape, mechanics, immed, (image) => toFile(image, logicalIdentifier));
    case LocateDestination.END_OF_DATA:
      return moving(tape, mechanics, immed, toEndOfData);
    default:
      throw invalidFieldInCdb(1, 5);
  }
}

async function space(tape: LoadedTape, mechanics: Mechanics, code: number, count: number): Promise<undefined> {
  switch (code) {
    case SpaceCode.LOGICAL_BLOCKS:
    case SpaceCode.FILEMARKS:
      return moving(tape, mechanics, false, (image) => {
        if (count >= 0) spaceForward(image, count, code);
        else spaceBackward(image, -count, code);
      });
    case SpaceCode.END_OF_DATA:
      return moving(tape, mechanics, false, toEndOfData);
    // Drives of this kind have no sequential filemarks.
    default:
      throw invalidFieldInCdb(1, 3);
  }
}

/** Moves the tape, which takes its part of the time that a whole tape takes. With IMMED the answer does not wait for it. */
async function moving(
  tape: LoadedTape,
  mechanics: Mechanics,
  immed: boolean,
  move: (image: TapeImage) => void,
): Promise<undefined> {
  const image = tape.ready();
  tape.synchronize();
  const from = image.fraction;
  try {
    tape.reading(() => move(image));
  } finally {
    if (!immed) await mechanics.spend('rewindMs', Math.abs(image.fraction - from));
  }
  return undefined;
}

function toObject(image: TapeImage, objectNumber: number): void {
  image.approachObject(objectNumber);
  while (image.objectNumber < objectNumber) forward(image, 0);
}

function toFile(image: TapeImage, fileNumber: number): void {
  image.approachFile(fileNumber);
  while (image.fileNumber < fileNumber) forward(image, 0);
}

function toEndOfData(image: TapeImage): void {
  image.approachEndOfData();
  while (image.skipNext().kind !== 'end-of-data');
}

function spaceForward(image: TapeImage, count: number, code: number): void {
  for (let left = count; left > 0;) {
    const kind = forward(image, left);
    if (code === SpaceCode.LOGICAL_BLOCKS) {
      // A filemark stops a space over blocks; the tape stands behind it.
      if (kind === 'filemark') throw filemarkDetected({ residue: informationOf(left) });
      left -= 1;
    } else if (kind === 'filemark') left -= 1;
  }
}

function spaceBackward(image: TapeImage, count: number, code: number): void {
  for (let left = count; left > 0;) {
    const before = image.skipPrevious();
    if (before === undefined) throw beginningOfPartitionDetected({ residue: informationOf(left) });
    if (code === SpaceCode.LOGICAL_BLOCKS) {
      // Backwards the tape stands before the filemark.
      if (before.kind === 'filemark') throw filemarkDetected({ residue: informationOf(left) });
      left -= 1;
    } else if (before.kind === 'filemark') left -= 1;
  }
}

function forward(image: TapeImage, left: number): 'block' | 'filemark' {
  const next = image.skipNext();
  if (next.kind === 'end-of-data') throw endOfDataDetected({ residue: informationOf(left) }, next.torn);
  return next.kind;
}

/** INFORMATION of fixed format sense data has four bytes, a count of SPACE(16) eight. */
function informationOf(left: number): number {
  return Math.min(left, 0x7fff_ffff);
}
