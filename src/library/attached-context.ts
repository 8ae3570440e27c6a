import type { Attachment } from './attachment.js';
import type { LibraryContext } from './library-context.js';

/** What is there only as long as the devices are. */
type Attached = Pick<LibraryContext, 'elements' | 'hardware' | 'motions' | 'drives' | 'ports' | 'doors'>;

/** A library's context whose device parts are asked for anew each time: the devices may have been lost and found. */
export function attachedContext(
  parts: Omit<LibraryContext, keyof Attached>,
  attached: () => Attachment,
): LibraryContext {
  return {
    ...parts,
    get elements() {
      return attached().elements;
    },
    get hardware() {
      return attached().hardware;
    },
    get motions() {
      return attached().motions;
    },
    get drives() {
      return attached().drives;
    },
    get ports() {
      return attached().ports;
    },
    get doors() {
      return attached().doors;
    },
  };
}
