import { commandOptions, decodeNothing, type CommandOptions } from './command-request.js';
import { succeeded, type CommandOutcome } from './command-outcome.js';
import type { Written } from './drive.js';
import type { LogicalUnit } from './logical-unit.js';
import { ScsiFormatError } from './scsi/format-error.js';
import { SenseKey, signedInformation, type SenseData } from './scsi/sense.js';
import {
  decodeBlockDescriptor,
  decodeModeParameters,
  encodeBlockDescriptor,
  encodeModeParameterList,
  type ModeParameters,
} from './scsi/spc/mode-parameters.js';
import { modeSelect6Cdb } from './scsi/spc/mode-select.js';
import { modeSense6Cdb } from './scsi/spc/mode-sense.js';
import { read6Cdb, write6Cdb } from './scsi/ssc/read-write-6.js';
import { tapeStop, type TapeStop } from './tape-positioning.js';

/** Blocks of one length that were read together. */
export interface TapeBlocks {
  readonly data: Uint8Array;
  /** What the tape came to before all blocks were read; it stands behind a filemark. */
  readonly stoppedBy?: TapeStop;
}

const allocationLength = 255;
/** The Data Compression page, for a drive that wants one named; any page brings the block descriptor. */
const anyPage = 0x0f;

/** The block length that the drive is set to (MODE SENSE, SPC-4): 0 when each block has its own. */
export async function blockLength(unit: LogicalUnit, options: CommandOptions = {}): Promise<CommandOutcome<number>> {
  const sensed = await senseBlockDescriptor(unit, options);
  return sensed.ok ? succeeded(decodeBlockDescriptor(sensed.value.blockDescriptors).blockLength, sensed.notes) : sensed;
}

/** Sets the block length (MODE SELECT, SPC-4) for blocks of one length; 0: each block has its own. */
export async function setBlockLength(
  unit: LogicalUnit,
  bytes: number,
  options: CommandOptions = {},
): Promise<CommandOutcome<undefined>> {
  const sensed = await senseBlockDescriptor(unit, options);
  if (!sensed.ok) return sensed;
  const { densityCode } = decodeBlockDescriptor(sensed.value.blockDescriptors);
  const list = encodeModeParameterList(
    {
      // The buffered mode stays; the write-protect bit above it is reserved here.
      deviceSpecificParameter: sensed.value.deviceSpecificParameter & 0x7f,
      blockDescriptors: encodeBlockDescriptor({ densityCode, blockLength: bytes }),
      pages: [],
    },
    6,
  );
  return unit.execute(
    {
      name: 'MODE SELECT(6)',
      cdb: modeSelect6Cdb({ pageFormat: true, parameterListLength: list.length }),
      dataOut: list,
      timeoutClass: 'quick',
      decode: decodeNothing,
    },
    commandOptions(options),
  );
}

/** Reads `count` blocks of `blockLength` bytes with one READ(6), fewer when a filemark or the end of the data comes first. */
export async function readBlocks(
  unit: LogicalUnit,
  { count, blockLength: bytes, ...options }: CommandOptions & { readonly count: number; readonly blockLength: number },
): Promise<CommandOutcome<TapeBlocks>> {
  const length = count * bytes;
  return unit.execute<TapeBlocks>(
    {
      name: 'READ(6)',
      cdb: read6Cdb({ fixed: true, transferLength: count }),
      dataInLength: length,
      timeoutClass: 'data',
      motion: true,
      unitAttention: 'report',
      decode: (data) => ({ data: whole(data, length) }),
      answerFromSense: (sense, data) => blocksFromSense(sense, data, { count, bytes }),
    },
    commandOptions(options),
  );
}

/** Writes blocks of `blockLength` bytes with one WRITE(6); `data` is a whole number of them. */
export async function writeBlocks(
  unit: LogicalUnit,
  data: Uint8Array,
  { blockLength: bytes, ...options }: CommandOptions & { readonly blockLength: number },
): Promise<CommandOutcome<Written>> {
  const count = data.length / bytes;
  return unit.execute<Written>(
    {
      name: 'WRITE(6)',
      cdb: write6Cdb({ fixed: true, transferLength: count }),
      dataOut: data,
      timeoutClass: 'data',
      motion: true,
      unitAttention: 'report',
      decode: () => ({ endOfMedium: false }),
      answerFromSense: (sense) => {
        const done = sense.key === SenseKey.NO_SENSE || sense.key === SenseKey.RECOVERED_ERROR;
        // Blocks that are left over make it an error: the tape is full before the end of the data.
        return done && sense.endOfMedium && (signedInformation(sense) ?? 0) === 0
          ? { value: { endOfMedium: true } }
          : undefined;
      },
    },
    commandOptions(options),
  );
}

function senseBlockDescriptor(unit: LogicalUnit, options: CommandOptions): Promise<CommandOutcome<ModeParameters>> {
  return unit.execute(
    {
      name: 'MODE SENSE(6)',
      cdb: modeSense6Cdb({ pageCode: anyPage, allocationLength }),
      dataInLength: allocationLength,
      timeoutClass: 'quick',
      decode: (bytes) => decodeModeParameters(bytes, 6),
    },
    commandOptions(options),
  );
}

function whole(data: Uint8Array, asked: number): Uint8Array {
  if (data.length === asked) return data;
  throw new ScsiFormatError('CONTRADICTION', 'READ(6) data', data.length, `${data.length} bytes came of ${asked}`);
}

/** INFORMATION is the number of blocks that were not read (SSC-3); a block of another length stays an error. */
function blocksFromSense(
  sense: SenseData,
  data: Uint8Array,
  { count, bytes }: { readonly count: number; readonly bytes: number },
): { readonly value: TapeBlocks } | undefined {
  const stoppedBy = sense.incorrectLengthIndicator ? undefined : tapeStop(sense);
  if (stoppedBy === undefined) return undefined;
  const left = signedInformation(sense) ?? count - Math.floor(data.length / bytes);
  const read = (count - left) * bytes;
  if (left < 0 || data.length < read) {
    const message = `${data.length} bytes came, and ${left} of ${count} blocks of ${bytes} were left`;
    throw new ScsiFormatError('CONTRADICTION', 'READ(6) data', data.length, message);
  }
  return { value: { data: data.subarray(0, read), stoppedBy } };
}
