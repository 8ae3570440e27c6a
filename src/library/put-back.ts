import { NtmsError } from '../objects/ntms-error.js';
import { DismountWork } from './dismount-work.js';
import type { LibraryContext } from './library-context.js';
import type { Turn } from './work-item.js';

/**
 * Brings a cartridge home that a work item of the manager's own mounted, as a part of that item: the request's state is the
 * item's affair. Rejects with ERROR_RESOURCE_NOT_AVAILABLE when there is no slot for it; then it is left in the drive for
 * whoever needs that.
 */
export async function putBack(
  context: LibraryContext,
  wanted: { readonly requestId: string; readonly medium: string; readonly drive: string; readonly timeQueued: number },
): Promise<void> {
  const { timeQueued, ...what } = wanted;
  const dismount = new DismountWork(context, { ...what, deferred: false }, timeQueued);
  const needs = dismount.needs();
  if (!('missing' in needs) && context.claims.take(wanted.requestId, needs.claim)) {
    await dismount.run(partOfTurn());
    return;
  }
  // It must not stay claimed by an item that is over.
  await new DismountWork(context, { ...what, deferred: true }, timeQueued).run(partOfTurn());
  throw new NtmsError('ERROR_RESOURCE_NOT_AVAILABLE', 'no slot is empty for the cartridge that was read');
}

/** The turn of a work item inside another one, which begins and ends the request by itself. */
export function partOfTurn(signal: AbortSignal = new AbortController().signal): Turn {
  const shutdown = new AbortController().signal;
  return { signal, stopping: false, shutdown, begin: () => undefined, end: () => undefined };
}
