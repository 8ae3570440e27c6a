import { IscsiError, protocolError } from './iscsi-error.js';
import { decodeNumber, type TextKey } from './text-keys.js';

/** Which digests may be used, in the order of preference; a list with one entry insists on it. */
export type DigestOffer = 'None' | 'CRC32C' | 'CRC32C,None' | 'None,CRC32C';

/** What this side asks for. Lengths in bytes. */
export interface OperationalOffer {
  readonly headerDigest: DigestOffer;
  readonly dataDigest: DigestOffer;
  /** Declared, not negotiated: the longest data segment that this side takes. */
  readonly maxRecvDataSegmentLength: number;
  readonly maxBurstLength: number;
  readonly firstBurstLength: number;
  readonly initialR2T: boolean;
  readonly immediateData: boolean;
  readonly maxOutstandingR2T: number;
}

/** What both sides agreed on. Lengths in bytes, times in seconds. */
export interface SessionParameters {
  headerDigest: boolean;
  dataDigest: boolean;
  /** The longest data segment that the target takes. */
  targetMaxRecvDataSegmentLength: number;
  maxBurstLength: number;
  firstBurstLength: number;
  initialR2T: boolean;
  immediateData: boolean;
  maxOutstandingR2T: number;
  defaultTime2Wait: number;
  targetAlias: string | undefined;
}

type Combine = 'or' | 'and' | 'min' | 'max' | 'list';

interface KeyRule {
  readonly combine: Combine;
  /** The value that holds when nobody mentions the key (RFC 7143 clause 13). */
  readonly default: string;
  readonly min?: number;
  readonly max?: number;
}

const LONGEST_SEGMENT = 0xff_ffff;

/** The negotiated keys of RFC 7143 clause 13 with their result functions. */
const rules: Readonly<Record<string, KeyRule>> = {
  HeaderDigest: { combine: 'list', default: 'None' },
  DataDigest: { combine: 'list', default: 'None' },
  MaxConnections: { combine: 'min', default: '1', min: 1, max: 0xffff },
  InitialR2T: { combine: 'or', default: 'Yes' },
  ImmediateData: { combine: 'and', default: 'Yes' },
  MaxBurstLength: { combine: 'min', default: '262144', min: 512, max: LONGEST_SEGMENT },
  FirstBurstLength: { combine: 'min', default: '65536', min: 512, max: LONGEST_SEGMENT },
  DefaultTime2Wait: { combine: 'max', default: '2', min: 0, max: 3600 },
  DefaultTime2Retain: { combine: 'min', default: '20', min: 0, max: 3600 },
  MaxOutstandingR2T: { combine: 'min', default: '1', min: 1, max: 0xffff },
  DataPDUInOrder: { combine: 'or', default: 'Yes' },
  DataSequenceInOrder: { combine: 'or', default: 'Yes' },
  ErrorRecoveryLevel: { combine: 'min', default: '0', min: 0, max: 2 },
};

/** Answers that mean "as if you had not asked". */
const refusals: ReadonlySet<string> = new Set(['Reject', 'NotUnderstood', 'Irrelevant']);

/** Markers are obsolete; a target that still asks is told Reject, never NotUnderstood. */
const obsoleteKeys: ReadonlySet<string> = new Set(['IFMarker', 'OFMarker', 'IFMarkInt', 'OFMarkInt']);

/** Keys that only declare something which this side has no use for. */
const ignoredDeclarations: ReadonlySet<string> = new Set(['TargetAddress', 'TargetPortalGroupTag']);

/**
 * The operational parameters of one login: what is offered, what the target answered or asked by itself, and the result.
 * Keys that the target never answers keep their defaults, as small targets do answer only what they changed.
 */
export class OperationalNegotiation {
  readonly #offer: OperationalOffer;
  readonly #offered: Map<string, string>;
  readonly #agreed = new Map<string, string>();
  #targetMaxRecvDataSegmentLength = 8192;
  #targetAlias: string | undefined;

  constructor(offer: OperationalOffer, sessionType: 'Normal' | 'Discovery') {
    this.#offer = offer;
    const always: TextKey[] = [
      ['HeaderDigest', offer.headerDigest],
      ['DataDigest', offer.dataDigest],
      ['DefaultTime2Wait', '2'],
      ['DefaultTime2Retain', '0'],
      ['ErrorRecoveryLevel', '0'],
    ];
    // The rest is about commands and their data, which a discovery session has none of.
    const normalOnly: TextKey[] = [
      ['MaxConnections', '1'],
      ['InitialR2T', yesNo(offer.initialR2T)],
      ['ImmediateData', yesNo(offer.immediateData)],
      ['MaxBurstLength', String(offer.maxBurstLength)],
      ['FirstBurstLength', String(Math.min(offer.firstBurstLength, offer.maxBurstLength))],
      ['MaxOutstandingR2T', String(offer.maxOutstandingR2T)],
      ['DataPDUInOrder', 'Yes'],
      ['DataSequenceInOrder', 'Yes'],
    ];
    this.#offered = new Map(sessionType === 'Normal' ? [...always, ...normalOnly] : always);
  }

  /** The keys to send in the first PDU of the operational stage. */
  offer(): TextKey[] {
    return [...this.#offered, ['MaxRecvDataSegmentLength', String(this.#offer.maxRecvDataSegmentLength)]];
  }

  /** Takes the target's keys; gives the answers to what it asked by itself. Throws `ISCSI_PROTOCOL`, `ISCSI_NEGOTIATION`. */
  receive(keys: readonly TextKey[]): TextKey[] {
    const answers: TextKey[] = [];
    for (const [key, value] of keys) {
      const answer = this.#receive(key, value);
      if (answer !== undefined) answers.push([key, answer]);
    }
    return answers;
  }

  result(): SessionParameters {
    const maxBurstLength = this.#number('MaxBurstLength');
    return {
      headerDigest: this.#value('HeaderDigest') === 'CRC32C',
      dataDigest: this.#value('DataDigest') === 'CRC32C',
      targetMaxRecvDataSegmentLength: this.#targetMaxRecvDataSegmentLength,
      maxBurstLength,
      // A target may answer the two in either order; the first burst never exceeds a burst.
      firstBurstLength: Math.min(this.#number('FirstBurstLength'), maxBurstLength),
      initialR2T: this.#value('InitialR2T') === 'Yes',
      immediateData: this.#value('ImmediateData') === 'Yes',
      maxOutstandingR2T: this.#number('MaxOutstandingR2T'),
      defaultTime2Wait: this.#number('DefaultTime2Wait'),
      targetAlias: this.#targetAlias,
    };
  }

  #receive(key: string, value: string): string | undefined {
    if (key === 'MaxRecvDataSegmentLength') {
      this.#targetMaxRecvDataSegmentLength = decodeNumber(key, value, 512, LONGEST_SEGMENT);
      return undefined;
    }
    if (key === 'TargetAlias') {
      this.#targetAlias = value;
      return undefined;
    }
    if (ignoredDeclarations.has(key)) return undefined;
    if (obsoleteKeys.has(key)) return 'Reject';
    const rule = rules[key];
    // An answer needs no answer; refusing an unknown question does.
    if (rule === undefined) return refusals.has(value) ? undefined : 'NotUnderstood';
    if (this.#agreed.has(key)) throw protocolError(`${key} was negotiated twice`);
    const offered = this.#offered.get(key);
    if (offered === undefined) {
      const result = combine(key, rule, rule.default, value);
      this.#agreed.set(key, result);
      return result;
    }
    this.#agreed.set(
      key,
      refusals.has(value) ? this.#refused(key, rule, offered) : answered(key, rule, offered, value),
    );
    return undefined;
  }

  #refused(key: string, rule: KeyRule, offered: string): string {
    if (rule.combine === 'list' && !offered.split(',').includes(rule.default)) {
      throw new IscsiError(
        'ISCSI_NEGOTIATION',
        `The target refused ${key}=${offered}; allow None as well, or enable it on the target`,
      );
    }
    return rule.default;
  }

  #value(key: string): string {
    return this.#agreed.get(key) ?? rules[key]?.default ?? '';
  }

  #number(key: string): number {
    return Number(this.#value(key));
  }
}

/** Checks the target's answer against what its result function could give. */
function answered(key: string, rule: KeyRule, offered: string, value: string): string {
  if (rule.combine === 'list') {
    if (offered.split(',').includes(value)) return value;
    throw new IscsiError('ISCSI_NEGOTIATION', `The target answered ${key}=${value}, offered was ${offered}`);
  }
  const result = combine(key, rule, offered, value);
  if (result !== normalised(key, rule, value)) {
    throw protocolError(`${key}=${value} is not a possible answer to ${key}=${offered}`);
  }
  return result;
}

function combine(key: string, rule: KeyRule, ours: string, theirs: string): string {
  switch (rule.combine) {
    case 'list':
      return theirs.split(',').includes(ours) ? ours : 'Reject';
    case 'or':
      return yesNo(isYes(key, ours) || isYes(key, theirs));
    case 'and':
      return yesNo(isYes(key, ours) && isYes(key, theirs));
    case 'min':
      return String(Math.min(Number(ours), ranged(key, rule, theirs)));
    default:
      return String(Math.max(Number(ours), ranged(key, rule, theirs)));
  }
}

function normalised(key: string, rule: KeyRule, value: string): string {
  return rule.min === undefined ? value : String(ranged(key, rule, value));
}

function ranged(key: string, rule: KeyRule, value: string): number {
  return decodeNumber(key, value, rule.min ?? 0, rule.max ?? 0);
}

function isYes(key: string, value: string): boolean {
  if (value === 'Yes' || value === 'No') return value === 'Yes';
  throw protocolError(`${key}=${value}, allowed is Yes or No`);
}

function yesNo(value: boolean): string {
  return value ? 'Yes' : 'No';
}
