import type { AvailabilityEvent } from './availability.js';
import type { UnexpectedEvent } from './unexpected-event.js';

/** What a drive machine remembers. JSON only. */
export interface DriveContext {
  readonly driveId: string;
  /** Null for a stand-alone drive. */
  readonly elementAddress: number | null;
  readonly standAlone: boolean;
  readonly startIn: DriveStart;
  readonly startDisabled: boolean;
  /** Whether a cartridge is inside, known or not. */
  readonly occupied: boolean;
  /** The cartridge inside; while mounting the one that is on its way; null when none or not identified. */
  readonly mediumId: string | null;
  /** Whether the drive reported ready since the cartridge came in. */
  readonly ready: boolean;
  /** Whether a mount holds the cartridge: others may not take it before a dismount. */
  readonly claimed: boolean;
  /** Handles that applications hold open on the medium. */
  readonly openCount: number;
  /** The request that is answered when the operation under way ends. */
  readonly pending: { readonly kind: 'mount' | 'dismount'; readonly requestId: string } | null;
  readonly faultReason: string | null;
}

/** The states in which hardware and database may find a drive when the service starts. */
export type DriveStart = 'empty' | 'mounted' | 'loaded' | 'dismountable' | 'unloaded' | 'cleaning' | 'failed';

export interface DriveInput {
  readonly driveId: string;
  readonly elementAddress?: number | null | undefined;
  /** Default false: a robot serves the drive. */
  readonly standAlone?: boolean | undefined;
  /** Default `empty`. */
  readonly initial?: DriveStart | undefined;
  readonly mediumId?: string | null | undefined;
  /** Default true. */
  readonly enabled?: boolean | undefined;
  /** Whether a mount still holds the cartridge. Default false: no session outlives the service. */
  readonly claimed?: boolean | undefined;
  /** Default 0. */
  readonly openCount?: number | undefined;
}

export type DriveEvent =
  | AvailabilityEvent
  | { readonly type: 'MOUNT_REQUESTED'; readonly requestId: string; readonly mediumId: string }
  /** Mount of the very cartridge that is inside already: nothing moves. */
  | { readonly type: 'CLAIMED'; readonly requestId: string; readonly mediumId: string }
  | { readonly type: 'MEDIUM_MOVED_IN'; readonly mediumId: string }
  | { readonly type: 'DRIVE_READY' }
  /** The drive spun down, or did not become ready in time. */
  | { readonly type: 'DRIVE_NOT_READY' }
  | { readonly type: 'MOUNT_FAILED'; readonly reason: string }
  | { readonly type: 'OPENED' }
  | { readonly type: 'CLOSED' }
  | { readonly type: 'DISMOUNT_REQUESTED'; readonly requestId: string; readonly deferred: boolean }
  /** Stand-alone drives only (EjectDiskFromSADrive, EjectNtmsMedia). */
  | { readonly type: 'EJECT_REQUESTED'; readonly requestId: string }
  | { readonly type: 'MEDIUM_UNLOADED' }
  | { readonly type: 'MEDIUM_MOVED_OUT' }
  | { readonly type: 'DISMOUNT_FAILED'; readonly reason: string }
  | { readonly type: 'CLEANING_STARTED' }
  | { readonly type: 'CLEANING_FINISHED' }
  /** No cleaner came, or it did not clean. */
  | { readonly type: 'CLEANING_FAILED'; readonly reason: string }
  | { readonly type: 'FAULT_REPORTED'; readonly reason: string }
  | { readonly type: 'SERVICED' }
  /** Reconcile: what the hardware says. `mediumId` and `ready` are absent when not known. */
  | {
      readonly type: 'ELEMENT_STATUS_READ';
      readonly full: boolean;
      readonly mediumId?: string | null | undefined;
      readonly ready?: boolean | undefined;
    };

export type MountRefusal = 'disabled' | 'busy' | 'occupied' | 'empty' | 'other-medium' | 'failed';
export type DismountRefusal = 'disabled' | 'busy' | 'empty' | 'opened' | 'failed' | 'not-stand-alone';
export type CleaningRefusal = 'disabled' | 'busy' | 'occupied' | 'failed';

interface DriveCommand {
  readonly driveId: string;
  readonly elementAddress: number | null;
  readonly mediumId: string | null;
  /** The request this serves, for the trace; null when nobody asked (a person put a cartridge in). */
  readonly requestId: string | null;
}

export type DriveEffect =
  | UnexpectedEvent
  /** Poll until ready, then send DRIVE_READY, else DRIVE_NOT_READY or FAULT_REPORTED. `load`: start the medium first. */
  | (DriveCommand & { readonly type: 'command.waitUntilReady'; readonly load: boolean })
  /** Unload the medium, then send MEDIUM_UNLOADED or DISMOUNT_FAILED. */
  | (DriveCommand & { readonly type: 'command.unload' })
  | {
      readonly type: 'mount.refused';
      readonly driveId: string;
      readonly requestId: string;
      readonly reason: MountRefusal;
    }
  | { readonly type: 'mount.failed'; readonly driveId: string; readonly requestId: string; readonly reason: string }
  | {
      readonly type: 'mount.finished';
      readonly driveId: string;
      readonly requestId: string;
      readonly mediumId: string | null;
    }
  | {
      readonly type: 'dismount.refused';
      readonly driveId: string;
      readonly requestId: string;
      readonly reason: DismountRefusal;
    }
  | { readonly type: 'dismount.failed'; readonly driveId: string; readonly requestId: string; readonly reason: string }
  /** `stays`: the cartridge is left in the drive, dismountable. */
  | {
      readonly type: 'dismount.finished';
      readonly driveId: string;
      readonly requestId: string;
      readonly mediumId: string | null;
      readonly stays: boolean;
    }
  | { readonly type: 'cleaning.refused'; readonly driveId: string; readonly reason: CleaningRefusal }
  /** Stamp LastCleanedTs. A stand-alone drive is only stamped; nothing else happens. */
  | { readonly type: 'cleaning.finished'; readonly driveId: string }
  | { readonly type: 'cleaning.failed'; readonly driveId: string; readonly reason: string }
  | {
      readonly type: 'drive.failed';
      readonly driveId: string;
      readonly mediumId: string | null;
      readonly reason: string;
    }
  /** The hardware shows something else than was believed; the hardware is right. */
  | {
      readonly type: 'discrepancy.found';
      readonly driveId: string;
      readonly believed: { readonly full: boolean; readonly mediumId: string | null };
      readonly found: { readonly full: boolean; readonly mediumId: string | null };
    };
