import { NtmsLmOperation } from '../../src/ntms/index.js';
import type { Guid } from '../../src/ntms/index.js';
import type { LibRequestRow } from '../../src/objects/rows.js';
import type { VirtualLibrary } from '../library/virtual-library.js';

/** The request of a mount that was asked for last for a cartridge. */
export function mountRequestOf(library: VirtualLibrary, barCode: string): LibRequestRow {
  const { store } = library;
  const physMediaId = library.medium(barCode).id;
  const rows = store.table('libRequests').list({ operationCode: NtmsLmOperation.NTMS_LM_MOUNT, physMediaId });
  const last = rows.at(-1);
  if (last === undefined) throw new Error(`no mount of ${barCode} was asked for`);
  return last;
}

/** Both drives in use, and a mount that waits for one of them. Its end is the test's to look at, if it wants to. */
export async function withWaitingMount(
  library: VirtualLibrary,
  barCode = 'ORS003L8',
): Promise<{ readonly requestId: Guid; readonly mount: Promise<number[]> }> {
  if (library.inDrives().includes(null)) await library.mount(['ORS001L8', 'ORS002L8']);
  const mount = library.mount(barCode, { flags: 0 });
  mount.catch(() => undefined);
  return { requestId: mountRequestOf(library, barCode).id, mount };
}
