import type { VirtualAutoloader } from '../../devices/virtual/index.js';
import type { RemovableStorageManager } from '../../src/library/manager.js';
import type { NtmsApi } from '../../src/ntms/index.js';
import type { ObjectStore } from '../../src/objects/object-store.js';

/** A manager with one library, at work. */
export interface House {
  readonly store: ObjectStore;
  readonly manager: RemovableStorageManager;
  readonly api: NtmsApi;
  /** The library's identifier. */
  readonly library: string;
  /** The hardware itself, where this process has it. */
  readonly autoloader: VirtualAutoloader | undefined;
  /** How long a person waits between two looks. */
  readonly momentMs: number;
  close(): Promise<void>;
}

/** The identifier of the library with this name; it has a record once the manager has started. */
export function libraryOf(store: ObjectStore, name: string): string {
  const library = store.table('libraries').find({ name });
  if (library === undefined) throw new Error(`the library ${name} has no record`);
  return library.id;
}
