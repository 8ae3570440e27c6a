import { encodeBlockDescriptor, encodeModeParameterList } from '../../../scsi/spc/mode-parameters.js';
import { decodeModeParameters } from '../../../scsi/spc/mode-parameters.js';
import { modeSelect6Cdb } from '../../../scsi/spc/mode-select.js';
import { modeSense6Cdb } from '../../../scsi/spc/mode-sense.js';
import { Prevent, preventAllowMediumRemovalCdb } from '../../../scsi/spc/prevent-allow-medium-removal.js';
import { erase6Cdb } from '../../../scsi/ssc/erase.js';
import { loadUnloadCdb } from '../../../scsi/ssc/load-unload.js';
import { locate10Cdb } from '../../../scsi/ssc/locate.js';
import { dataCompression, TapeModePage } from '../../../scsi/ssc/mode-pages.js';
import {
  decodeReadPositionLong,
  decodeReadPositionShort,
  readPositionCdb,
  ReadPositionForm,
} from '../../../scsi/ssc/read-position.js';
import { rewindCdb } from '../../../scsi/ssc/rewind.js';
import { space6Cdb, SpaceCode } from '../../../scsi/ssc/space.js';
import { writeFilemarks6Cdb } from '../../../scsi/ssc/write-filemarks.js';
import { Errno } from './errno.js';
import { TapeOperation } from './tape-requests.js';
import type { TapeAnswer, TapeUnit } from './tape-unit.js';

/** Undefined: it succeeded. */
type Outcome = Errno | undefined;

const mostSpaced = 0x7f_ffff;
const mostFilemarks = 0xff_ffff;

/** Operations that leave the place where something was written: the data there are closed with a filemark first. */
const leaving: readonly number[] = [
  TapeOperation.MTFSF,
  TapeOperation.MTBSF,
  TapeOperation.MTFSR,
  TapeOperation.MTBSR,
  TapeOperation.MTREW,
  TapeOperation.MTOFFL,
  TapeOperation.MTRETEN,
  TapeOperation.MTBSFM,
  TapeOperation.MTFSFM,
  TapeOperation.MTEOM,
  TapeOperation.MTSEEK,
  TapeOperation.MTLOAD,
  TapeOperation.MTUNLOAD,
];

/** MTIOCTOP: carries out one operation as Linux's tape driver does. */
export async function performTapeOperation(tape: TapeUnit, operation: number, count: number): Promise<Outcome> {
  if (count < 0) return Errno.EINVAL;
  const wroteBefore = tape.isWriting && leaving.includes(operation);
  if (wroteBefore) {
    const failed = await tape.finishWriting();
    if (failed !== undefined) return failed;
  }
  // The filemark that was just written is not one of those that the program counts.
  const backward = wroteBefore ? count + 1 : count;
  switch (operation) {
    case TapeOperation.MTRESET:
    case TapeOperation.MTNOP:
      return undefined;
    case TapeOperation.MTFSF:
      return spaceFilemarks(tape, count);
    case TapeOperation.MTFSFM:
      return (await spaceFilemarks(tape, count)) ?? spaceFilemarks(tape, -1);
    case TapeOperation.MTBSF:
      return spaceFilemarks(tape, -backward);
    case TapeOperation.MTBSFM:
      return (await spaceFilemarks(tape, -backward)) ?? spaceFilemarks(tape, 1);
    case TapeOperation.MTFSR:
      return spaceBlocks(tape, count);
    case TapeOperation.MTBSR:
      return spaceBlocks(tape, -count);
    case TapeOperation.MTWEOF:
    case TapeOperation.MTWEOFI:
      return writeFilemarks(tape, count, operation === TapeOperation.MTWEOFI);
    case TapeOperation.MTREW:
      return toBeginning(tape, rewindCdb());
    case TapeOperation.MTRETEN:
      return toBeginning(tape, loadUnloadCdb({ load: true, reten: true }));
    case TapeOperation.MTLOAD:
      return toBeginning(tape, loadUnloadCdb({ load: true }));
    case TapeOperation.MTOFFL:
    case TapeOperation.MTUNLOAD:
      return toBeginning(tape, loadUnloadCdb({}));
    case TapeOperation.MTEOM:
      return toEndOfData(tape);
    case TapeOperation.MTERASE:
      return outcomeOf(await tape.command(erase6Cdb({ long: count > 0 })));
    case TapeOperation.MTSEEK:
      return seek(tape, count);
    case TapeOperation.MTSETBLK:
      return setBlock(tape, { blockLength: count, densityCode: tape.medium.densityCode });
    case TapeOperation.MTSETDENSITY:
      return setBlock(tape, { blockLength: tape.medium.blockLength, densityCode: count });
    case TapeOperation.MTCOMPRESSION:
      return setCompression(tape, count !== 0);
    case TapeOperation.MTLOCK:
    case TapeOperation.MTUNLOCK: {
      const prevent = operation === TapeOperation.MTLOCK ? Prevent.PREVENT : Prevent.ALLOW;
      return outcomeOf(await tape.command(preventAllowMediumRemovalCdb({ prevent })));
    }
    default:
      return Errno.ENOSYS;
  }
}

/** MTIOCPOS: the number of the next block or filemark. */
export async function tellPosition(tape: TapeUnit): Promise<{ errno: Errno } | { position: number }> {
  const answer = await tape.command(readPositionCdb());
  if (!answer.ok) return { errno: answer.errno };
  return { position: decodeReadPositionShort(answer.dataIn).firstLogicalObjectLocation };
}

async function spaceFilemarks(tape: TapeUnit, count: number): Promise<Outcome> {
  if (count === 0) return undefined;
  if (Math.abs(count) > mostSpaced) return Errno.EINVAL;
  const answer = await tape.command(space6Cdb({ code: SpaceCode.FILEMARKS, count }));
  const { position } = tape;
  if (answer.ok) {
    position.overFilemarks(count);
    return undefined;
  }
  const done = Math.abs(count) - Math.abs(answer.residue);
  if (answer.sense?.endOfMedium === true && count < 0) position.atBeginning();
  else {
    position.overFilemarks(count > 0 ? done : -done);
    if (count > 0) position.atEndOfData();
  }
  return Errno.EIO;
}

async function spaceBlocks(tape: TapeUnit, count: number): Promise<Outcome> {
  if (count === 0) return undefined;
  if (Math.abs(count) > mostSpaced) return Errno.EINVAL;
  const answer = await tape.command(space6Cdb({ code: SpaceCode.LOGICAL_BLOCKS, count }));
  const { position } = tape;
  if (answer.ok) {
    position.overBlocks(count);
    return undefined;
  }
  const { sense, residue } = answer;
  if (sense?.filemark === true) position.overFilemarks(count > 0 ? 1 : -1);
  else if (sense?.endOfMedium === true && count < 0) position.atBeginning();
  else {
    position.overBlocks(count - residue * Math.sign(count));
    position.atEndOfData();
  }
  return Errno.EIO;
}

async function writeFilemarks(tape: TapeUnit, count: number, immed: boolean): Promise<Outcome> {
  if (count > mostFilemarks) return Errno.EINVAL;
  const answer = await tape.command(writeFilemarks6Cdb({ filemarkCount: count, immed }));
  // Behind the early warning filemarks are written all the same, and said so.
  if (!answer.ok && answer.sense?.endOfMedium !== true) return answer.errno;
  tape.isWriting = false;
  tape.position.overFilemarks(count);
  return undefined;
}

async function toBeginning(tape: TapeUnit, cdb: Uint8Array): Promise<Outcome> {
  const answer = await tape.command(cdb);
  if (answer.ok) tape.position.atBeginning();
  return outcomeOf(answer);
}

async function toEndOfData(tape: TapeUnit): Promise<Outcome> {
  const answer = await tape.command(space6Cdb({ code: SpaceCode.END_OF_DATA, count: 0 }));
  if (!answer.ok) return answer.errno;
  const told = await tape.command(readPositionCdb({ serviceAction: ReadPositionForm.LONG }));
  tape.position.unknown();
  if (told.ok) tape.position.fileNumber = decodeReadPositionLong(told.dataIn).logicalFileIdentifier;
  tape.position.atEndOfData();
  return undefined;
}

async function seek(tape: TapeUnit, logicalObjectIdentifier: number): Promise<Outcome> {
  const answer = await tape.command(locate10Cdb({ logicalObjectIdentifier }));
  tape.position.unknown();
  if (answer.ok && logicalObjectIdentifier === 0) tape.position.atBeginning();
  return outcomeOf(answer);
}

async function setBlock(
  tape: TapeUnit,
  descriptor: { readonly blockLength: number; readonly densityCode: number },
): Promise<Outcome> {
  if (descriptor.blockLength > 0xff_ffff || descriptor.densityCode > 0xff) return Errno.EINVAL;
  // 10h: buffered, as st leaves drives.
  const value = { pages: [], deviceSpecificParameter: 0x10, blockDescriptors: encodeBlockDescriptor(descriptor) };
  const answer = await select(tape, encodeModeParameterList(value, 6));
  if (answer.ok) tape.medium = { ...tape.medium, ...descriptor };
  return outcomeOf(answer);
}

async function setCompression(tape: TapeUnit, dataCompressionEnable: boolean): Promise<Outcome> {
  const pageCode = TapeModePage.DATA_COMPRESSION;
  const sensed = await tape.command(modeSense6Cdb({ dbd: true, pageCode, allocationLength: 64 }));
  if (!sensed.ok) return sensed.errno;
  const page = decodeModeParameters(sensed.dataIn, 6).pages.find((one) => one.pageCode === pageCode);
  if (page === undefined) return Errno.EINVAL;
  const parameters = dataCompression.encode({ ...dataCompression.decode(page.parameters), dataCompressionEnable });
  const list = { deviceSpecificParameter: 0x10, pages: [{ pageCode, parametersSaveable: false, parameters }] };
  return outcomeOf(await select(tape, encodeModeParameterList(list, 6)));
}

function select(tape: TapeUnit, list: Uint8Array): Promise<TapeAnswer> {
  return tape.command(modeSelect6Cdb({ pageFormat: true, parameterListLength: list.length }), list);
}

function outcomeOf(answer: TapeAnswer): Outcome {
  return answer.ok ? undefined : answer.errno;
}
