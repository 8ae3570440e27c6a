import { ScsiFormatError } from '../format-error.js';
import { flag, layout, optional, uint, uint8, writeText, type Value } from '../layout.js';
import type { LogParameter } from '../spc/log-sense.js';
import { uint64 } from './wide-integers.js';

/** Log page codes of tape drives (SSC-3, SPC-4). */
export const TapeLogPage = {
  WRITE_ERROR_COUNTERS: 0x02,
  READ_ERROR_COUNTERS: 0x03,
  SEQUENTIAL_ACCESS_DEVICE: 0x0c,
  /** DT Device Status. */
  DEVICE_STATUS: 0x11,
  VOLUME_STATISTICS: 0x17,
  /** Of LTO drives, not of the standard. */
  TAPE_CAPACITY: 0x31,
} as const;
export type TapeLogPage = (typeof TapeLogPage)[keyof typeof TapeLogPage];

/** FORMAT AND LINKING of a parameter's control byte (SPC-4). */
export const CounterFormat = { BOUNDED_COUNTER: 0, ASCII_LIST: 1, UNBOUNDED_COUNTER: 2, BINARY_LIST: 3 } as const;
export type CounterFormat = (typeof CounterFormat)[keyof typeof CounterFormat];

/** Parameters of the error counter pages (SPC-4). */
export const ErrorCounter = {
  CORRECTED_WITHOUT_DELAY: 0x0000,
  CORRECTED_WITH_DELAY: 0x0001,
  RETRIES: 0x0002,
  CORRECTED: 0x0003,
  CORRECTION_ALGORITHM_PROCESSED: 0x0004,
  BYTES_PROCESSED: 0x0005,
  UNCORRECTED: 0x0006,
} as const;
export type ErrorCounter = (typeof ErrorCounter)[keyof typeof ErrorCounter];

/** Parameters of page 0Ch (SSC-3); megabytes are 10^6 bytes. */
export const SequentialAccessParameter = {
  BYTES_RECEIVED: 0x0000,
  BYTES_WRITTEN_TO_MEDIUM: 0x0001,
  BYTES_READ_FROM_MEDIUM: 0x0002,
  BYTES_SENT: 0x0003,
  MEGABYTES_TO_END_OF_DATA: 0x0004,
  MEGABYTES_TO_EARLY_WARNING: 0x0005,
  MEGABYTES_BEHIND_EARLY_WARNING: 0x0006,
  MEGABYTES_TO_POSITION: 0x0007,
  MEGABYTES_IN_BUFFER: 0x0008,
  CLEANING_REQUESTED: 0x0100,
} as const;
export type SequentialAccessParameter = (typeof SequentialAccessParameter)[keyof typeof SequentialAccessParameter];

/** Parameters of page 17h (SSC-4) which the virtual drives know; megabytes are 10^6 bytes. */
export const VolumeStatistic = {
  PAGE_VALID: 0x0000,
  LOADS: 0x0001,
  LAST_LOAD_UNCORRECTED_WRITE_ERRORS: 0x000c,
  LAST_LOAD_UNCORRECTED_READ_ERRORS: 0x000d,
  LAST_LOAD_MEGABYTES_WRITTEN: 0x000e,
  LAST_LOAD_MEGABYTES_READ: 0x000f,
  LIFETIME_MEGABYTES_WRITTEN: 0x0010,
  LIFETIME_MEGABYTES_READ: 0x0011,
  NATIVE_CAPACITY_MEGABYTES: 0x0016,
  USED_NATIVE_CAPACITY_MEGABYTES: 0x0017,
  VOLUME_SERIAL_NUMBER: 0x0040,
  VOLUME_BARCODE: 0x0042,
  WRITE_PROTECT: 0x0080,
  WORM: 0x0081,
} as const;
export type VolumeStatistic = (typeof VolumeStatistic)[keyof typeof VolumeStatistic];

/** Parameters of page 31h of LTO drives, in units of 2^20 bytes. */
export const TapeCapacityParameter = {
  MAIN_REMAINING: 0x0001,
  ALTERNATE_REMAINING: 0x0002,
  MAIN_MAXIMUM: 0x0003,
  ALTERNATE_MAXIMUM: 0x0004,
} as const;
export type TapeCapacityParameter = (typeof TapeCapacityParameter)[keyof typeof TapeCapacityParameter];

/** DT DEVICE ACTIVITY of page 11h. */
export const DeviceActivity = {
  NONE: 0x00,
  CLEANING: 0x01,
  LOADING: 0x02,
  UNLOADING: 0x03,
  OTHER: 0x04,
  READING: 0x05,
  WRITING: 0x06,
  LOCATING: 0x07,
  REWINDING: 0x08,
  ERASING: 0x09,
} as const;
export type DeviceActivity = (typeof DeviceActivity)[keyof typeof DeviceActivity];

/** Very High Frequency Data, parameter 0000h of page 11h (ADC-3). */
export const veryHighFrequencyData = layout('very high frequency data', 4, {
  /** PAMR: removal is prevented. */
  preventAllowMediumRemoval: flag(0, 7),
  hostInitiatedUnload: flag(0, 6),
  /** MACC: the memory of the cartridge can be read. */
  memoryAccessible: flag(0, 5),
  compressionEnabled: flag(0, 4),
  writeProtected: flag(0, 3),
  cleaningRequested: flag(0, 2),
  cleaningRequired: flag(0, 1),
  /** DINIT: the other bits are valid. */
  deviceInitialized: flag(0, 0),
  inTransition: flag(1, 7),
  /** RAA: the picker may take the cartridge, or put one in. */
  robotAccessAllowed: flag(1, 5),
  mediumPresent: flag(1, 4),
  /** MSTD, MTHRD, MOUNTED. */
  mediumSeated: flag(1, 2),
  mediumThreaded: flag(1, 1),
  mediumMounted: flag(1, 0),
  /** A {@link DeviceActivity}. */
  deviceActivity: optional(uint8(2), DeviceActivity.NONE),
});
export type VeryHighFrequencyData = Value<typeof veryHighFrequencyData>;

/** A counter of `size` bytes. Throws `OUT_OF_RANGE`. */
export function binaryParameter(parameterCode: number, value: number, size: number): LogParameter {
  const bytes = new Uint8Array(size);
  const field = size === 8 ? uint64(0) : uint(0, size);
  try {
    field.write(bytes, 0, value);
  } catch (cause) {
    throw new ScsiFormatError('OUT_OF_RANGE', 'log parameter', 4, (cause as Error).message);
  }
  return { parameterCode, controlByte: CounterFormat.BOUNDED_COUNTER, value: bytes };
}

/** What a counter counts, up to 2^53 - 1. Throws `CONTRADICTION` for one without a value or longer than 8 bytes. */
export function decodeBinaryParameter({ parameterCode, value }: LogParameter): number {
  if (value.length < 1 || value.length > 8) {
    const message = `parameter ${parameterCode.toString(16)}h has ${value.length} bytes, a counter has 1 to 8`;
    throw new ScsiFormatError('CONTRADICTION', 'log parameter', 3, message);
  }
  return uint(0, value.length).read(value, 0);
}

/** Text, padded with spaces. Throws `OUT_OF_RANGE`. */
export function textParameter(parameterCode: number, text: string, size: number): LogParameter {
  const value = new Uint8Array(size);
  try {
    writeText(value, 0, size, text);
  } catch (cause) {
    throw new ScsiFormatError('OUT_OF_RANGE', 'log parameter', 4, (cause as Error).message);
  }
  return { parameterCode, controlByte: CounterFormat.ASCII_LIST, value };
}
