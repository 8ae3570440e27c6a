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
  },
): string | undefined {
  if (state.failure !== undefined) return `library ${name} to be looked after (${state.failure.message})`;
  if (state.distrusted || state.elements === undefined) return `library ${name} to be read again`;
  if (!state.enabled) return `library ${name} to be enabled`;
  const picker = state.elements.pickerActor().getSnapshot();
  if (picker.hasTag('NTMS_NEEDS_SERVICE')) return `the picker of ${name} to be looked after`;
  return picker.matches({ operation: 'holding' }) ? `the picker of ${name} to be emptied` : undefined;
}
