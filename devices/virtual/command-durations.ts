import type { Profile } from '../profiles/profile.js';
import type { TimeoutClass } from '../scsi/opcodes.js';
import type { CommandTimeouts } from '../scsi/spc/report-supported-operation-codes.js';

/** A host should wait so many times longer than the command takes. */
const PATIENCE = 3;
/** Nothing is given up sooner. */
const LEAST_SECONDS = 10;

/** How long the model's commands take by its own times, for command timeouts descriptors (SPC-4). */
export function commandDurations(profile: Profile): (timeoutClass: TimeoutClass) => CommandTimeouts {
  const { timings } = profile;
  const count = elementCount(profile);
  const step = timings.travelStartMs + timings.travelPerElementMs;
  const across = timings.travelStartMs + count * timings.travelPerElementMs;
  const nominalMs: Readonly<Record<TimeoutClass, number>> = {
    quick: 0,
    inquiry: 0,
    // From one end to the other, an unload before it, a two-sided medium turned over.
    motion:
      2 * across + timings.gripMs + timings.releaseMs + timings.invertMs + timings.driveUnloadMs + timings.rewindMs,
    inventory: across + count * (step + timings.scanMs),
    'tape-motion': timings.driveLoadMs + timings.driveUnloadMs + timings.rewindMs,
    data: timings.rewindMs,
  };
  return (timeoutClass) => {
    const seconds = nominalMs[timeoutClass] / 1000;
    return {
      nominalSeconds: Math.ceil(seconds),
      recommendedSeconds: Math.max(LEAST_SECONDS, Math.ceil(PATIENCE * seconds)),
    };
  };
}

/** How long the picker takes to stop before every element: the extended self-test. */
export function extendedSelfTestSeconds(profile: Profile): number {
  const { travelStartMs, travelPerElementMs } = profile.timings;
  const count = elementCount(profile);
  const home = travelStartMs + count * travelPerElementMs;
  return Math.ceil((2 * home + count * (travelStartMs + travelPerElementMs)) / 1000);
}

function elementCount({ elements }: Profile): number {
  return Object.values(elements).reduce((sum, { count }: { readonly count: number }) => sum + count, 0);
}
