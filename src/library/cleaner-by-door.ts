import { NtmsError } from '../objects/ntms-error.js';
import type { LibraryContext } from './library-context.js';
import type { Turn } from './work-item.js';

/**
 * Lets a person at the slots of a library that has no ports, and resolves when the door is shut again; no inventory follows
 * (MS-RSMP 3.2.5.2.1.10).
 */
export async function openDoorFor(
  context: LibraryContext,
  requestId: string,
  { signal, shutdown }: Pick<Turn, 'signal' | 'shutdown'>,
): Promise<void> {
  const { store, elements, doors, id, name } = context;
  const door = store.table('doors').find({ library: id, enabled: true });
  if (door === undefined) throw new NtmsError('ERROR_RESOURCE_NOT_PRESENT', `${name} has no door that is enabled`);
  elements.followEnabled('door', door);
  const end = await doors.access(door.id, { requestId, action: 'NTMS_INVENTORY_NONE', signal, shutdown });
  if (end !== 'finished') throw new NtmsError('ERROR_INVALID_STATE', `${door.name} was not unlocked: ${end}`);
}
