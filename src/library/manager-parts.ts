import type { Clock } from '../../devices/clock.js';
import type { NtmsError } from '../objects/ntms-error.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { LibraryRequests } from './library-requests.js';
import type { OperatorRequests } from './operator-requests.js';
import type { RunningLibrary } from './running-library.js';

/**
 * What an area of the manager works with. An area (media, ports, cleaning ...) is a class in a file of its own, made once by
 * the manager and shown as one of its fields; the API's functions check and then ask the area.
 */
export interface ManagerParts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** This computer's name, for requests that the manager makes itself. */
  readonly computer: string;
  readonly requests: LibraryRequests;
  readonly operatorRequests: OperatorRequests;
  /** Those of the rig, by their record's identifier. */
  readonly libraries: ReadonlyMap<string, RunningLibrary>;
  /** Throws ERROR_RESOURCE_NOT_AVAILABLE for a library that is not in this rig. */
  readonly requireRunning: (libraryId: string) => RunningLibrary;
  /** Withdraws requests that have not ended. */
  readonly cancel: (requestIds: readonly string[], error: NtmsError) => void;
  /** Something that an administrator may want to read. */
  readonly notice: (text: string) => void;
}
