import { NtmsDoorState, NtmsPortPosition } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { LibraryHardware } from './library-hardware.js';
import { updateChanged } from './update-changed.js';

/**
 * A former run used the ports or doors of a library, and may have been killed while they were locked or open: they are
 * unlocked, and where they stand nobody knows until they are used again.
 */
export async function endFormerAccess(
  store: ObjectStore,
  library: string,
  hardware: Pick<LibraryHardware, 'ports'>,
): Promise<void> {
  const { NTMS_PORTPOSITION_UNKNOWN: position } = NtmsPortPosition;
  const { NTMS_DOORSTATE_UNKNOWN: state } = NtmsDoorState;
  const ports = store.table('ports').list({ library });
  const doors = store.table('doors').list({ library });
  // Records tell of a use only after the lock was taken, so they do not tell whether it was.
  if (ports.length === 0 && doors.length === 0) return;
  await hardware.ports.unlock({ always: true });
  store.transaction(() => {
    for (const port of ports) updateChanged(store, 'ports', port, { position });
    for (const door of doors) updateChanged(store, 'doors', door, { state });
  });
}
