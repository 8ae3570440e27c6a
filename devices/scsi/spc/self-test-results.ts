import { ScsiFormatError } from '../format-error.js';
import { bits, layout, octets, uint8, uint16 } from '../layout.js';
import { decodeLogParameters, encodeLogPage, encodeLogParameters, LogPage, wholePage } from './log-sense.js';

/** SELF-TEST RESULTS VALUE (SPC-4), as far as it is used here. */
export const SelfTestResult = {
  PASSED: 0x0,
  ABORTED_BY_SEND_DIAGNOSTIC: 0x1,
  /** By a reset, or by a task management function. */
  ABORTED_OTHERWISE: 0x2,
  UNKNOWN_ERROR: 0x3,
  FAILED_UNKNOWN_SEGMENT: 0x4,
  FAILED_FIRST_SEGMENT: 0x5,
  FAILED_SECOND_SEGMENT: 0x6,
  FAILED_OTHER_SEGMENT: 0x7,
  IN_PROGRESS: 0xf,
} as const;
export type SelfTestResult = (typeof SelfTestResult)[keyof typeof SelfTestResult];

/** One self-test, as the Self-Test Results log page, 10h, tells of it (SPC-4). */
export interface SelfTest {
  readonly selfTestCode: number;
  readonly result: number;
  /** The segment that failed; 0 says nothing. */
  readonly selfTestNumber: number;
  /** Power on hours of the unit when it ended; FFFFh for more than that. */
  readonly accumulatedPowerOnHours: number;
  readonly senseKey: number;
  readonly asc: number;
  readonly ascq: number;
}

const what = 'Self-Test Results log page';
/** The page has room for twenty tests, newest first; the rest is zeros. */
export const selfTestResultsKept = 20;
const noAddress = new Uint8Array(8).fill(0xff);

const parameter = layout('self-test results log parameter', 16, {
  selfTestCode: bits(0, 7, 5),
  result: bits(0, 3, 0),
  selfTestNumber: uint8(1),
  accumulatedPowerOnHours: uint16(2),
  addressOfFirstFailure: octets(4, 8),
  senseKey: bits(12, 3, 0),
  asc: uint8(13),
  ascq: uint8(14),
});
/** FORMAT AND LINKING 11b: a binary format list. */
const listControlByte = 0x03;

/** Newest first. Throws `OUT_OF_RANGE` for more than twenty. */
export function encodeSelfTestResults(tests: readonly SelfTest[]): Uint8Array {
  if (tests.length > selfTestResultsKept) {
    throw new ScsiFormatError(
      'OUT_OF_RANGE',
      what,
      4,
      `has room for ${selfTestResultsKept} tests, not ${tests.length}`,
    );
  }
  const content = encodeLogParameters(
    Array.from({ length: selfTestResultsKept }, (_, i) => {
      const test = tests[i];
      const value =
        test === undefined
          ? new Uint8Array(parameter.length)
          : parameter.encode({ ...test, addressOfFirstFailure: noAddress });
      return { parameterCode: i + 1, controlByte: listControlByte, value };
    }),
  );
  return encodeLogPage({ pageCode: LogPage.SELF_TEST_RESULTS, content });
}

/** The tests there were, newest first. Throws `SHORT_DATA`, `CONTRADICTION`. */
export function decodeSelfTestResults(bytes: Uint8Array): readonly SelfTest[] {
  const tests: SelfTest[] = [];
  for (const { value } of decodeLogParameters(wholePage(bytes, LogPage.SELF_TEST_RESULTS))) {
    const { addressOfFirstFailure, ...test } = parameter.decode(value);
    // All zeros: there was no such test. One that passed before the first hour still has an address of all ones.
    if (addressOfFirstFailure.some((byte) => byte !== 0) || test.selfTestCode !== 0 || test.result !== 0)
      tests.push(test);
  }
  return tests;
}
