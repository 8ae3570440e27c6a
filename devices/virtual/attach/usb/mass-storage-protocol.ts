import type { BulkInPipe } from './bulk-in-pipe.js';
import type { BulkOutPipe } from './bulk-out-pipe.js';

/** The alternate setting that is active: Bulk-Only Transport or USB Attached SCSI, with its pipes by endpoint address. */
export interface MassStorageProtocol {
  readonly pipes: ReadonlyMap<number, BulkInPipe | BulkOutPipe>;
  /** CLEAR FEATURE(ENDPOINT HALT). */
  clearHalt(pipe: BulkInPipe | BulkOutPipe): void;
  /** A class request of the interface; undefined when there is no such request, which stalls. */
  classRequest(request: { readonly request: number; readonly toHost: boolean }): Uint8Array | undefined;
  /** The setting is left: commands under way are aborted, pipes close. */
  stop(): void;
}
