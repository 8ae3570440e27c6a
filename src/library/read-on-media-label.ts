import type { LibraryContext } from './library-context.js';
import type { OnMediaLabel } from './on-media-label.js';

/** Reads the label of the medium in a drive that is ready. */
export async function readOnMediaLabel(
  { hardware, identity }: LibraryContext,
  elementAddress: number,
  requestId: string,
): Promise<OnMediaLabel> {
  const read = await hardware.readFirstBlock(elementAddress, requestId, identity.longestLabel);
  return read.kind === 'block' ? identity.recognize(read.block) : read;
}
