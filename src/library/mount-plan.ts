import { NtmsDriveState, NtmsOperationalState } from '../objects/ntmsapi/index.js';
import type { DriveRow, PhysicalMediumRow } from '../objects/rows.js';
import { chooseDrives } from './drive-choice.js';
import type { DriveCandidate } from './drive-choice.js';
import { findHomeSlot } from './home-slot.js';
import type { LibraryContext } from './library-context.js';
import type { LibraryElement } from './library-elements.js';
import type { Missing } from './work-item.js';

/** One medium of a mount, with the library request that stands for it. */
export interface WantedMount {
  readonly requestId: string;
  readonly side: string;
  readonly medium: string;
  /** The wanted drive, if one is. */
  readonly drive: string | null;
}

export interface PlannedMount extends WantedMount {
  readonly into: LibraryElement;
}

/** A drive that has to be emptied first, and the slot that its cartridge goes to. */
export interface Clearance {
  readonly drive: LibraryElement;
  readonly medium: string;
  readonly slot: LibraryElement;
}

export interface MountPlan {
  readonly mounts: readonly PlannedMount[];
  readonly clearances: readonly Clearance[];
  /** All that the mount touches. */
  readonly claim: readonly string[];
}

/** Decides how the media of one mount come into drives, by the records as they are; nothing is taken yet. */
export function planMount(
  context: LibraryContext,
  wanted: readonly WantedMount[],
  kept: ReadonlySet<string>,
): MountPlan | Missing {
  const unusable = context.whyUnusable();
  if (unusable !== undefined) return { missing: unusable };
  const { store, elements, id } = context;
  elements.writeStates();
  for (const { medium: mediumId } of wanted) {
    const medium = store.table('physicalMedia').require(mediumId);
    const reason = whyNotFree(context, medium);
    if (reason !== undefined) return { missing: `${medium.name} ${reason}` };
  }
  const rows = store.table('drives').list({ library: id });
  const candidates = rows.map((row) => candidateOf(context, row, kept));
  const chosen = chooseDrives(
    wanted.map(({ medium, drive }) => ({ mediumId: medium, drive })),
    candidates,
  );
  if (chosen === undefined) return noDrive(wanted, rows);
  const mounts = wanted.map((mount, index) => ({ ...mount, into: elements.of(chosen[index] ?? '') }));
  const clearances = planClearances(context, mounts, candidates);
  if ('missing' in clearances) return clearances;
  const claim = [
    ...mounts.flatMap(({ medium, into }) => [medium, into.objectId]),
    ...clearances.flatMap(({ drive, medium, slot }) => [drive.objectId, medium, slot.objectId]),
  ];
  return { mounts, clearances, claim: [...new Set(claim)] };
}

function whyNotFree({ store, claims, elements }: LibraryContext, medium: PhysicalMediumRow): string | undefined {
  if (!medium.enabled) return 'is disabled';
  if (medium.claimedBy !== null) return 'is mounted';
  if (claims.has(medium.id)) return 'is in use by another request';
  const element = elements.elementOf(medium);
  if (element === undefined) return 'is not in the library';
  if (element.kind === 'drive') return undefined;
  if (element.kind !== 'slot') return `is in ${element.name}, not in a slot`;
  return store.table('slots').require(element.objectId).enabled
    ? undefined
    : `is in ${element.name}, which is disabled`;
}

function candidateOf({ elements, claims }: LibraryContext, row: DriveRow, kept: ReadonlySet<string>): DriveCandidate {
  elements.followEnabled('drive', row);
  const inside = elements.mediumIn(elements.of(row.id));
  const cleaning = row.state === NtmsDriveState.NTMS_DRIVESTATE_BEING_CLEANED;
  const evictable = inside !== undefined && inside.claimedBy === null && !cleaning;
  const empty = inside === undefined && row.state === NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED;
  return {
    id: row.id,
    number: row.number,
    enabled: row.enabled,
    failed: row.operationalState !== NtmsOperationalState.NTMS_READY,
    claimed: claims.has(row.id) || kept.has(row.id) || (inside !== undefined && claims.has(inside.id)),
    state: empty ? 'empty' : evictable ? 'evictable' : 'occupied',
    mediumId: inside?.id ?? null,
    dismountableSince: row.dismountableSince ?? 0,
  };
}

function noDrive(wanted: readonly WantedMount[], rows: readonly DriveRow[]): Missing {
  const named = wanted.flatMap(({ drive }) => drive ?? []);
  const names = rows.filter(({ id }) => named.includes(id)).map(({ name }) => name);
  const open = wanted.length > named.length;
  const missing = names.length > 0 ? names.join(' and ') : wanted.length === 1 ? 'a drive' : `${wanted.length} drives`;
  return { missing: `${missing} to become free`, wants: open ? rows.map(({ id }) => id) : named };
}

/** Which drives have to be emptied first: those that hold another cartridge, and those that a wanted one has to leave. */
function planClearances(
  context: LibraryContext,
  mounts: readonly PlannedMount[],
  candidates: readonly DriveCandidate[],
): readonly Clearance[] | Missing {
  const { store, elements } = context;
  const clearances: Clearance[] = [];
  const taken = new Set<string>();
  for (const drive of candidates) {
    if (drive.mediumId === null) continue;
    const here = mounts.find(({ into }) => into.objectId === drive.id);
    const isWanted = mounts.some(({ medium }) => medium === drive.mediumId);
    const stays = here?.medium === drive.mediumId || (here === undefined && !isWanted);
    if (stays) continue;
    const element = elements.of(drive.id);
    const medium = store.table('physicalMedia').require(drive.mediumId);
    if (!drive.enabled || drive.failed || drive.claimed) {
      return { missing: `${medium.name} to come out of ${element.name}`, wants: [drive.id] };
    }
    const slot = findHomeSlot(context, medium, taken);
    if (slot === undefined) return { missing: `an empty slot for ${medium.name}, which is in ${element.name}` };
    taken.add(slot);
    clearances.push({ drive: element, medium: medium.id, slot: elements.of(slot) });
  }
  return clearances;
}
