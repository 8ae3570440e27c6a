import type { TextKey } from '../../../transport/iscsi/text-keys.js';
import type { IscsiTargetLimits } from './limits.js';
import { LoginRefusal } from './login-refusal.js';
import { LoginStatus } from './target-protocol-values.js';

export type SessionType = 'Normal' | 'Discovery';

/** What a login agreed on. Lengths in bytes, times in seconds. */
export interface OperationalParameters {
  readonly headerDigest: boolean;
  readonly dataDigest: boolean;
  /** Declared by the initiator. */
  readonly maxSegmentToInitiator: number;
  readonly maxConnections: number;
  readonly initialR2T: boolean;
  readonly immediateData: boolean;
  readonly maxBurstLength: number;
  readonly firstBurstLength: number;
  readonly maxOutstandingR2T: number;
  readonly defaultTime2Wait: number;
}

const LONGEST_SEGMENT = 0xff_ffff;

interface KeyRule {
  /** Our answer, given what was agreed before; undefined when the value is none of the admissible ones. */
  answer(value: string, agreed: ReadonlyMap<string, string>): string | undefined;
  /** What holds when nobody mentions the key (RFC 7143 clause 13). */
  readonly default: string;
  /** Of no meaning in a discovery session, which has no commands. */
  readonly normalOnly?: boolean;
}

/** Keys that are told, not negotiated; what they say is taken note of elsewhere or of no use here. */
const declarations: ReadonlySet<string> = new Set([
  'InitiatorName',
  'InitiatorAlias',
  'TargetName',
  'TargetAlias',
  'TargetAddress',
  'TargetPortalGroupTag',
  'SessionType',
]);

const refusals: ReadonlySet<string> = new Set(['Reject', 'NotUnderstood', 'Irrelevant']);

/**
 * The target's part in negotiating operational parameters: each key of the initiator is answered by the key's result
 * function (RFC 7143 clause 13); what it does not mention keeps its default.
 */
export class OperationalKeys {
  readonly #rules: ReadonlyMap<string, KeyRule>;
  readonly #sessionType: SessionType;
  readonly #limits: IscsiTargetLimits;
  readonly #agreed = new Map<string, string>();
  #maxSegmentToInitiator = 8192;
  #hasDeclared = false;

  constructor(limits: IscsiTargetLimits, sessionType: SessionType) {
    this.#limits = limits;
    this.#sessionType = sessionType;
    this.#rules = operationalRules(limits);
  }

  /** Answers keys, each at most once in a login. Throws {@link LoginRefusal}. */
  answer(keys: readonly TextKey[]): TextKey[] {
    const answers: TextKey[] = [];
    // What another key depends on is settled before it, wherever it stands.
    const isFirst = ([key]: TextKey): boolean => key === 'MaxBurstLength';
    for (const [key, value] of [...keys.filter(isFirst), ...keys.filter((one) => !isFirst(one))]) {
      const answer = this.#answer(key, value);
      if (answer !== undefined) answers.push([key, answer]);
    }
    if (!this.#hasDeclared) {
      this.#hasDeclared = true;
      answers.push(['MaxRecvDataSegmentLength', String(this.#limits.maxRecvDataSegmentLength)]);
    }
    return answers;
  }

  result(): OperationalParameters {
    return {
      headerDigest: this.#value('HeaderDigest') === 'CRC32C',
      dataDigest: this.#value('DataDigest') === 'CRC32C',
      maxSegmentToInitiator: this.#maxSegmentToInitiator,
      maxConnections: Number(this.#value('MaxConnections')),
      initialR2T: this.#value('InitialR2T') === 'Yes',
      immediateData: this.#value('ImmediateData') === 'Yes',
      maxBurstLength: Number(this.#value('MaxBurstLength')),
      // As both sides see it, even where an initiator left it above the bursts that it asked for.
      firstBurstLength: Number(this.#value('FirstBurstLength')),
      maxOutstandingR2T: Number(this.#value('MaxOutstandingR2T')),
      defaultTime2Wait: Number(this.#value('DefaultTime2Wait')),
    };
  }

  #answer(key: string, value: string): string | undefined {
    if (declarations.has(key)) return undefined;
    if (this.#agreed.has(key)) {
      throw new LoginRefusal(LoginStatus.initiatorError, `the initiator negotiated ${key} twice`);
    }
    if (key === 'MaxRecvDataSegmentLength') return this.#declare(key, value);
    const rule = this.#rules.get(key);
    // An answer to something that we never asked needs no answer of its own.
    if (rule === undefined) return refusals.has(value) ? undefined : 'NotUnderstood';
    if (rule.normalOnly === true && this.#sessionType === 'Discovery') return 'Irrelevant';
    const answer = rule.answer(value, this.#agreed);
    this.#agreed.set(key, answer ?? rule.default);
    return answer ?? 'Reject';
  }

  #declare(key: string, value: string): string | undefined {
    const length = numberOf(value, 512, LONGEST_SEGMENT);
    if (length === undefined) return 'Reject';
    this.#agreed.set(key, value);
    this.#maxSegmentToInitiator = length;
    return undefined;
  }

  #value(key: string): string {
    return this.#agreed.get(key) ?? this.#rules.get(key)?.default ?? '';
  }
}

function operationalRules(limits: IscsiTargetLimits): ReadonlyMap<string, KeyRule> {
  const normalOnly = true;
  return new Map<string, KeyRule>([
    ['HeaderDigest', { answer: oneOf('CRC32C', 'None'), default: 'None' }],
    ['DataDigest', { answer: oneOf('CRC32C', 'None'), default: 'None' }],
    ['MaxConnections', { answer: smaller(limits.maxConnectionsPerSession, 1, 0xffff), default: '1', normalOnly }],
    ['InitialR2T', { answer: yesOrNo((theirs) => theirs || limits.initialR2T), default: 'Yes', normalOnly }],
    ['ImmediateData', { answer: yesOrNo((theirs) => theirs && limits.immediateData), default: 'Yes', normalOnly }],
    ['MaxBurstLength', { answer: smaller(limits.maxBurstLength, 512, LONGEST_SEGMENT), default: '262144', normalOnly }],
    ['FirstBurstLength', { answer: firstBurst(limits), default: '65536', normalOnly }],
    ['MaxOutstandingR2T', { answer: smaller(limits.maxOutstandingR2T, 1, 0xffff), default: '1', normalOnly }],
    ['DataPDUInOrder', { answer: yesOrNo(() => true), default: 'Yes', normalOnly }],
    ['DataSequenceInOrder', { answer: yesOrNo(() => true), default: 'Yes', normalOnly }],
    ['DefaultTime2Wait', { answer: larger(2, 0, 3600), default: '2' }],
    // Nothing of a lost connection is kept, so there is nothing to come back to.
    ['DefaultTime2Retain', { answer: smaller(0, 0, 3600), default: '20' }],
    ['ErrorRecoveryLevel', { answer: smaller(0, 0, 2), default: '0' }],
    ['TaskReporting', { answer: oneOf('RFC3720'), default: 'RFC3720' }],
    ['iSCSIProtocolLevel', { answer: smaller(1, 0, 31), default: '1' }],
    // Obsolete: No is allowed, NotUnderstood is not (13.25); open-iscsi still offers No and wants No.
    ['IFMarker', { answer: yesOrNo(() => false), default: 'No' }],
    ['OFMarker', { answer: yesOrNo(() => false), default: 'No' }],
    ['IFMarkInt', { answer: () => undefined, default: '' }],
    ['OFMarkInt', { answer: () => undefined, default: '' }],
    // Only asked in full feature phase.
    ['SendTargets', { answer: () => undefined, default: '' }],
  ]);
}

/** The first of the offered values that is among ours. */
function oneOf(...ours: readonly string[]) {
  return (value: string): string | undefined => value.split(',').find((offered) => ours.includes(offered));
}

function yesOrNo(decide: (theirs: boolean) => boolean) {
  return (value: string): string | undefined => {
    if (value !== 'Yes' && value !== 'No') return undefined;
    return decide(value === 'Yes') ? 'Yes' : 'No';
  };
}

function smaller(ours: number, min: number, max: number) {
  return (value: string): string | undefined => {
    const theirs = numberOf(value, min, max);
    return theirs === undefined ? undefined : String(Math.min(ours, theirs));
  };
}

/** Never more than a burst (RFC 7143 13.14): libiscsi sends as much as it is told. */
function firstBurst(limits: IscsiTargetLimits) {
  return (value: string, agreed: ReadonlyMap<string, string>): string | undefined => {
    const ours = Math.min(
      limits.firstBurstLength,
      limits.maxBurstLength,
      Number(agreed.get('MaxBurstLength') ?? Infinity),
    );
    return smaller(ours, 512, LONGEST_SEGMENT)(value);
  };
}

function larger(ours: number, min: number, max: number) {
  return (value: string): string | undefined => {
    const theirs = numberOf(value, min, max);
    return theirs === undefined ? undefined : String(Math.max(ours, theirs));
  };
}

/** A decimal or hexadecimal number from `min` to `max`, else undefined. */
export function numberOf(value: string, min: number, max: number): number | undefined {
  const number = /^(?:\d{1,16}|0[xX][0-9A-Fa-f]{1,12})$/.test(value) ? Number(value) : Number.NaN;
  return number >= min && number <= max ? number : undefined;
}
