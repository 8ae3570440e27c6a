/** A drive as the choice for a mount sees it. */
export interface DriveCandidate {
  readonly id: string;
  readonly number: number;
  readonly enabled: boolean;
  readonly failed: boolean;
  /** Somebody's request has it. */
  readonly claimed: boolean;
  readonly state: 'empty' | 'evictable' | 'occupied';
  /** The cartridge inside. */
  readonly mediumId: string | null;
  /** When the cartridge inside was left there by a deferred dismount. */
  readonly dismountableSince: number;
}

/** One medium of a mount, and the drive that it must come into when one was named. */
export interface WantedDrive {
  readonly mediumId: string;
  readonly drive: string | null;
}

/**
 * Drives for the media of one mount, all of them or none: the wanted drive; else the one that the cartridge is in
 * already; else an empty one, lowest number first; else the one whose dismountable cartridge waits longest.
 */
export function chooseDrives(
  wanted: readonly WantedDrive[],
  candidates: readonly DriveCandidate[],
): string[] | undefined {
  const free = candidates.filter(
    (drive) => drive.enabled && !drive.failed && !drive.claimed && drive.state !== 'occupied',
  );
  const taken = new Set<string>();
  const take = (drive: DriveCandidate | undefined): string | undefined => {
    if (drive === undefined || taken.has(drive.id)) return undefined;
    taken.add(drive.id);
    return drive.id;
  };
  const named = wanted.map(({ drive }) =>
    drive === null ? undefined : take(free.find((candidate) => candidate.id === drive)),
  );
  const inPlace = wanted.map(
    ({ drive, mediumId }, index) =>
      named[index] ?? (drive === null ? take(free.find((candidate) => candidate.mediumId === mediumId)) : undefined),
  );
  // A drive that a cartridge of this mount has to leave comes last: it costs one motion more.
  const isLeft = ({ mediumId }: DriveCandidate): boolean => wanted.some((medium) => medium.mediumId === mediumId);
  const others = free.toSorted((a, b) => Number(isLeft(a)) - Number(isLeft(b)) || emptyThenLongestWaiting(a, b));
  const chosen: string[] = [];
  for (const [index, { drive }] of wanted.entries()) {
    const one =
      inPlace[index] ?? (drive === null ? take(others.find((candidate) => !taken.has(candidate.id))) : undefined);
    if (one === undefined) return undefined;
    chosen.push(one);
  }
  return chosen;
}

function emptyThenLongestWaiting(a: DriveCandidate, b: DriveCandidate): number {
  return (
    Number(a.state === 'evictable') - Number(b.state === 'evictable') ||
    (a.state === 'evictable' ? a.dismountableSince - b.dismountableSince : 0) ||
    a.number - b.number
  );
}
