import { NtmsMountOptions } from '../../src/ntms/index.js';
import type { OpenedMedium } from '../../src/ntms/index.js';
import { VirtualLibrary } from '../library/virtual-library.js';
import type { Teardown, VirtualLibraryOptions } from '../library/virtual-library.js';

const { NTMS_MOUNT_READ: READ, NTMS_MOUNT_WRITE: WRITE } = NtmsMountOptions;

/** ORS001L8 mounted and open in drive 0. */
export async function opened(
  t: Teardown,
  { flags = READ | WRITE, write = true, ...options }: VirtualLibraryOptions & { flags?: number; write?: boolean } = {},
): Promise<{ readonly library: VirtualLibrary; readonly tape: OpenedMedium }> {
  const library = await VirtualLibrary.open(t, options);
  await library.mount('ORS001L8', { flags });
  const tape = await library.api.openDrive(library.session, library.drive(0).id, { write });
  return { library, tape };
}

export const text = (of: string): Uint8Array => new TextEncoder().encode(of);
export const textOf = (data: Uint8Array): string => new TextDecoder().decode(data);
/** Where the drive is in which the tape was opened. */
export const address = (library: VirtualLibrary): number => library.drive(0).elementAddress;
