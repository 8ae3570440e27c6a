import { NtmsMediaState, NtmsPartitionState, NtmsPoolType } from '../objects/ntmsapi/index.js';
import type { MediaPoolRow, PhysicalMediumRow, SideRow } from '../objects/rows.js';

/** Why a cartridge may not go into another pool. */
export interface MoveRefusal {
  /** `rule`: never; `busy`: not now. */
  readonly kind: 'rule' | 'busy';
  readonly why: string;
}

export interface PoolMove {
  readonly medium: PhysicalMediumRow;
  readonly sides: readonly SideRow[];
  readonly source: MediaPoolRow;
  readonly destination: MediaPoolRow;
  /** Work under way holds the cartridge, it is in a drive, or a mount of it waits. */
  readonly inUse: boolean;
}

const { NTMS_POOLTYPE_SCRATCH: FREE, NTMS_POOLTYPE_FOREIGN: UNRECOGNIZED, NTMS_POOLTYPE_IMPORT: IMPORT } = NtmsPoolType;

/** Sides that belong to somebody: they keep their cartridge out of the free pool. */
export const ownedStates: readonly number[] = [
  NtmsPartitionState.NTMS_PARTSTATE_ALLOCATED,
  NtmsPartitionState.NTMS_PARTSTATE_COMPLETE,
  NtmsPartitionState.NTMS_PARTSTATE_RESERVED,
];

/** Sides that no free label makes usable. */
const hopelessStates: readonly number[] = [
  NtmsPartitionState.NTMS_PARTSTATE_DECOMMISSIONED,
  NtmsPartitionState.NTMS_PARTSTATE_INCOMPATIBLE,
];

/** The rules of MoveToNtmsMediaPool (MS-RSMP 3.2.5.2.2.13), the media type apart. Undefined when nothing is in the way. */
export function whyNotMove(move: PoolMove): MoveRefusal | undefined {
  const { medium, source, destination } = move;
  const broken = brokenRule(move);
  if (broken !== undefined) return { kind: 'rule', why: `${medium.name} may not go there: ${broken}` };
  if (source.id === destination.id) return undefined;
  const busy = whyBusy(move);
  return busy === undefined ? undefined : { kind: 'busy', why: `${medium.name} cannot go there now: ${busy}` };
}

function brokenRule({ sides, source, destination }: PoolMove): string | undefined {
  const type = destination.poolType;
  if (destination.mediaType === null) return `${destination.name} holds other pools and no media`;
  if (source.id === destination.id) return undefined;
  if (type === UNRECOGNIZED) return 'only unidentified media come into an unrecognized pool, by being looked at';
  if ((source.poolType === UNRECOGNIZED || source.poolType === IMPORT) && type !== FREE) {
    return `media in ${source.name} may go to the free pool only`;
  }
  if (type === FREE && sides.some(({ state }) => ownedStates.includes(state))) {
    return 'a side of it is allocated, complete or reserved';
  }
  if (type === IMPORT && !sides.every(({ state }) => state === NtmsPartitionState.NTMS_PARTSTATE_IMPORT)) {
    return 'not all of its sides are in the import state';
  }
  return undefined;
}

function whyBusy({ medium, sides, destination, inUse }: PoolMove): string | undefined {
  if (inUse) return 'it is in use, or a mount of it waits';
  if (medium.mediaState !== NtmsMediaState.NTMS_MEDIASTATE_IDLE) return 'it is mounted or waited for';
  if (!medium.enabled || sides.some(({ enabled }) => !enabled)) return 'it is disabled';
  if (destination.poolType === FREE) {
    return sides.some(({ state }) => hopelessStates.includes(state))
      ? 'a side of it is decommissioned or incompatible'
      : undefined;
  }
  return sides.some(({ state }) => state === NtmsPartitionState.NTMS_PARTSTATE_UNPREPARED)
    ? 'its free label is still to be written'
    : undefined;
}
