import type { SenseData } from './scsi/sense.js';
import type { TransportFailure } from './transport/scsi-transport.js';
import type { UnitAttentionKind } from './unit-attention.js';

/** What a logical unit tells beside the outcomes of its commands. Every event names the command during which it came. */
export type LogicalUnitEvent = {
  readonly command: string;
  readonly correlationId?: string;
  /** For people. */
  readonly message: string;
} & (
  | { readonly kind: 'unit-attention'; readonly attention: UnitAttentionKind; readonly sense: SenseData }
  | { readonly kind: 'deferred-error' | 'recovered-error'; readonly sense: SenseData }
  /** The device is becoming ready or busy, and is asked again. Told once for each wait. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'path-lost'; readonly failure: TransportFailure }
  | { readonly kind: 'path-restored' }
);

export type LogicalUnitListener = (event: LogicalUnitEvent) => void;
