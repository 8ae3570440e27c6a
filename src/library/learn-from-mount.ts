import { NtmsError } from '../objects/ntms-error.js';
import type { SideRow } from '../objects/rows.js';
import { identifyByLabel } from './identify-by-label.js';
import type { LibraryContext } from './library-context.js';
import type { PlannedMount } from './mount-plan.js';
import { noteLabel } from './note-label.js';
import type { OnMediaLabel } from './on-media-label.js';
import { askSide } from './side-transitions.js';

/**
 * Notes what a mount found on a medium. Inside the mount's own transaction; what is returned is to be called after its
 * commit and tells a person when two cartridges carry the same label.
 */
export function noteMounted(context: LibraryContext, side: SideRow, label: OnMediaLabel): () => void {
  const { store, identity, notice } = context;
  noteLabel(store, side, label);
  const now = store.table('sides').require(side.id);
  if (now.omidLabelId === side.omidLabelId) return () => undefined;
  return () => {
    try {
      identity.tellDuplicates(now, label);
    } catch (error) {
      notice(`that ${now.name} carries another cartridge's label could not be told: ${String(error)}`);
    }
  };
}

/**
 * What a mount that failed showed about its media, once they are out of the way. `recovers` false: what a label says is the
 * caller's to deal with. Never throws.
 */
export function learnFromFailure(
  context: LibraryContext,
  { mounts, recovers }: { readonly mounts: readonly PlannedMount[]; readonly recovers: boolean },
  error: unknown,
): void {
  if (!(error instanceof NtmsError)) return;
  const mount = mounts.find(({ into }) => into.objectId === error.data?.['drive']);
  if (mount === undefined) return;
  try {
    if (error.data?.['incompatible'] === true) noteIncompatible(context, mount.side);
    const label = error.data?.['label'] as OnMediaLabel | undefined;
    if (recovers && label !== undefined) context.elements.commit(() => identifyByLabel(context, mount.medium, label));
  } catch (fault) {
    context.notice(`${context.name}: what a mount found could not be written down: ${String(fault)}`);
  }
}

/** P5: the drive cannot handle a side that nobody had identified. One that is in use keeps its state. */
function noteIncompatible({ store }: LibraryContext, sideId: string): void {
  const side = store.table('sides').require(sideId);
  const patch = askSide(side, { type: 'IDENTIFIED', as: 'incompatible' });
  if (patch !== undefined) store.table('sides').update(sideId, patch);
}
