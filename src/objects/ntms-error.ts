import { win32Errors } from './win32.js';
import type { Win32Symbol } from './win32.js';

/**
 * What an NTMS function rejects with: the Win32 code that the C API would have returned, and which check or device
 * gave it. Callers test `code` or `symbol`; the wording may change.
 */
export class NtmsError extends Error {
  override readonly name = 'NtmsError';
  /** The Win32 number: 5023. */
  readonly code: number;
  /** Its name: `ERROR_INVALID_STATE`. */
  readonly symbol: Win32Symbol;
  /** Which check failed, with names and identifiers of the objects it looked at. */
  readonly detail: string;
  /** Figures for programs: needed sizes, identifiers, sense data. */
  readonly data: Readonly<Record<string, unknown>> | undefined;

  constructor(
    symbol: Win32Symbol,
    detail: string,
    options: { cause?: unknown; data?: Readonly<Record<string, unknown>> } = {},
  ) {
    const { code, advice } = win32Errors[symbol];
    super(
      `${symbol} (${code}): ${detail.replace(/[.\s]+$/, '')}. ${advice}`,
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.code = code;
    this.symbol = symbol;
    this.detail = detail;
    this.data = options.data;
  }
}
