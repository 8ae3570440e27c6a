import { AdditionalSense, type AdditionalSenseCode } from '../scsi/asc-ascq.js';
import { SenseKey, type SenseInput } from '../scsi/sense.js';

/** What a logical unit keeps for one I_T nexus. */
export interface NexusState {
  /** Unit attention conditions, oldest first; each is reported once. */
  readonly unitAttentions: AdditionalSenseCode[];
  /** Sense of the last command, for a transport that has no autosense; gone with the next command. */
  lastSense: SenseInput | undefined;
  /** TapeAlert flags which this nexus has read; they are not reported to it again until they are raised anew. */
  readonly seenAlerts: Set<number>;
}

/** The nexuses of one logical unit. A nexus that was never seen finds the power-on unit attention waiting. */
export class NexusTable {
  readonly #nexuses = new Map<string, NexusState>();

  get(nexus: string): NexusState {
    let state = this.#nexuses.get(nexus);
    if (state === undefined) {
      state = {
        unitAttentions: [AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED],
        lastSense: undefined,
        seenAlerts: new Set(),
      };
      this.#nexuses.set(nexus, state);
    }
    return state;
  }

  /** Whether `state` still is the nexus of this name: neither was it lost, nor has another one taken its place. */
  isCurrent(nexus: string, state: NexusState): boolean {
    return this.#nexuses.get(nexus) === state;
  }

  /** Establishes a unit attention for every nexus, or for all but the one that caused it. */
  establish(code: AdditionalSenseCode, except?: string): void {
    for (const [nexus, state] of this.#nexuses) {
      if (nexus === except) continue;
      const known = state.unitAttentions.some(({ asc, ascq }) => asc === code.asc && ascq === code.ascq);
      if (!known) state.unitAttentions.push(code);
    }
  }

  /** A TapeAlert flag was raised: everybody may read it again. */
  alertRaised(flag: number): void {
    for (const state of this.#nexuses.values()) state.seenAlerts.delete(flag);
  }

  forget(nexus: string): void {
    this.#nexuses.delete(nexus);
  }

  /** Power on or reset: nothing of the old nexus states is left. */
  clear(): void {
    this.#nexuses.clear();
  }
}

/** The oldest unit attention as sense data; it is cleared by this. */
export function takeUnitAttention(state: NexusState): SenseInput | undefined {
  const code = state.unitAttentions.shift();
  return code === undefined ? undefined : { key: SenseKey.UNIT_ATTENTION, ...code };
}
