import type { MediaPoolRow } from '../objects/rows.js';

/** An allocation as AllocateNtmsMedia hands it over: arguments checked, identifiers known. */
export interface AllocationOrder {
  readonly pool: string;
  /** A side that the caller names; with `nextOf` it only has to be on the same cartridge. */
  readonly side?: string;
  /** A side of the caller's own: another one of that cartridge is wanted (NTMS_ALLOCATE_NEXT). */
  readonly nextOf?: string;
  /** Keep the other sides for the same owner (NTMS_ALLOCATE_NEW). */
  readonly reserveSiblings: boolean;
  /** Ask a person for media when there are none, and wait. Absent: fail. */
  readonly wait?: {
    /** Absent for ever. */
    readonly timeoutMs?: number;
    /** Aborts when nobody wants the medium any more; its reason is what the caller gets. */
    readonly signal: AbortSignal;
  };
  /** Throws when the caller may not take media from this pool. Asked at each attempt, for rights may go while it waits. */
  readonly requireRights: (source: MediaPoolRow) => void;
}

export interface Allocation {
  /** The new logical medium. */
  readonly logicalMedium: string;
  readonly side: string;
  /** The pool that the cartridge was in before. */
  readonly allocatedFrom: string;
}
