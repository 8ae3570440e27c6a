import { encodeLogPage, encodeLogParameters, type LogParameter } from '../../scsi/spc/log-sense.js';
import { LogPageControl } from '../../scsi/spc/log-select.js';
import { invalidFieldInCdb } from '../check-condition.js';
import {
  binaryParameter,
  CounterFormat,
  DeviceActivity,
  ErrorCounter,
  SequentialAccessParameter,
  TapeCapacityParameter,
  TapeLogPage,
  textParameter,
  veryHighFrequencyData,
  VolumeStatistic,
} from '../../scsi/ssc/log-pages.js';
import type { LogPageSource } from '../log-commands.js';
import type { DriveCondition } from './drive-bay.js';
import type { LoadedTape } from './loaded-tape.js';

const MEBIBYTE = 1024 * 1024;
const MEGABYTE = 1_000_000;
/** What cannot be told without a medium has all ones (SSC-3). */
const UNKNOWN = 0xffff_ffff;

/** The log pages of a tape drive but TapeAlert (SSC-3, SPC-4). What is counted was really counted. */
export function tapeLogPages(tape: LoadedTape): readonly LogPageSource[] {
  const { statistics } = tape;
  const reset = (): boolean => {
    const counted = Object.values(statistics.total).some((count) => count !== 0);
    statistics.reset();
    return counted;
  };
  return [
    page(
      TapeLogPage.WRITE_ERROR_COUNTERS,
      () => {
        const { bytesWritten, uncorrectedWriteErrors } = statistics.total;
        return errorCounters(bytesWritten, uncorrectedWriteErrors);
      },
      reset,
    ),
    page(
      TapeLogPage.READ_ERROR_COUNTERS,
      () => {
        const { bytesRead, uncorrectedReadErrors } = statistics.total;
        return errorCounters(bytesRead, uncorrectedReadErrors);
      },
      reset,
    ),
    page(TapeLogPage.SEQUENTIAL_ACCESS_DEVICE, () => sequentialAccess(tape), reset),
    page(TapeLogPage.DEVICE_STATUS, () => [deviceStatus(tape)]),
    page(TapeLogPage.VOLUME_STATISTICS, () => volumeStatistics(tape)),
    page(TapeLogPage.TAPE_CAPACITY, () => tapeCapacity(tape)),
  ];
}

function page(pageCode: number, parameters: () => readonly LogParameter[], reset?: () => boolean): LogPageSource {
  return {
    pageCode,
    read(_nexus, pageControl) {
      // There are no thresholds, and defaults of counters are zeros that nobody asks for.
      if (pageControl !== LogPageControl.CURRENT_CUMULATIVE) throw invalidFieldInCdb(2, 7);
      return encodeLogPage({ pageCode, content: encodeLogParameters(parameters()) });
    },
    ...(reset === undefined ? {} : { reset }),
  };
}

function errorCounters(bytesProcessed: number, uncorrected: number): readonly LogParameter[] {
  const counts: readonly [number, number, number][] = [
    [ErrorCounter.CORRECTED_WITHOUT_DELAY, 0, 4],
    [ErrorCounter.CORRECTED_WITH_DELAY, 0, 4],
    [ErrorCounter.RETRIES, 0, 4],
    [ErrorCounter.CORRECTED, 0, 4],
    [ErrorCounter.CORRECTION_ALGORITHM_PROCESSED, 0, 4],
    [ErrorCounter.BYTES_PROCESSED, bytesProcessed, 8],
    [ErrorCounter.UNCORRECTED, uncorrected, 4],
  ];
  return counts.map(([code, value, size]) => binaryParameter(code, value, size));
}

function sequentialAccess(tape: LoadedTape): readonly LogParameter[] {
  const { bytesWritten, bytesRead } = tape.statistics.total;
  const image = tape.peek()?.image;
  const megabytes = (bytes: number): number => Math.floor(bytes / MEGABYTE);
  const capacities =
    image === undefined
      ? [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]
      : [
          megabytes(image.recordedBytes),
          megabytes(image.capacityBytes - tape.earlyWarningBytes(image)),
          megabytes(tape.earlyWarningBytes(image)),
          megabytes(image.usedBytes),
        ];
  const [toEndOfData = 0, toEarlyWarning = 0, behindEarlyWarning = 0, toHere = 0] = capacities;
  const code = SequentialAccessParameter;
  // Nothing is compressed: what came from the host is what went to the medium.
  return [
    binaryParameter(code.BYTES_RECEIVED, bytesWritten, 8),
    binaryParameter(code.BYTES_WRITTEN_TO_MEDIUM, bytesWritten, 8),
    binaryParameter(code.BYTES_READ_FROM_MEDIUM, bytesRead, 8),
    binaryParameter(code.BYTES_SENT, bytesRead, 8),
    binaryParameter(code.MEGABYTES_TO_END_OF_DATA, toEndOfData, 4),
    binaryParameter(code.MEGABYTES_TO_EARLY_WARNING, toEarlyWarning, 4),
    binaryParameter(code.MEGABYTES_BEHIND_EARLY_WARNING, behindEarlyWarning, 4),
    binaryParameter(code.MEGABYTES_TO_POSITION, toHere, 4),
    binaryParameter(code.MEGABYTES_IN_BUFFER, 0, 4),
    binaryParameter(code.CLEANING_REQUESTED, tape.bay.cleaningWish === undefined ? 0 : 1, 8),
  ];
}

const ACTIVITIES: Readonly<Record<DriveCondition, DeviceActivity>> = {
  empty: DeviceActivity.NONE,
  loading: DeviceActivity.LOADING,
  ready: DeviceActivity.NONE,
  held: DeviceActivity.NONE,
  unloading: DeviceActivity.UNLOADING,
  unloaded: DeviceActivity.NONE,
  cleaning: DeviceActivity.CLEANING,
  rejected: DeviceActivity.NONE,
};

function deviceStatus(tape: LoadedTape): LogParameter {
  const { condition, element, removalPreventedBy } = tape.bay;
  const mounted = condition === 'ready';
  const value = veryHighFrequencyData.encode({
    preventAllowMediumRemoval: removalPreventedBy.size > 0,
    memoryAccessible: mounted,
    compressionEnabled: tape.mode.dataCompressionEnable,
    writeProtected: mounted && tape.writeProtected,
    deviceInitialized: true,
    robotAccessAllowed: tape.bay.accessible,
    mediumPresent: element.content !== null,
    mediumSeated: mounted || condition === 'held',
    mediumThreaded: mounted,
    mediumMounted: mounted,
    cleaningRequired: tape.bay.cleaningWish === 'required',
    cleaningRequested: tape.bay.cleaningWish === 'requested',
    deviceActivity: ACTIVITIES[condition],
  });
  return { parameterCode: 0x0000, controlByte: CounterFormat.BINARY_LIST, value };
}

function volumeStatistics(tape: LoadedTape): readonly LogParameter[] {
  const loaded = tape.peek();
  const code = VolumeStatistic;
  if (loaded === undefined) return [binaryParameter(code.PAGE_VALID, 0, 1)];
  const { memory, image, cartridge } = loaded;
  const { load } = tape.statistics;
  const { bytesWritten, bytesRead } = memory.lifetime;
  const megabytes = (bytes: number): number => Math.floor(bytes / MEGABYTE);
  return [
    binaryParameter(code.PAGE_VALID, 1, 1),
    binaryParameter(code.LOADS, memory.loadCount, 4),
    binaryParameter(code.LAST_LOAD_UNCORRECTED_WRITE_ERRORS, load.uncorrectedWriteErrors, 2),
    binaryParameter(code.LAST_LOAD_UNCORRECTED_READ_ERRORS, load.uncorrectedReadErrors, 2),
    binaryParameter(code.LAST_LOAD_MEGABYTES_WRITTEN, megabytes(load.bytesWritten), 4),
    binaryParameter(code.LAST_LOAD_MEGABYTES_READ, megabytes(load.bytesRead), 4),
    binaryParameter(code.LIFETIME_MEGABYTES_WRITTEN, megabytes(bytesWritten), 8),
    binaryParameter(code.LIFETIME_MEGABYTES_READ, megabytes(bytesRead), 8),
    binaryParameter(code.NATIVE_CAPACITY_MEGABYTES, megabytes(image.capacityBytes), 4),
    binaryParameter(code.USED_NATIVE_CAPACITY_MEGABYTES, megabytes(image.recordedBytes), 4),
    textParameter(code.VOLUME_SERIAL_NUMBER, memory.mediumSerialNumber, 32),
    textParameter(code.VOLUME_BARCODE, memory.barcode, 32),
    binaryParameter(code.WRITE_PROTECT, cartridge.writeProtected ? 1 : 0, 1),
    binaryParameter(code.WORM, tape.worm ? 1 : 0, 1),
  ];
}

function tapeCapacity(tape: LoadedTape): readonly LogParameter[] {
  const image = tape.peek()?.image;
  const mebibytes = (bytes: number): number => Math.floor(Math.max(0, bytes) / MEBIBYTE);
  const code = TapeCapacityParameter;
  return [
    binaryParameter(
      code.MAIN_REMAINING,
      image === undefined ? 0 : mebibytes(image.capacityBytes - image.recordedBytes),
      4,
    ),
    binaryParameter(code.ALTERNATE_REMAINING, 0, 4),
    binaryParameter(code.MAIN_MAXIMUM, image === undefined ? 0 : mebibytes(image.capacityBytes), 4),
    binaryParameter(code.ALTERNATE_MAXIMUM, 0, 4),
  ];
}
