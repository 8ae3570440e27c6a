/** What the process says about itself when it ends. */
export const ExitCode = { SUCCESS: 0, FAILED: 1, USAGE: 2, INTERRUPTED: 130 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export type CommandErrorCode =
  | 'USAGE' // the command line itself
  | 'INTERRUPTED' // SIGINT or SIGTERM while waiting
  | 'MEDIUM_NOT_FOUND'
  | 'MEDIUM_AMBIGUOUS'
  | 'DRIVE_NOT_FOUND'
  | 'DRIVE_AMBIGUOUS'
  | 'LIBRARY_NOT_FOUND'
  | 'OBJECT_NOT_FOUND'
  | 'OBJECT_AMBIGUOUS'
  | 'TIMEOUT' // what was waited for did not come
  | 'NOT_OPEN' // a request that has ended
  | 'IN_USE' // somebody has it; only they can give it back
  | 'LIBRARY_NOT_USABLE';

/** A command cannot go on for a reason that lies in what it was asked, not in the library. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: CommandErrorCode;
  /** Names that may have been meant. */
  readonly candidates: readonly string[];
  /** The JSON document of the command is written already, and says so itself. */
  readonly documented: boolean;

  constructor(
    code: CommandErrorCode,
    message: string,
    candidates: readonly string[] = [],
    { documented = false }: { readonly documented?: boolean } = {},
  ) {
    super(message);
    this.code = code;
    this.candidates = candidates;
    this.documented = documented;
  }
}

/** The program that was run failed; it has said why itself. */
export class CommandEnded extends Error {
  override readonly name = 'CommandEnded';
  readonly exitStatus: number;

  constructor(exitStatus: number) {
    super(`the command ended with ${exitStatus}`);
    this.exitStatus = exitStatus;
  }
}
