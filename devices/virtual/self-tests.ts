import { AdditionalSense } from '../scsi/asc-ascq.js';
import { SenseKey } from '../scsi/sense.js';
import { LogPage } from '../scsi/spc/log-sense.js';
import {
  encodeSelfTestResults,
  selfTestResultsKept,
  SelfTestResult,
  type SelfTest,
} from '../scsi/spc/self-test-results.js';
import { CheckCondition, notReady } from './check-condition.js';
import type { DeviceServer } from './device-server.js';
import type { LogPageSource } from './log-commands.js';
import { PowerOffError } from './mechanics.js';

/** One part of a self-test: refuses with a CheckCondition when it finds something wrong. */
export type SelfTestSegment = () => void | Promise<void>;

/** What a unit tries out of itself. */
export interface SelfTestPlan {
  segments(extended: boolean): readonly SelfTestSegment[];
}

interface Running {
  readonly selfTestCode: number;
  ended?: SelfTestResult;
}

const NO_SENSE = { key: SenseKey.NO_SENSE, ...AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION };
const HOUR_MS = 3_600_000;

/** The self-tests of one logical unit (SPC-4 5.14), and the Self-Test Results log page, which remembers the last twenty. */
export class SelfTests implements LogPageSource {
  readonly pageCode = LogPage.SELF_TEST_RESULTS;
  #results: SelfTest[] = [];
  #background: Running | undefined;
  readonly #plan: SelfTestPlan;
  readonly #server: DeviceServer;
  readonly #nowMs: () => number;
  readonly #poweredOnMs: number;

  constructor(server: DeviceServer, plan: SelfTestPlan, nowMs: () => number) {
    this.#server = server;
    this.#plan = plan;
    this.#nowMs = nowMs;
    this.#poweredOnMs = nowMs();
    server.whenReset(() => this.#end(SelfTestResult.ABORTED_OTHERWISE));
  }

  read(): Uint8Array {
    const { selfTestCode } = this.#background ?? {};
    const running = selfTestCode === undefined ? [] : [this.#entry(selfTestCode, SelfTestResult.IN_PROGRESS)];
    return encodeSelfTestResults([...running, ...this.#results].slice(0, selfTestResultsKept));
  }

  /** Tests while the initiator waits. Refuses with LOGICAL UNIT FAILED SELF-TEST. */
  async foreground(selfTestCode: number, extended: boolean): Promise<void> {
    this.#refuseWhileTesting();
    const failed = await this.#test(selfTestCode, extended, (segment) => segment());
    if (!failed) return;
    throw new CheckCondition({ key: SenseKey.HARDWARE_ERROR, ...AdditionalSense.LOGICAL_UNIT_FAILED_SELF_TEST });
  }

  /** Tests between other commands; the outcome is in the log page. */
  background(selfTestCode: number, extended: boolean): void {
    this.#refuseWhileTesting();
    const running: Running = { selfTestCode };
    this.#background = running;
    const inTurn = (segment: SelfTestSegment): Promise<void> =>
      this.#server.enqueue(() => (running.ended === undefined ? segment() : undefined));
    this.#test(selfTestCode, extended, inTurn, running).catch((error: unknown) => {
      // The power went: there is nobody left to tell.
      if (error instanceof PowerOffError) return;
      this.#end(SelfTestResult.UNKNOWN_ERROR);
      this.#server.onInternalFailure(error);
    });
  }

  /** Ends the test in the background; false when there is none. */
  abortBackground(): boolean {
    const isTesting = this.#background !== undefined;
    this.#end(SelfTestResult.ABORTED_BY_SEND_DIAGNOSTIC);
    return isTesting;
  }

  /** Whether it failed. */
  async #test(
    selfTestCode: number,
    extended: boolean,
    perform: (segment: SelfTestSegment) => void | Promise<void>,
    running?: Running,
  ): Promise<boolean> {
    let segmentNumber = 0;
    try {
      for (const segment of this.#plan.segments(extended)) {
        segmentNumber += 1;
        await perform(segment);
        if (running?.ended !== undefined) return false;
      }
    } catch (error) {
      if (!(error instanceof CheckCondition)) throw error;
      if (running?.ended !== undefined) return false;
      this.#finish(running, {
        ...this.#entry(selfTestCode, failure(segmentNumber), error),
        selfTestNumber: segmentNumber,
      });
      return true;
    }
    this.#finish(running, this.#entry(selfTestCode, SelfTestResult.PASSED));
    return false;
  }

  #end(result: SelfTestResult): void {
    const running = this.#background;
    if (running === undefined) return;
    running.ended = result;
    this.#finish(running, this.#entry(running.selfTestCode, result));
  }

  #finish(running: Running | undefined, entry: SelfTest): void {
    if (running !== undefined) this.#background = undefined;
    this.#results = [entry, ...this.#results].slice(0, selfTestResultsKept);
  }

  #entry(selfTestCode: number, result: SelfTestResult, error?: CheckCondition): SelfTest {
    const { key, asc, ascq } = error?.sense ?? NO_SENSE;
    const hours = Math.floor((this.#nowMs() - this.#poweredOnMs) / HOUR_MS);
    return {
      selfTestCode,
      result,
      selfTestNumber: 0,
      accumulatedPowerOnHours: Math.min(Math.max(hours, 0), 0xffff),
      senseKey: key,
      asc,
      ascq,
    };
  }

  #refuseWhileTesting(): void {
    if (this.#background !== undefined) throw notReady(AdditionalSense.LOGICAL_UNIT_NOT_READY_SELF_TEST_IN_PROGRESS);
  }
}

function failure(segmentNumber: number): SelfTestResult {
  if (segmentNumber === 1) return SelfTestResult.FAILED_FIRST_SEGMENT;
  return segmentNumber === 2 ? SelfTestResult.FAILED_SECOND_SEGMENT : SelfTestResult.FAILED_OTHER_SEGMENT;
}
