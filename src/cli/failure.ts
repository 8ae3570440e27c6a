import { ExitCode } from './command-error.js';

/** What a failed command tells the caller: the JSON document's `error`, and the source of the text. */
export interface Failure {
  /** A documented RSM symbol (`ERROR_INVALID_STATE`), or one of our own codes (`RIG_INVALID`, `FOLDER_LOCKED`). */
  readonly symbol: string;
  /** The Win32 number, for RSM codes only. */
  readonly number?: number;
  readonly message: string;
  /** Names that may have been meant. */
  readonly candidates?: readonly string[];
  /** The process that holds a locked folder. */
  readonly holder?: unknown;
  /** Places in the rig file. */
  readonly problems?: unknown;
}

/** A failure and the exit status that goes with it. */
export interface ExplainedFailure {
  readonly failure: Failure;
  readonly exitCode: ExitCode;
  /** Set for errors that no part of the program foresaw; shown so that they can be reported. */
  readonly stack?: string;
}

/** Turns whatever a command threw into what the user is told. Goes by codes, so that no class needs to be loaded here. */
export function explainFailure(error: unknown): ExplainedFailure {
  if (!(error instanceof Error)) return unforeseen(new Error(String(error)));
  const code = property(error, 'code');
  const symbol = property(error, 'symbol');
  if (typeof code === 'number' && typeof symbol === 'string') {
    return { failure: { symbol, number: code, message: error.message }, exitCode: ExitCode.FAILED };
  }
  if (typeof code !== 'string') return unforeseen(error);
  if (property(error, 'syscall') !== undefined) {
    const message = `${error.message}. Check that path and your rights to it, or name another one.`;
    return { failure: { symbol: code, message }, exitCode: ExitCode.FAILED };
  }
  const details = Object.fromEntries(
    ['candidates', 'holder', 'problems'].flatMap((key) => {
      const value = property(error, key);
      return value === undefined || (Array.isArray(value) && value.length === 0) ? [] : [[key, value]];
    }),
  );
  return { failure: { symbol: code, message: error.message, ...details }, exitCode: exitCodeOf(code) };
}

/** The lines for standard error. */
export function failureText({ failure, stack }: ExplainedFailure): string {
  const code = failure.number === undefined ? failure.symbol : `${failure.symbol} (${failure.number})`;
  // An NtmsError's message begins with its code.
  const { message } = failure;
  const lines = [message.startsWith(code) ? `rsm: ${message}` : `rsm: ${code}: ${message}`];
  if (failure.candidates !== undefined) lines.push(`     Perhaps one of: ${failure.candidates.join(', ')}`);
  if (stack !== undefined) lines.push(stack);
  return lines.join('\n');
}

function exitCodeOf(code: string): ExitCode {
  switch (code) {
    case 'INTERRUPTED':
      return ExitCode.INTERRUPTED;
    // Nothing was attempted, and the same call cannot succeed before the caller changes it or the rig file.
    case 'USAGE':
    case 'RIG_INVALID':
    case 'RIG_NOT_FOUND':
      return ExitCode.USAGE;
    default:
      return ExitCode.FAILED;
  }
}

function unforeseen(error: Error): ExplainedFailure {
  return {
    failure: { symbol: 'INTERNAL', message: error.message },
    exitCode: ExitCode.FAILED,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  };
}

function property(error: Error, name: string): unknown {
  return name in error ? (error as unknown as Record<string, unknown>)[name] : undefined;
}
