import { RecoveryAction } from './recovery-action.js';
import { recoveryTable, type RecoveryRule } from './recovery-table.js';
import type { SenseData } from './sense.js';
import { ScsiStatus } from './status.js';

export { RecoveryAction } from './recovery-action.js';
export { recoveryTable, type RecoveryRule } from './recovery-table.js';

/** What to do, and why. */
export interface Recovery {
  readonly action: RecoveryAction;
  readonly reason: string;
}

export interface RecoveryContext {
  /**
   * Sending the command twice is not the same as sending it once: it moves media, or the tape under the head. It is never
   * simply repeated, unless it cannot have begun.
   */
  readonly motion?: boolean;
}

type SenseOf = Pick<SenseData, 'key' | 'asc' | 'ascq'> & Partial<Pick<SenseData, 'deferred'>>;

/** Statuses that say all there is to say, ascending (SAM-5). CHECK CONDITION without sense data is among them. */
export const statusRecoveryTable: readonly (readonly [status: number, recovery: Recovery, motion?: RecoveryAction])[] =
  [
    [ScsiStatus.GOOD, { action: RecoveryAction.DONE, reason: 'the command was done' }],
    [
      ScsiStatus.CHECK_CONDITION,
      { action: RecoveryAction.FAIL, reason: 'the device reports an error and does not say which' },
      RecoveryAction.REFRESH_ELEMENT_STATUS,
    ],
    [ScsiStatus.CONDITION_MET, { action: RecoveryAction.DONE, reason: 'the command was done' }],
    [ScsiStatus.BUSY, { action: RecoveryAction.RETRY_LATER, reason: 'the device cannot take a command now' }],
    [
      ScsiStatus.RESERVATION_CONFLICT,
      {
        action: RecoveryAction.FAIL,
        reason: 'another host has reserved the device; ask there, waiting may be endless',
      },
    ],
    [
      ScsiStatus.TASK_SET_FULL,
      { action: RecoveryAction.RETRY_LATER, reason: 'the device has no room for a command now' },
    ],
    [ScsiStatus.ACA_ACTIVE, { action: RecoveryAction.FAIL, reason: 'an earlier error has not been cleared' }],
    [
      ScsiStatus.TASK_ABORTED,
      { action: RecoveryAction.RETRY, reason: 'another host ended the command' },
      RecoveryAction.REFRESH_ELEMENT_STATUS,
    ],
  ];

const ruleByCode = new Map<string, RecoveryRule>(recoveryTable.map((rule) => [`${rule[0]} ${rule[1]}`, rule]));

/** What to do after this sense data or status. */
export function recoveryFor(answer: SenseOf | number, context: RecoveryContext = {}): RecoveryAction {
  return explainRecovery(answer, context).action;
}

/** The same with its reason, for failures' messages and the inspector. */
export function explainRecovery(answer: SenseOf | number, context: RecoveryContext = {}): Recovery {
  const motion = context.motion === true;
  if (typeof answer === 'number') {
    const entry = statusRecoveryTable.find(([status]) => status === answer);
    if (entry === undefined) return { action: RecoveryAction.FAIL, reason: 'SAM does not define this status' };
    const [, recovery, motionAction] = entry;
    return motion && motionAction !== undefined ? { ...recovery, action: motionAction } : recovery;
  }
  if (answer.deferred === true) {
    // SPC-4: the command that brings a deferred error was not executed; the earlier one may have failed half-way.
    return motion
      ? {
          action: RecoveryAction.REFRESH_ELEMENT_STATUS,
          reason: 'an earlier command failed after it had been answered',
        }
      : { action: RecoveryAction.RETRY, reason: 'the error belongs to an earlier command; this one was not executed' };
  }
  const rule = recoveryRule(answer);
  if (rule === undefined) return { action: RecoveryAction.FAIL, reason: 'SPC does not define this sense key' };
  const [, , action, reason, motionAction] = rule;
  return { action: (motion ? motionAction : undefined) ?? action, reason };
}

/** The line of {@link recoveryTable} for this sense; undefined only for a reserved sense key (Ch). */
export function recoveryRule({ key, asc, ascq }: SenseOf): RecoveryRule | undefined {
  return ruleByCode.get(`${key} ${asc * 256 + ascq}`) ?? ruleByCode.get(`${key} any`);
}
