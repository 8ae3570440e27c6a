import type { UnitIdentity } from '../../../devices/unit-identity.js';
import type { UnitAddress } from '../../library/library-definition.js';
import type { PluggedUnit } from '../rig.js';

/** A logical unit that answered: a changer or a drive. */
export interface FoundUnit {
  /** How a rig file names it. */
  readonly unit: PluggedUnit;
  readonly address: UnitAddress;
  /** Where it was found. Two logical units of one target are two units, whatever serial numbers they tell. */
  readonly place: { readonly target: string; readonly lun: number };
  readonly identity: UnitIdentity;
}

/** What one way of being plugged in has to show. */
export interface Look {
  readonly units: readonly FoundUnit[];
  /** What could not be looked at, and what to do about it; what was found that has no place in a rig file. */
  readonly notices: readonly string[];
}

/** The transports that discovery looks at. */
export const DISCOVERED_TRANSPORTS = ['sg', 'usb', 'iscsi', 'serial'] as const;
export type DiscoveredTransport = (typeof DISCOVERED_TRANSPORTS)[number];
