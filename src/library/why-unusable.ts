import type { Claims } from './claims.js';
import type { HardwareError } from './hardware-error.js';
import type { LibraryElements } from './library-elements.js';

/** Why nothing can be moved in a library just now, in words; undefined when it can. */
export function whyUnusable(
  name: string,
  state: {
    readonly failure: HardwareError | undefined;
    readonly distrusted: boolean;
    readonly enabled: boolean;
    readonly elements: LibraryElements | undefined;
    readonly claims: Claims;
  },
): string | undefined {
  if (state.failure !== undefined) return `library ${name} to be looked after (${state.failure.message})`;
  if (state.distrusted || state.elements === undefined) return `library ${name} to be read again`;
  if (!state.enabled) return `library ${name} to be enabled`;
  // From the moment that a person is let in, not only when the lock is open.
  const door = state.elements.openDoor((doorId) => state.claims.has(doorId));
  if (door !== undefined) return `${door} of ${name} to be shut`;
  if (!state.elements.hasPicker) return undefined;
  const picker = state.elements.pickerActor().getSnapshot();
  if (picker.hasTag('NTMS_NEEDS_SERVICE')) return `the picker of ${name} to be looked after`;
  return picker.matches({ operation: 'holding' }) ? `the picker of ${name} to be emptied` : undefined;
}
