import { AdditionalSense, type AdditionalSenseCode } from '../scsi/asc-ascq.js';
import { SenseKey, type SenseInput } from '../scsi/sense.js';

/** What a logical unit keeps for one I_T nexus. */
export interface NexusState {
  /** Unit attention conditions in the order in which they are reported, each once. */
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

  /** The nexus, if it is known. */
  find(nexus: string): NexusState | undefined {
    return this.#nexuses.get(nexus);
  }

  /** Establishes a unit attention for every nexus, or for all but the one that caused it. */
  establish(code: AdditionalSenseCode, except?: string): void {
    for (const [nexus, state] of this.#nexuses) if (nexus !== except) addUnitAttention(state, code);
  }

  /** Establishes a unit attention for one nexus, if it is known. */
  establishFor(nexus: string, code: AdditionalSenseCode): void {
    const state = this.#nexuses.get(nexus);
    if (state !== undefined) addUnitAttention(state, code);
  }

  /** A TapeAlert flag was raised: everybody may read it again. */
  alertRaised(flag: number): void {
    for (const state of this.#nexuses.values()) state.seenAlerts.delete(flag);
  }

  forget(nexus: string): void {
    this.#nexuses.delete(nexus);
  }
}

/** POWER ON, resets, I_T NEXUS LOSS. */
const ASC_RESET_OCCURRED = 0x29;

/** Whether the next unit attention tells of a reset. */
export function mustHearOfReset(state: NexusState): boolean {
  return state.unitAttentions[0]?.asc === ASC_RESET_OCCURRED;
}

/** The next unit attention as sense data; it is cleared by this. */
export function takeUnitAttention(state: NexusState): SenseInput | undefined {
  const code = state.unitAttentions.shift();
  return code === undefined ? undefined : { key: SenseKey.UNIT_ATTENTION, ...code };
}

/** Of those that tell of a reset the lowest ASCQ goes first, then the others, oldest first (SAM-5 5.14). */
function addUnitAttention({ unitAttentions }: NexusState, code: AdditionalSenseCode): void {
  if (unitAttentions.some(({ asc, ascq }) => asc === code.asc && ascq === code.ascq)) return;
  const isBehind = (other: AdditionalSenseCode): boolean =>
    code.asc === ASC_RESET_OCCURRED && (other.asc !== ASC_RESET_OCCURRED || other.ascq > code.ascq);
  const at = unitAttentions.findIndex(isBehind);
  unitAttentions.splice(at === -1 ? unitAttentions.length : at, 0, code);
}
