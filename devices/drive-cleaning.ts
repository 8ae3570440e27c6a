import type { Drive } from './drive.js';
import type { CommandOptions } from './command-request.js';
import { Backoff } from './recovery-bounds.js';

/** How urgently a drive asks to be cleaned: it may fail until it is, or it is time. */
export type CleaningWish = 'required' | 'requested';

/**
 * How a cleaning ended:
 * - `cleaned`: the drive told that a cleaning cartridge ran, and that it has let it go;
 * - `expired`: the cleaning cartridge is used up;
 * - `unfit`: the drive does not take it for a cleaning cartridge;
 * - `not-seen`: nothing shows that the drive cleaned;
 * - `still-cleaning`: the time is over and the cartridge is still at work;
 * - `failed`: the drive answered with an error of its own, or could not be reached.
 */
export type CleaningEnd = 'cleaned' | 'expired' | 'unfit' | 'not-seen' | 'still-cleaning' | 'failed';

export interface CleaningReport {
  readonly end: CleaningEnd;
  /** What the drive said; for people. */
  readonly message: string;
  /** The cartridge is threaded, or held; the drive does not let it go by itself. */
  readonly holds: boolean;
}

/** TapeAlert flags of drives that speak of cleaning (SSC-3). */
const CleaningAlert = { CLEANING_MEDIA: 11, REQUIRED: 20, REQUESTED: 21, EXPIRED: 22, INVALID: 23 } as const;

/** So long a drive may take to see what the picker put into it. */
const settlingMs = 30_000;
const pauses = { firstPauseMs: 250, longestPauseMs: 5_000 };

/** What the drive asks for by TapeAlert; most drives tell it once only. Undefined also when it cannot be asked. */
export async function cleaningWish(drive: Drive, options: CommandOptions = {}): Promise<CleaningWish | undefined> {
  const alerts = await drive.tapeAlerts(options);
  if (!alerts.ok) return undefined;
  if (alerts.value.has(CleaningAlert.REQUIRED)) return 'required';
  return alerts.value.has(CleaningAlert.REQUESTED) ? 'requested' : undefined;
}

/**
 * Watches a drive that was given a cleaning cartridge until it has done with it. Drives clean by themselves and eject when
 * they are done; that they did is told by their sense data while it lasts, and by TapeAlert afterwards. Rejects with the
 * reason of `signal` when that aborts in a pause.
 */
export async function watchCleaning(
  drive: Drive,
  { timeoutMs, ...options }: CommandOptions & { readonly timeoutMs: number },
): Promise<CleaningReport> {
  const backoff = new Backoff(drive.clock, timeoutMs, pauses);
  const settledAt = drive.clock.now() + settlingMs;
  const told = new Set<number>();
  let sawCleaning = false;
  for (;;) {
    const asked = await drive.testUnitReady(options);
    if (!asked.ok) return { end: 'failed', message: asked.failure.message, holds: false };
    const readiness = asked.value;
    const holds = readiness === 'ready' || readiness === 'not-loaded';
    const tell = (end: CleaningEnd, message: string): CleaningReport => ({ end, message, holds });
    if (readiness === 'ready') return tell('unfit', `${drive.name} loaded it as a medium for data`);
    const busy = readiness === 'cleaning' || readiness === 'becoming-ready';
    if (readiness === 'cleaning') sawCleaning = true;
    if (!busy) {
      const alerts = await drive.tapeAlerts(options);
      for (const flag of alerts.ok ? alerts.value : []) told.add(flag);
      const end = endOf(told, sawCleaning && readiness !== 'not-ready');
      if (end !== undefined) return tell(end, `${drive.name} is ${readiness}`);
      if (readiness === 'incompatible-medium') return tell('unfit', `${drive.name} cannot use it`);
      if (drive.clock.now() >= settledAt) {
        return tell('not-seen', `${drive.name} is ${readiness} and did not tell that it cleaned`);
      }
    }
    if (await backoff.pause(options.signal)) continue;
    return tell(busy ? 'still-cleaning' : 'not-seen', `${drive.name} is ${readiness} after ${timeoutMs} ms`);
  }
}

function endOf(told: ReadonlySet<number>, sawCleaning: boolean): CleaningEnd | undefined {
  if (told.has(CleaningAlert.EXPIRED)) return 'expired';
  if (told.has(CleaningAlert.INVALID)) return 'unfit';
  return sawCleaning || told.has(CleaningAlert.CLEANING_MEDIA) ? 'cleaned' : undefined;
}
