import { commandOptions, decodeNothing, type CommandOptions } from './command-request.js';
import type { CommandOutcome } from './command-outcome.js';
import type { LogicalUnit } from './logical-unit.js';
import { AdditionalSense } from './scsi/asc-ascq.js';
import { hasAdditionalSense, SenseKey, signedInformation, type SenseData } from './scsi/sense.js';
import { erase6Cdb } from './scsi/ssc/erase.js';
import { locate10Cdb } from './scsi/ssc/locate.js';
import { space6Cdb, SpaceCode } from './scsi/ssc/space.js';

/** What is spaced over. */
export type SpaceOver = 'blocks' | 'filemarks' | 'end-of-data';

/** What stopped the tape before everything that was asked for was done. */
export type TapeStop = 'filemark' | 'end-of-data' | 'beginning-of-partition';

export interface Spaced {
  /** Blocks or filemarks passed, towards the beginning as a negative number; absent when the drive does not tell. */
  readonly passed?: number;
  /** Absent: the tape went all the way. */
  readonly stoppedBy?: TapeStop;
}

/**
 * SPACE(6) (SSC-3): over `count` blocks or filemarks, backwards with a negative count, or to the end of the data. A
 * filemark, the end of the data and the beginning of the partition are answers. Rejects with `ScsiFormatError` for a count
 * of more than 24 bits.
 */
export async function space(
  unit: LogicalUnit,
  { over, count = 0, ...options }: CommandOptions & { readonly over: SpaceOver; readonly count?: number },
): Promise<CommandOutcome<Spaced>> {
  const counted = over === 'end-of-data' ? {} : { passed: count };
  return unit.execute<Spaced>(
    {
      name: 'SPACE(6)',
      cdb: space6Cdb({ code: codes[over], count: over === 'end-of-data' ? 0 : count }),
      timeoutClass: 'tape-motion',
      motion: true,
      unitAttention: 'report',
      decode: () => counted,
      answerFromSense: (sense) => spacedFromSense(sense, count),
    },
    commandOptions(options),
  );
}

const codes: Readonly<Record<SpaceOver, SpaceCode>> = {
  blocks: SpaceCode.LOGICAL_BLOCKS,
  filemarks: SpaceCode.FILEMARKS,
  'end-of-data': SpaceCode.END_OF_DATA,
};

/** INFORMATION is what was left undone, in the direction of no sign (SSC-3). */
function spacedFromSense(sense: SenseData, count: number): { readonly value: Spaced } | undefined {
  const stoppedBy = tapeStop(sense);
  if (stoppedBy === undefined) return undefined;
  const left = signedInformation(sense);
  if (left === undefined || Math.abs(left) > Math.abs(count)) return { value: { stoppedBy } };
  const passed = count - Math.sign(count) * Math.abs(left);
  return { value: { passed, stoppedBy } };
}

/** The end of what is there, as sense data tell it; undefined for an error. */
export function tapeStop(sense: SenseData): TapeStop | undefined {
  if (sense.key === SenseKey.BLANK_CHECK) return 'end-of-data';
  if (sense.key !== SenseKey.NO_SENSE && sense.key !== SenseKey.RECOVERED_ERROR) return undefined;
  if (sense.filemark || hasAdditionalSense(sense, AdditionalSense.FILEMARK_DETECTED)) return 'filemark';
  if (hasAdditionalSense(sense, AdditionalSense.BEGINNING_OF_PARTITION_MEDIUM_DETECTED)) {
    return 'beginning-of-partition';
  }
  return hasAdditionalSense(sense, AdditionalSense.END_OF_DATA_DETECTED) ? 'end-of-data' : undefined;
}

/** LOCATE(10) (SSC-3): to a logical object, counted from 0, as READ POSITION tells it. */
export function locate(
  unit: LogicalUnit,
  { object, ...options }: CommandOptions & { readonly object: number },
): Promise<CommandOutcome<undefined>> {
  return unit.execute(
    {
      name: 'LOCATE(10)',
      cdb: locate10Cdb({ logicalObjectIdentifier: object }),
      timeoutClass: 'tape-motion',
      decode: decodeNothing,
    },
    commandOptions(options),
  );
}

/** ERASE(6) (SSC-3) from where the tape stands. `long`: everything behind it too, which takes hours on a real tape. */
export function erase(
  unit: LogicalUnit,
  { long, ...options }: CommandOptions & { readonly long: boolean },
): Promise<CommandOutcome<undefined>> {
  return unit.execute(
    {
      name: 'ERASE(6)',
      cdb: erase6Cdb({ long }),
      timeoutClass: 'tape-motion',
      ...(long ? { timeoutMs: longEraseMs } : {}),
      motion: true,
      unitAttention: 'report',
      decode: decodeNothing,
    },
    commandOptions(options),
  );
}

/** An LTO drive writes its whole tape; half a day is more than any generation takes. */
const longEraseMs = 12 * 60 * 60_000;
