import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { OperationCode } from '../../scsi/opcodes.js';
import { parseLoadUnloadCdb } from '../../scsi/ssc/load-unload.js';
import { parseLocate10Cdb } from '../../scsi/ssc/locate.js';
import {
  encodeReadPositionShort,
  parseReadPositionCdb,
  readPositionShortLength,
} from '../../scsi/ssc/read-position.js';
import { parseRewindCdb } from '../../scsi/ssc/rewind.js';
import { parseSpace6Cdb, SpaceCode } from '../../scsi/ssc/space.js';
import { illegalRequest, invalidFieldInCdb } from '../check-condition.js';
import type { Command, CommandTable } from '../device-server.js';
import type { Mechanics } from '../mechanics.js';
import type { TapeImage } from '../media/tape-image.js';
import { cutTo } from '../primary-commands.js';
import { checkLoadable, loadMedium } from './load-checks.js';
import type { LoadedTape } from './loaded-tape.js';
import { beginningOfPartitionDetected, endOfDataDetected, filemarkDetected } from './tape-conditions.js';

/** REWIND, SPACE(6), LOCATE(10), READ POSITION and LOAD UNLOAD (SSC-3). */
export function tapePositionCommands(tape: LoadedTape, mechanics: Mechanics): CommandTable {
  return new Map<number, Command>([
    [OperationCode.REWIND, { run: ({ cdb }) => rewind(tape, mechanics, cdb) }],
    [OperationCode.SPACE_6, { run: ({ cdb }) => space(tape, cdb) }],
    [OperationCode.LOCATE_10, { run: ({ cdb }) => locate(tape, cdb) }],
    [OperationCode.READ_POSITION, { run: ({ cdb }) => readPosition(tape, cdb) }],
    [OperationCode.LOAD_UNLOAD, { run: ({ cdb }) => loadUnload(tape, mechanics, cdb) }],
  ]);
}

async function rewind(tape: LoadedTape, mechanics: Mechanics, cdb: Uint8Array): Promise<undefined> {
  const { immed } = parseRewindCdb(cdb);
  const image = tape.ready();
  const { fraction } = image;
  image.rewind();
  // With IMMED the tape is still running when the answer goes out; the next command on this unit finds it rewound.
  if (!immed) await mechanics.spend('rewindMs', fraction);
  return undefined;
}

async function loadUnload(tape: LoadedTape, mechanics: Mechanics, cdb: Uint8Array): Promise<undefined> {
  const { immed, hold, eot, load } = parseLoadUnloadCdb(cdb);
  if (hold) throw invalidFieldInCdb(4, 3);
  if (load && eot) throw invalidFieldInCdb(4, 2);
  const { bay } = tape;
  checkLoadable(bay);
  if (load) {
    if (bay.condition === 'ready') return rewindForLoad(tape, mechanics);
    return loadMedium(bay, immed);
  }
  if (bay.removalPreventedBy.size > 0) throw illegalRequest(AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
  if (bay.condition !== 'ready') return undefined;
  const { fraction } = tape.ready();
  const unloading = bay.unload(fraction);
  if (immed) bay.settled = unloading.catch(() => undefined);
  else await unloading;
  return undefined;
}

async function rewindForLoad(tape: LoadedTape, mechanics: Mechanics): Promise<undefined> {
  const image = tape.ready();
  const { fraction } = image;
  image.rewind();
  await mechanics.spend('rewindMs', fraction);
  return undefined;
}

function readPosition(tape: LoadedTape, cdb: Uint8Array): Uint8Array {
  const { allocationLength } = parseReadPositionCdb(cdb);
  const image = tape.ready();
  const data = encodeReadPositionShort({
    beginningOfPartition: image.atBeginning,
    firstLogicalObjectLocation: image.objectNumber,
    lastLogicalObjectLocation: image.objectNumber,
  });
  // The short form is always 20 bytes long; SSC-3 wants zero in the allocation length for it.
  return cutTo(allocationLength === 0 ? readPositionShortLength : allocationLength, data);
}

function locate(tape: LoadedTape, cdb: Uint8Array): undefined {
  const params = parseLocate10Cdb(cdb);
  if (params.blockAddressType) throw invalidFieldInCdb(1, 2);
  if (params.changePartition && params.partition !== 0) throw invalidFieldInCdb(8);
  const image = tape.ready();
  tape.reading(() => {
    if (params.logicalObjectIdentifier < image.objectNumber) image.rewind();
    while (image.objectNumber < params.logicalObjectIdentifier) {
      if (image.skipNext().kind === 'end-of-data') throw endOfDataDetected({ residue: 0 });
    }
  });
  return undefined;
}

function space(tape: LoadedTape, cdb: Uint8Array): undefined {
  const { code, count } = parseSpace6Cdb(cdb);
  const image = tape.ready();
  tape.reading(() => {
    switch (code) {
      case SpaceCode.LOGICAL_BLOCKS:
      case SpaceCode.FILEMARKS:
        if (count >= 0) spaceForward(image, count, code);
        else spaceBackward(image, -count, code);
        break;
      case SpaceCode.END_OF_DATA:
        while (image.skipNext().kind !== 'end-of-data');
        break;
      default:
        throw invalidFieldInCdb(1, 3);
    }
  });
  return undefined;
}

function spaceForward(image: TapeImage, count: number, code: number): void {
  for (let left = count; left > 0;) {
    const { kind } = image.skipNext();
    if (kind === 'end-of-data') throw endOfDataDetected({ residue: left });
    if (code === SpaceCode.LOGICAL_BLOCKS) {
      // A filemark stops a space over blocks; the tape stands behind it.
      if (kind === 'filemark') throw filemarkDetected({ residue: left });
      left -= 1;
    } else if (kind === 'filemark') left -= 1;
  }
}

function spaceBackward(image: TapeImage, count: number, code: number): void {
  for (let left = count; left > 0;) {
    const before = image.skipPrevious();
    if (before === undefined) throw beginningOfPartitionDetected({ residue: left });
    if (code === SpaceCode.LOGICAL_BLOCKS) {
      // Backwards the tape stands before the filemark.
      if (before.kind === 'filemark') throw filemarkDetected({ residue: left });
      left -= 1;
    } else if (before.kind === 'filemark') left -= 1;
  }
}
