import fc from 'fast-check';
import { ScsiFormatError } from '../../../devices/scsi/format-error.js';

/** Gives `decode` random bytes and `seed` with random bytes changed and its end cut off: only ScsiFormatError may come. */
export function refusesOrAnswers(decode: (bytes: Uint8Array) => unknown, seed: Uint8Array, numRuns = 800): void {
  const mutated = fc
    .tuple(fc.array(fc.tuple(fc.nat(Math.max(0, seed.length - 1)), fc.nat(255)), { maxLength: 8 }), fc.nat(seed.length))
    .map(([changes, end]) => {
      const bytes = Uint8Array.from(seed);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes.subarray(0, end);
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated), (bytes) => {
      try {
        decode(bytes);
      } catch (cause) {
        if (!(cause instanceof ScsiFormatError)) throw cause;
      }
    }),
    { numRuns },
  );
}
