import type { Position } from './rig.js';

/** One thing wrong in a rig file. */
export interface RigProblem extends Position {
  /** What stands there, and why it cannot stay. */
  readonly what: string;
  /** What may stand there instead; absent when the only cure is to remove something. */
  readonly allowed?: string;
}

/**
 * A rig file cannot be used. `problems` lists everything that was found in it, in the order of the file; the first one's
 * place is repeated on the error itself.
 */
export class RigError extends Error {
  override readonly name = 'RigError';
  readonly code: 'RIG_INVALID' | 'RIG_NOT_FOUND';
  readonly file: string;
  readonly problems: readonly RigProblem[];

  constructor(code: 'RIG_INVALID' | 'RIG_NOT_FOUND', file: string, problems: readonly RigProblem[], cause?: unknown) {
    // A file that nobody could read has no lines to point at.
    const describe = code === 'RIG_NOT_FOUND' ? describeWithoutPlace : describeProblem;
    super(problems.map((problem) => describe(file, problem)).join('\n'), cause === undefined ? {} : { cause });
    this.code = code;
    this.file = file;
    this.problems = problems;
  }

  get line(): number {
    return this.problems[0]?.line ?? 1;
  }

  get column(): number {
    return this.problems[0]?.column ?? 1;
  }

  get allowed(): string | undefined {
    return this.problems[0]?.allowed;
  }
}

/** `rig.yaml:4:18: "lun" is missing; allowed: a logical unit number, 0 to 16383`, the form that editors jump to. */
export function describeProblem(file: string, problem: RigProblem): string {
  return describeWithoutPlace(`${file}:${problem.line}:${problem.column}`, problem);
}

function describeWithoutPlace(subject: string, { what, allowed }: RigProblem): string {
  return allowed === undefined ? `${subject}: ${what}` : `${subject}: ${what}; allowed: ${allowed}`;
}
