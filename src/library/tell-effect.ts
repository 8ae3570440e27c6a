import type { EventObject } from 'xstate';
import type { ElementEffect } from './element-actors.js';
import type { LibraryContext } from './library-context.js';
import type { LibraryTroubles } from './library-troubles.js';

/** Tells people what a machine told and nobody else carries out: an event that it did not expect, a fault. */
export function tellEffect(
  effect: EventObject,
  { library, troubles }: { readonly library: LibraryContext; readonly troubles: LibraryTroubles },
): void {
  const { id, name, store, notice } = library;
  switch (effect.type) {
    case 'event.unexpected': {
      const { machine } = effect as Extract<ElementEffect<'library'>, { type: 'event.unexpected' }>;
      return notice(`${name}: the ${machine} machine did not expect ${JSON.stringify(effect)}`);
    }
    case 'operatorRequest.needed': {
      const { detail } = effect as Extract<ElementEffect<'library'>, { type: 'operatorRequest.needed' }>;
      return troubles.raise({ kind: 'library', id }, `${name}: ${detail}`);
    }
    case 'drive.failed': {
      const { driveId, reason } = effect as Extract<ElementEffect<'drive'>, { type: 'drive.failed' }>;
      const drive = store.table('drives').get(driveId)?.name ?? driveId;
      const advice = 'Look after the drive, then complete this request or run an inventory';
      return troubles.raise({ kind: 'drive', id: driveId }, `${name}: ${drive} failed: ${reason}. ${advice}`);
    }
    default:
  }
}
