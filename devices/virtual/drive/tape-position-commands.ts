import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { OperationCode } from '../../scsi/opcodes.js';
import { parseLoadUnloadCdb } from '../../scsi/ssc/load-unload.js';
import {
  encodeReadPositionExtended,
  encodeReadPositionLong,
  encodeReadPositionShort,
  parseReadPositionCdb,
  ReadPositionForm,
  readPositionLongLength,
  readPositionShortLength,
} from '../../scsi/ssc/read-position.js';
import { parseRewindCdb } from '../../scsi/ssc/rewind.js';
import { illegalRequest, invalidFieldInCdb } from '../check-condition.js';
import { serviceAction, type Command, type CommandTable } from '../device-server.js';
import type { Mechanics } from '../mechanics.js';
import { cutTo } from '../primary-commands.js';
import { checkLoadable, loadMedium } from './load-checks.js';
import type { LoadedTape } from './loaded-tape.js';
import { locate10, locate16, space16, space6 } from './tape-space-commands.js';

/** REWIND, SPACE, LOCATE, READ POSITION and LOAD UNLOAD (SSC-3). */
export function tapePositionCommands(tape: LoadedTape, mechanics: Mechanics): CommandTable {
  return new Map<number, Command>([
    [OperationCode.REWIND, { run: ({ cdb }) => rewind(tape, mechanics, parseRewindCdb(cdb).immed) }],
    [OperationCode.SPACE_6, { run: ({ cdb }) => space6(tape, mechanics, cdb) }],
    [OperationCode.SPACE_16, { run: ({ cdb }) => space16(tape, mechanics, cdb) }],
    [OperationCode.LOCATE_10, { run: ({ cdb }) => locate10(tape, mechanics, cdb) }],
    [OperationCode.LOCATE_16, { run: ({ cdb }) => locate16(tape, mechanics, cdb) }],
    ...Object.values(ReadPositionForm).map((form): [number, Command] => [
      serviceAction(OperationCode.READ_POSITION, form),
      { run: ({ cdb }) => readPosition(tape, cdb) },
    ]),
    [OperationCode.LOAD_UNLOAD, { run: ({ cdb }) => loadUnload(tape, mechanics, cdb) }],
  ]);
}

async function rewind(tape: LoadedTape, mechanics: Mechanics, immed: boolean): Promise<undefined> {
  const image = tape.ready();
  tape.synchronize();
  const { fraction } = image;
  image.rewind();
  // With IMMED the tape is still running when the answer goes out; the next command on this unit finds it rewound.
  if (!immed) await mechanics.spend('rewindMs', fraction);
  return undefined;
}

async function loadUnload(tape: LoadedTape, mechanics: Mechanics, cdb: Uint8Array): Promise<undefined> {
  const { immed, hold, eot, reten, load } = parseLoadUnloadCdb(cdb);
  if (eot && (load || hold)) throw invalidFieldInCdb(4, 2);
  const { bay } = tape;
  checkLoadable(bay);
  if (load) {
    // There is nothing between "in the drive" and "threaded" to hold a cartridge at.
    if (hold) throw invalidFieldInCdb(4, 3);
    if (bay.condition === 'ready') {
      if (reten && !immed) await retension(tape, mechanics);
      return rewind(tape, mechanics, immed);
    }
    return loadMedium(bay, immed);
  }
  if (bay.removalPreventedBy.size > 0 && !hold) throw illegalRequest(AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
  if (bay.condition === 'held' && hold) return undefined;
  if (bay.condition !== 'ready' && bay.condition !== 'held') return undefined;
  if (reten && !immed && bay.condition === 'ready') await retension(tape, mechanics);
  // A tape whose data are not safe is not let go of as if they were.
  if (bay.condition === 'ready') tape.synchronize();
  const fraction = bay.condition === 'ready' && !eot ? tape.ready().fraction : 0;
  const unloading = bay.unload(fraction, hold);
  if (immed) bay.settled = unloading.catch(() => undefined);
  else await unloading;
  return undefined;
}

/** To the end of the tape and back to where it was. */
async function retension(tape: LoadedTape, mechanics: Mechanics): Promise<void> {
  await mechanics.spend('rewindMs', 2 * (1 - tape.ready().fraction));
}

function readPosition(tape: LoadedTape, cdb: Uint8Array): Uint8Array {
  const { serviceAction: form, allocationLength } = parseReadPositionCdb(cdb);
  const image = tape.ready();
  const position = {
    beginningOfPartition: image.atBeginning,
    endOfPartition: tape.isPastEarlyWarning(image),
    beyondProgrammableEarlyWarning: tape.isPastProgrammableEarlyWarning(image),
  };
  switch (form) {
    case ReadPositionForm.SHORT_BLOCK_ID:
    case ReadPositionForm.SHORT_VENDOR_SPECIFIC: {
      // A number that does not fit is left out, and said to be so.
      const fits = image.objectNumber <= 0xffff_ffff;
      const location = fits ? image.objectNumber : 0;
      const data = encodeReadPositionShort({
        ...position,
        positionError: !fits,
        firstLogicalObjectLocation: location,
        lastLogicalObjectLocation: location,
      });
      // Short and long form have their own lengths; SSC-3 wants zero in the allocation length for them.
      return cutTo(allocationLength === 0 ? readPositionShortLength : allocationLength, data);
    }
    case ReadPositionForm.LONG:
      return cutTo(
        allocationLength === 0 ? readPositionLongLength : allocationLength,
        encodeReadPositionLong({
          ...position,
          logicalObjectNumber: image.objectNumber,
          logicalFileIdentifier: image.fileNumber,
        }),
      );
    case ReadPositionForm.EXTENDED:
      return cutTo(
        allocationLength,
        encodeReadPositionExtended({
          ...position,
          firstLogicalObjectLocation: image.objectNumber,
          lastLogicalObjectLocation: image.objectNumber,
        }),
      );
    default:
      throw invalidFieldInCdb(1, 4);
  }
}
