import { initialTransition, transition } from 'xstate';
import { sideMachine } from '../../machines/side.js';
import type { SideEffect, SideEvent, SideState } from '../../machines/side.js';
import { NtmsPartitionState } from '../objects/ntmsapi/index.js';
import type { SideRow } from '../objects/rows.js';
import { valueOf } from './state-projection.js';

const startStates: Readonly<Record<number, SideState>> = {
  [NtmsPartitionState.NTMS_PARTSTATE_UNKNOWN]: 'unknown',
  [NtmsPartitionState.NTMS_PARTSTATE_UNPREPARED]: 'unprepared',
  [NtmsPartitionState.NTMS_PARTSTATE_INCOMPATIBLE]: 'incompatible',
  [NtmsPartitionState.NTMS_PARTSTATE_DECOMMISSIONED]: 'decommissioned',
  [NtmsPartitionState.NTMS_PARTSTATE_AVAILABLE]: 'available',
  [NtmsPartitionState.NTMS_PARTSTATE_ALLOCATED]: 'allocated',
  [NtmsPartitionState.NTMS_PARTSTATE_COMPLETE]: 'complete',
  [NtmsPartitionState.NTMS_PARTSTATE_FOREIGN]: 'foreign',
  [NtmsPartitionState.NTMS_PARTSTATE_IMPORT]: 'import',
  [NtmsPartitionState.NTMS_PARTSTATE_RESERVED]: 'reserved',
};

/** What the side machine says of an event: the columns that it changes, or undefined when it refuses. */
export type SidePatch = Pick<SideRow, 'state' | 'allocateCount' | 'logicalMedia'>;

/**
 * Asks the side machine (machines/side.ts) what an event does to a side. Sides change by database work alone, so a machine
 * that starts from the record and is thrown away afterwards is enough; the caller writes the patch in its transaction.
 * @param maxAllocates dwMaxAllocates of the side's pool; matters for DEALLOCATE_REQUESTED only
 * @returns undefined when the machine refuses the event in this state
 */
export function askSide(side: SideRow, event: SideEvent, maxAllocates = 0): SidePatch | undefined {
  const [before] = initialTransition(sideMachine, {
    sideId: side.id,
    initial: startStates[side.state],
    allocateCount: side.allocateCount,
    maxAllocates,
    logicalMediumId: side.logicalMedia,
  });
  const [after, actions] = transition(sideMachine, before, event);
  if (actions.some(refuses)) return undefined;
  const state = valueOf(after.tags, NtmsPartitionState);
  if (state === undefined) throw new Error(`the side machine shows no state after ${event.type}`);
  const { allocateCount, logicalMediumId } = after.context;
  return { state, allocateCount, logicalMedia: logicalMediumId };
}

function refuses(action: { readonly type: string; readonly params?: unknown }): boolean {
  if (action.type !== 'xstate.emit') return false;
  const { event } = action.params as { readonly event: SideEffect };
  return event.type === 'side.refused' || event.type === 'event.unexpected';
}
