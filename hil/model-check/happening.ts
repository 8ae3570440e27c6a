import type { Moment } from './moment.js';

/** What there is beside drives, slots, picker and two cartridges, and who takes part. */
export interface Scene {
  /** The third cartridge, which is with a person at first. */
  readonly thirdTape: boolean;
  readonly port: boolean;
  readonly door: boolean;
  /** Applications open what is mounted. */
  readonly handles: boolean;
}

/**
 * `ordinary`: everybody does as they should. `abandoned`: somebody gives up what they wanted, which must not be needed for a
 * request to end. `mishap`: something goes wrong, is switched off, or a hand interferes.
 */
export type HappeningKind = 'ordinary' | 'abandoned' | 'mishap';

/** Adds one thing that can happen; `act` carries it out. */
export type Happen = (what: string, act: (then: Moment) => void, kind?: HappeningKind) => void;

export interface Happening {
  readonly what: string;
  readonly kind: HappeningKind;
  readonly moment: Moment;
}
