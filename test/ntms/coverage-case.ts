import type { Test } from 'tap';
import type {
  ChangeOf,
  CodeOf,
  DocumentedName,
  DocumentedRight,
  ParameterOf,
  RuleOf,
} from '../../src/ntms/documented-functions.js';

/** A test that makes one function give one documented code. */
export interface ReturnCodeCase<Name extends DocumentedName = DocumentedName> {
  readonly function: Name;
  readonly symbol: CodeOf<Name>;
  readonly title: string;
  /** The parameter whose value brings the code. */
  readonly parameter?: ParameterOf<Name>;
  /** The kind of object whose access list refuses. */
  readonly right?: DocumentedRight['object'];
  /** Prepares everything, and resolves with the one call that gets the code. */
  readonly run: (t: Test) => Promise<() => Promise<unknown>>;
}

/** A test of a rule that the pages state, of a change that a call makes, or of what a parameter means. */
export interface BehaviourCase<Name extends DocumentedName = DocumentedName> {
  readonly function: Name;
  readonly rule?: RuleOf<Name>;
  readonly change?: ChangeOf<Name>;
  readonly parameter?: ParameterOf<Name>;
  readonly title: string;
  readonly run: (t: Test) => Promise<void>;
}

/** Why no test meets a documented line. */
export interface Reason<Name extends DocumentedName = DocumentedName> {
  readonly function: Name;
  readonly symbol?: CodeOf<Name>;
  readonly rule?: RuleOf<Name>;
  readonly reason: string;
}

/** The cases of one function; the compiler holds symbols and parameters to the function's table. */
export function returnCodesOf<Name extends DocumentedName>(
  name: Name,
  cases: readonly Omit<ReturnCodeCase<Name>, 'function'>[],
): readonly ReturnCodeCase[] {
  return cases.map((one) => ({ ...one, function: name }));
}

export function behaviourOf<Name extends DocumentedName>(
  name: Name,
  cases: readonly Omit<BehaviourCase<Name>, 'function'>[],
): readonly BehaviourCase[] {
  return cases.map((one) => ({ ...one, function: name }));
}

export function reasonsOf<Name extends DocumentedName>(
  name: Name,
  reasons: readonly Omit<Reason<Name>, 'function'>[],
): readonly Reason[] {
  return reasons.map((one) => ({ ...one, function: name }));
}
