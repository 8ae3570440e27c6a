import { CommandError } from '../command-error.js';

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, '': 1000, s: 1000, m: 60_000, h: 3_600_000 };

/** 0xFFFFFFFF means "for ever" to MountNtmsMedia, so the longest finite wait is one less. */
const LONGEST_MS = 0xffff_fffe;

/** Reads `90`, `90s`, `1500ms`, `5m`, `1h` as milliseconds. */
export function parseTimeSpan(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim());
  const ms = match === null ? Number.NaN : Math.round(Number(match[1]) * (UNITS_MS[match[2] ?? ''] ?? Number.NaN));
  if (!(ms >= 0 && ms <= LONGEST_MS)) {
    throw new CommandError(
      'USAGE',
      `"${text}" is no length of time. Write seconds, or a number with ms, s, m or h: 90, 5m.`,
    );
  }
  return ms;
}
