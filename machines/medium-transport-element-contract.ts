import type { AvailabilityEvent } from './availability.js';
import type { UnexpectedEvent } from './unexpected-event.js';

/** One motion; source and destination are element addresses. */
export interface Move {
  readonly moveId: string;
  readonly mediumId: string;
  readonly source: number;
  readonly destination: number;
}

/** What a picker machine remembers. JSON only. */
export interface PickerContext {
  readonly pickerId: string;
  readonly elementAddress: number;
  readonly startIn: PickerStart;
  readonly startDisabled: boolean;
  /** The motion under way, or the one whose outcome is not known. */
  readonly move: Move | null;
  /** Whether a cartridge sits on the picker, known or not. */
  readonly occupied: boolean;
  readonly mediumId: string | null;
  readonly faultReason: string | null;
}

export type PickerStart = 'idle' | 'holding' | 'uncertain' | 'failed';

export interface PickerInput {
  readonly pickerId: string;
  readonly elementAddress: number;
  /** Default `idle`. */
  readonly initial?: PickerStart | undefined;
  /** The cartridge on the picker, when `initial` is `holding`. */
  readonly mediumId?: string | null | undefined;
  /** Default true. */
  readonly enabled?: boolean | undefined;
}

/**
 * Where the read-back found the cartridge. `elsewhere`: in a third element. `uncertain`: nowhere, or in two places.
 */
export type MoveOutcome = 'moved' | 'not-moved' | 'on-picker' | 'elsewhere' | 'uncertain';

export type MoveRefusal = 'disabled' | 'busy' | 'same-element' | 'holding' | 'uncertain' | 'failed';

export type PickerEvent =
  | AvailabilityEvent
  | (Move & { readonly type: 'MOVE_REQUESTED' })
  /** The device answered GOOD. That is not proof: the read-back is. */
  | { readonly type: 'MOVE_COMPLETED'; readonly moveId: string }
  /** The device refused before anything moved. */
  | { readonly type: 'MOVE_REFUSED'; readonly moveId: string; readonly reason: string }
  /** Timeout, lost path, hardware error: the cartridge may be anywhere on the way. */
  | { readonly type: 'MOVE_OUTCOME_UNKNOWN'; readonly moveId: string }
  | { readonly type: 'MOVE_VERIFIED'; readonly moveId: string; readonly outcome: MoveOutcome }
  | { readonly type: 'FAULT_REPORTED'; readonly reason: string }
  | { readonly type: 'SERVICED' }
  | { readonly type: 'ELEMENT_STATUS_READ'; readonly full: boolean; readonly mediumId?: string | null | undefined };

export type PickerEffect =
  | UnexpectedEvent
  /** Send MOVE MEDIUM, then MOVE_COMPLETED, MOVE_REFUSED or MOVE_OUTCOME_UNKNOWN. */
  | (Move & { readonly type: 'command.moveMedium'; readonly pickerId: string })
  /** Read the element status of source, destination and picker, then send MOVE_VERIFIED. */
  | (Move & { readonly type: 'command.readBack'; readonly pickerId: string })
  | {
      readonly type: 'move.refused';
      readonly pickerId: string;
      readonly moveId: string;
      /** A {@link MoveRefusal}, or the device's own reason. */
      readonly reason: string;
    }
  | (Move & { readonly type: 'move.finished'; readonly pickerId: string; readonly outcome: MoveOutcome })
  /** A motion that had ended `uncertain` is cleared up. */
  | (Move & { readonly type: 'move.resolved'; readonly pickerId: string; readonly outcome: MoveOutcome })
  | { readonly type: 'picker.failed'; readonly pickerId: string; readonly reason: string }
  | {
      readonly type: 'discrepancy.found';
      readonly pickerId: string;
      readonly believed: { readonly full: boolean; readonly mediumId: string | null };
      readonly found: { readonly full: boolean; readonly mediumId: string | null };
    };
