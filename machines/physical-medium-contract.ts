import type { AvailabilityEvent } from './availability.js';
import type { UnexpectedEvent } from './unexpected-event.js';

/** Where a cartridge is. `elementAddress` is null when offline, or in a stand-alone drive. */
export interface MediumLocation {
  readonly kind: 'slot' | 'drive' | 'port' | 'picker' | 'offline';
  readonly elementAddress: number | null;
}

/** What a physical medium machine remembers. JSON only. */
export interface PhysicalMediumContext {
  readonly mediumId: string;
  readonly startIn: MediumStart;
  readonly startDisabled: boolean;
  readonly location: MediumLocation;
  /** The request that holds the cartridge. */
  readonly requestId: string | null;
  /** The state before a fault, to come back to. */
  readonly former: MediumState | null;
  readonly faultReason: string | null;
}

export type MediumState = 'idle' | 'inUse' | 'mounted' | 'loaded' | 'unloaded' | 'operatorError' | 'operatorRequest';

export type MediumStart = MediumState;

export interface PhysicalMediumInput {
  readonly mediumId: string;
  /** Default `idle`. */
  readonly initial?: MediumStart | undefined;
  readonly location: MediumLocation;
  /** Default true. */
  readonly enabled?: boolean | undefined;
}

export type PhysicalMediumEvent =
  | AvailabilityEvent
  /** A request that touches the cartridge is accepted. */
  | { readonly type: 'REQUEST_ACCEPTED'; readonly requestId: string }
  /** The request ended well without a mount (identify, inventory, a move from slot to slot). */
  | { readonly type: 'REQUEST_FINISHED' }
  /** The request was cancelled or failed. */
  | { readonly type: 'REQUEST_ABANDONED' }
  /** Placed in a drive. */
  | { readonly type: 'MEDIUM_MOVED_IN'; readonly elementAddress?: number | null | undefined }
  /** The drive is ready and the label is verified. */
  | { readonly type: 'MEDIUM_LOADED' }
  | { readonly type: 'DISMOUNT_STARTED' }
  | { readonly type: 'DISMOUNT_DEFERRED' }
  /** The drive did not let it go, or nobody fetched it: it stays in the drive, free for others. */
  | { readonly type: 'DISMOUNT_FAILED' }
  /** Put in a slot. */
  | { readonly type: 'MEDIUM_STORED'; readonly elementAddress?: number | null | undefined }
  /** Seen somewhere else than believed. */
  | { readonly type: 'LOCATED'; readonly location: MediumLocation }
  | { readonly type: 'OPERATOR_REQUEST_RAISED' }
  /** The person did it, and the cartridge was found online. */
  | { readonly type: 'OPERATOR_REQUEST_SATISFIED' }
  | { readonly type: 'OPERATOR_REQUEST_REFUSED' }
  | { readonly type: 'FAULT_REPORTED'; readonly reason: string }
  | { readonly type: 'FAULT_CLEARED' }
  /** Out of the library; `kept` false when policy forgets such a cartridge. */
  | { readonly type: 'EJECTED'; readonly kept: boolean }
  /** DeleteNtmsMedia. `sidesInUse`: a side is allocated, complete or reserved. */
  | { readonly type: 'DELETE_REQUESTED'; readonly sidesInUse: boolean };

export type MediumRefusal = 'disabled' | 'busy' | 'online' | 'sides-in-use';

export type PhysicalMediumEffect =
  | UnexpectedEvent
  | {
      readonly type: 'request.refused';
      readonly mediumId: string;
      readonly requestId: string;
      readonly reason: MediumRefusal;
    }
  | { readonly type: 'delete.refused'; readonly mediumId: string; readonly reason: MediumRefusal }
  /** The record is to be deleted, and this machine stopped. */
  | { readonly type: 'record.deleted'; readonly mediumId: string }
  /** It is not where it was believed to be. */
  | {
      readonly type: 'discrepancy.found';
      readonly mediumId: string;
      readonly believed: MediumLocation;
      readonly found: MediumLocation;
    };
