import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation, NtmsLmState, NtmsObjectsTypes } from '../objects/ntmsapi/index.js';
import type { RequestOrigin } from './library-requests.js';
import type { ManagerParts } from './manager-parts.js';
import { operationOf, SwitchWork, tableOf } from './switch-work.js';
import type { Switch } from './switch-work.js';

const waitingStates = [NtmsLmState.NTMS_LM_QUEUED, NtmsLmState.NTMS_LM_WAITING];

/** Switches libraries, drives and cartridges on and off. What is inside keeps its own flag: it is unusable all the same. */
export class ObjectSwitching {
  readonly #parts: ManagerParts;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
  }

  /** Whether the same switch is queued for the object already. */
  isPending(object: Switch): boolean {
    const where = { operationCode: operationOf(object), ...subjectOf(object), state: waitingStates };
    const rows = this.#parts.store.table('libRequests').list(where);
    return object.kind === NtmsObjectsTypes.NTMS_LIBRARY
      ? rows.some((row) => row.library === object.id)
      : rows.length > 0;
  }

  /** Stores and queues the switch; returns its request. `libraryId`: where the object is. */
  submit(object: Switch, libraryId: string, origin: RequestOrigin): string {
    const { store, clock, requests, libraries } = this.#parts;
    const order = { operationCode: operationOf(object), library: libraryId, origin, ...subjectOf(object) };
    const library = libraries.get(libraryId);
    if (library !== undefined) {
      const { id: requestId } = requests.create(order);
      const onDone = (): void => this.#endWaiting(object);
      void library.queue.add(new SwitchWork(library.context, { requestId, object, timeQueued: clock.now(), onDone }));
      return requestId;
    }
    // The shelf and a library that is not in the rig have no queue: nothing there is in use.
    const requestId = store.transaction(() => {
      const { id } = requests.create(order);
      requests.start(id);
      store.table(tableOf(object.kind)).update(object.id, { enabled: object.enabled });
      requests.endAll([id], { type: 'SUCCEEDED' });
      return id;
    });
    requests.announce(requestId);
    this.#endWaiting(object);
    return requestId;
  }

  /**
   * Mounts that wait for a cartridge, or for a certain drive, that is disabled now end with ERROR_RESOURCE_DISABLED. What
   * waits for a library goes on waiting until that is enabled.
   */
  #endWaiting(object: Switch): void {
    if (object.enabled || object.kind === NtmsObjectsTypes.NTMS_LIBRARY) return;
    const { store, libraries, cancel } = this.#parts;
    const { name } = store.table(tableOf(object.kind)).require(object.id);
    const error = new NtmsError('ERROR_RESOURCE_DISABLED', `${name} was disabled`);
    const mount = { operationCode: NtmsLmOperation.NTMS_LM_MOUNT, state: waitingStates };
    for (const { id, library } of store.table('libRequests').list({ ...mount, ...subjectOf(object) })) {
      const queued = libraries.get(library)?.queue.cancel(id, error, 'failed') ?? false;
      if (!queued) cancel([id], error);
    }
  }
}

/** The fields of a request that name the object. */
function subjectOf({ kind, id }: Switch): { readonly driveId?: string; readonly physMediaId?: string } {
  if (kind === NtmsObjectsTypes.NTMS_DRIVE) return { driveId: id };
  return kind === NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA ? { physMediaId: id } : {};
}
