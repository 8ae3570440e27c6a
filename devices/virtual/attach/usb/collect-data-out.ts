import type { BulkOutPipe } from './bulk-out-pipe.js';

export type CollectedDataOut =
  /** As many bytes as were wanted; the rest of what was announced came, too, and is dropped. */
  | { readonly kind: 'whole'; readonly data: Uint8Array }
  /** A short packet ended the data before what was announced; `length` bytes came. */
  | { readonly kind: 'short'; readonly length: number }
  /** More came than was announced. */
  | { readonly kind: 'excess' }
  | { readonly kind: 'aborted' };

/** Takes `announced` bytes in transfers of any size and keeps the first `wanted` of them. Lengths in bytes. */
export async function collectDataOut(
  pipe: BulkOutPipe,
  how: {
    readonly announced: number;
    readonly wanted: number;
    readonly maxPacketBytes: number;
    readonly signal: AbortSignal;
  },
): Promise<CollectedDataOut> {
  const { announced, wanted, maxPacketBytes, signal } = how;
  let data: Uint8Array = new Uint8Array(0);
  for (let length = 0; length < announced;) {
    const piece = await pipe.receive(signal);
    if (piece === undefined) return { kind: 'aborted' };
    if (length + piece.length > announced) return { kind: 'excess' };
    const kept = piece.subarray(0, Math.max(0, wanted - length));
    // One transfer for all of it, as most hosts do, is not copied.
    if (length === 0 && kept.length === wanted) data = kept;
    else {
      if (length === 0) data = new Uint8Array(wanted);
      data.set(kept, Math.min(length, wanted));
    }
    length += piece.length;
    const isShort = piece.length % maxPacketBytes !== 0 || piece.length === 0;
    if (isShort && length < announced) return { kind: 'short', length };
  }
  return { kind: 'whole', data };
}
