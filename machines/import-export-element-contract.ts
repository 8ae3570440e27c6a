import type { AvailabilityEvent } from './availability.js';
import type { UnexpectedEvent } from './unexpected-event.js';

/** What a port machine remembers. JSON only. */
export interface PortContext {
  readonly portId: string;
  readonly elementAddress: number;
  readonly startPosition: PortPosition;
  readonly startContent: PortContent;
  readonly startDisabled: boolean;
  /** MaxExtendSecs of the port; 0 sets no limit. */
  readonly maxExtendMs: number;
  /** What the port is used for just now. */
  readonly job: PortJob | null;
  /** The cartridge inside, when it is known. */
  readonly mediumId: string | null;
}

export interface PortJob {
  readonly kind: 'inject' | 'injectMany' | 'eject';
  readonly requestId: string;
  /** STOP, RETRACT or the time limit ended the wait for the operator. */
  readonly ending: 'stopped' | 'timedOut' | null;
}

export type PortPosition = 'unknown' | 'retracted' | 'extended';
export type PortContent = 'unknown' | 'full' | 'empty';

export interface PortInput {
  readonly portId: string;
  readonly elementAddress: number;
  /** Default `unknown`. */
  readonly position?: PortPosition | undefined;
  /** Default `unknown`. */
  readonly content?: PortContent | undefined;
  readonly mediumId?: string | null | undefined;
  readonly maxExtendMs: number;
  /** Default true. */
  readonly enabled?: boolean | undefined;
}

export type PortEvent =
  | AvailabilityEvent
  /** InjectNtmsMedia START (`many` false) or STARTMANY. */
  | { readonly type: 'INJECT_STARTED'; readonly requestId: string; readonly many: boolean }
  /** EjectNtmsMedia START; the robot will bring the cartridge. */
  | { readonly type: 'EJECT_STARTED'; readonly requestId: string }
  /** STOP or RETRACT action. */
  | { readonly type: 'STOP_REQUESTED' }
  | { readonly type: 'PORT_EXTENDED' }
  | { readonly type: 'PORT_RETRACTED' }
  /** The port did not go in, somebody or something holds it. */
  | { readonly type: 'RETRACT_FAILED'; readonly reason: string }
  | { readonly type: 'EXTEND_FAILED'; readonly reason: string }
  /** The operator put a cartridge in. */
  | { readonly type: 'MEDIUM_INSERTED' }
  /** The operator took the cartridge. */
  | { readonly type: 'MEDIUM_TAKEN' }
  /** The robot brought a cartridge. */
  | { readonly type: 'MEDIUM_MOVED_IN'; readonly mediumId: string }
  /** The robot took the cartridge. */
  | { readonly type: 'MEDIUM_MOVED_OUT' }
  /** No free slot for what lies in the port. */
  | { readonly type: 'SLOTS_EXHAUSTED' }
  /** What the hardware says; `extended` is absent when the port cannot tell. */
  | {
      readonly type: 'ELEMENT_STATUS_READ';
      readonly full: boolean;
      readonly extended?: boolean | undefined;
      readonly mediumId?: string | null | undefined;
    }
  | { readonly type: 'TIMER_EXPIRED'; readonly timer: string };

export type PortRefusal = 'disabled' | 'busy' | 'full';

interface OfPort {
  readonly portId: string;
  readonly elementAddress: number;
}

export type PortEffect =
  | UnexpectedEvent
  /** Unlock or extend, then send PORT_EXTENDED or EXTEND_FAILED. */
  | (OfPort & { readonly type: 'command.extendPort' })
  /** Retract or lock, then send PORT_RETRACTED or RETRACT_FAILED. */
  | (OfPort & { readonly type: 'command.retractPort' })
  | (OfPort & { readonly type: 'timer.start'; readonly timer: 'portExtended'; readonly ms: number })
  | (OfPort & { readonly type: 'timer.cancel'; readonly timer: 'portExtended' })
  | (OfPort & {
      readonly type: 'operatorRequest.needed';
      readonly reason: 'port-extended-too-long' | 'no-free-slot' | 'port-stuck';
    })
  /** A cartridge came in: move it to a slot, then send MEDIUM_MOVED_OUT or SLOTS_EXHAUSTED. */
  | (OfPort & { readonly type: 'medium.arrived'; readonly requestId: string })
  /** A cartridge was put away: one identify work item for it. */
  | (OfPort & { readonly type: 'identification.needed'; readonly requestId: string; readonly mediumId: string | null })
  /** Nobody took the ejected cartridge: pull it back to its slot. */
  | (OfPort & { readonly type: 'eject.timedOut'; readonly requestId: string; readonly mediumId: string | null })
  | (OfPort & { readonly type: 'job.finished'; readonly requestId: string; readonly kind: PortJob['kind'] })
  | (OfPort & { readonly type: 'job.failed'; readonly requestId: string; readonly reason: string })
  | (OfPort & { readonly type: 'job.refused'; readonly requestId: string; readonly reason: PortRefusal });
