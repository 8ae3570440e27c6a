import type { Clock } from '../../devices/clock.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { Claims } from './claims.js';
import type { DoorControl } from './door-control.js';
import type { DriveOperations } from './drive-operations.js';
import type { LibraryElements } from './library-elements.js';
import type { LibraryHardware } from './library-hardware.js';
import type { LibraryRequests } from './library-requests.js';
import type { MediaIdentity } from './media-identity.js';
import type { Motions } from './motions.js';
import type { PortControl } from './port-control.js';

/**
 * What the work on one library is done with. `elements`, `hardware`, `motions` and `drives` are made anew when the devices
 * were lost and came back; they throw ERROR_DEVICE_NOT_AVAILABLE while there are none. So work asks for them when it needs
 * them and keeps none.
 */
export interface LibraryContext {
  readonly id: string;
  readonly name: string;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly requests: LibraryRequests;
  readonly claims: Claims;
  readonly identity: MediaIdentity;
  readonly elements: LibraryElements;
  readonly hardware: LibraryHardware;
  readonly motions: Motions;
  readonly drives: DriveOperations;
  readonly ports: PortControl;
  readonly doors: DoorControl;
  /** Reads the element status and brings the records in line; nothing is moved or scanned. */
  readonly look: (requestId: string) => Promise<void>;
  /** Why nothing can be moved just now, in words; undefined when it can. */
  readonly whyUnusable: () => string | undefined;
  /** The records or a label were wrong: an inventory is queued, if the library is set to recover by itself. */
  readonly recover: (why: string) => void;
  /** Something became free: what waits is looked at again. */
  readonly pump: () => void;
  /** Something that an administrator may want to read. */
  readonly notice: (text: string) => void;
}
