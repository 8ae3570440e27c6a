import { HardwareError } from './hardware-error.js';
import type { LibraryContext } from './library-context.js';

/** Work that met a lost changer has the library look at itself, so that its state says so and it can be brought back. */
export function lookIfLost(context: LibraryContext, requestId: string, error: unknown): void {
  if (error instanceof HardwareError) void context.look(requestId).catch(() => undefined);
}
