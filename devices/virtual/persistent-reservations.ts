import { ReservationType } from '../scsi/spc/persistent-reservation.js';
import type { ReservationRule } from './reservation-rules.js';

/** An I_T nexus that has registered a key. */
export interface Registration {
  readonly nexus: string;
  readonly key: bigint;
  /** ALL_TG_PT, as it was given. There is one target port, so it makes no difference. */
  readonly allTargetPorts: boolean;
}

export interface Reservation {
  readonly type: ReservationType;
  /** The nexus that holds it; absent for the all registrants types, which every registered nexus holds. */
  readonly holder?: string;
}

/** Who must be told of a change (SPC-4 5.13). */
export interface ReservationNotices {
  readonly registrationsPreempted: readonly string[];
  readonly reservationsPreempted: readonly string[];
  readonly reservationsReleased: readonly string[];
}

const NOBODY: ReservationNotices = { registrationsPreempted: [], reservationsPreempted: [], reservationsReleased: [] };

const ALL_REGISTRANTS: readonly number[] = [
  ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS,
  ReservationType.EXCLUSIVE_ACCESS_ALL_REGISTRANTS,
];
const REGISTRANTS_ONLY: readonly number[] = [
  ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY,
  ReservationType.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY,
];
const WRITE_EXCLUSIVE: readonly number[] = [
  ReservationType.WRITE_EXCLUSIVE,
  ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY,
  ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS,
];

/**
 * The registrations and the reservation of one logical unit (SPC-4 5.13). They are kept by the names of the initiator ports:
 * the end of a nexus and a reset change nothing, power off forgets everything. What a request must fulfil is checked by
 * its command; here is what it then does.
 */
export class PersistentReservations {
  /** In the order in which they registered. */
  readonly #registrations = new Map<string, Registration>();
  #reservation: Reservation | undefined;
  #generation = 0;

  /** PRGENERATION: counts changes of registrations, modulo 2^32. */
  get generation(): number {
    return this.#generation;
  }

  get registrations(): readonly Registration[] {
    return [...this.#registrations.values()];
  }

  get reservation(): Reservation | undefined {
    return this.#reservation;
  }

  registrationOf(nexus: string): Registration | undefined {
    return this.#registrations.get(nexus);
  }

  /** Whether this nexus holds the reservation, alone or with all registrants. */
  isHolder(nexus: string): boolean {
    if (this.#reservation === undefined || !this.#registrations.has(nexus)) return false;
    return this.#reservation.holder === undefined || this.#reservation.holder === nexus;
  }

  /** Whether RESERVE and RELEASE of this nexus are taken and change nothing (CRH, SPC-3 5.6.3). */
  sharesReservation(nexus: string): boolean {
    if (this.isHolder(nexus)) return true;
    return this.#registrations.has(nexus) && this.#isOneOf(REGISTRANTS_ONLY);
  }

  /** Whether a command of this nexus goes through. */
  allows(nexus: string, rule: ReservationRule): boolean {
    if (this.#reservation === undefined || rule === 'always') return true;
    const isRegistered = this.#registrations.has(nexus);
    const sharing = this.#isOneOf(REGISTRANTS_ONLY) || this.#isOneOf(ALL_REGISTRANTS);
    if (sharing ? isRegistered : this.isHolder(nexus)) return true;
    return rule === 'reads' && this.#isOneOf(WRITE_EXCLUSIVE);
  }

  /** REGISTER: a key of 0 ends the registration. */
  register(nexus: string, key: bigint, allTargetPorts: boolean): ReservationNotices {
    if (key === 0n && !this.#registrations.has(nexus)) return NOBODY;
    this.#count();
    if (key !== 0n) {
      this.#registrations.set(nexus, { nexus, key, allTargetPorts });
      return NOBODY;
    }
    const wasHolder = this.isHolder(nexus);
    this.#registrations.delete(nexus);
    return wasHolder ? this.#releasedByUnregistering() : NOBODY;
  }

  /** RESERVE, when there is no reservation. */
  reserve(nexus: string, type: ReservationType): void {
    this.#reservation = ALL_REGISTRANTS.includes(type) ? { type } : { type, holder: nexus };
  }

  /** RELEASE, by a holder. The others are told where they had a share in it. */
  release(nexus: string): ReservationNotices {
    const shared = this.#isOneOf(REGISTRANTS_ONLY) || this.#isOneOf(ALL_REGISTRANTS);
    this.#reservation = undefined;
    return shared ? { ...NOBODY, reservationsReleased: this.#allBut(nexus) } : NOBODY;
  }

  /** CLEAR */
  clear(nexus: string): ReservationNotices {
    const others = this.#allBut(nexus);
    this.#count();
    this.#registrations.clear();
    this.#reservation = undefined;
    return { ...NOBODY, reservationsPreempted: others };
  }

  /** Whether PREEMPT with this key takes the reservation, and not only registrations, away. */
  takesReservation(key: bigint): boolean {
    if (this.#reservation === undefined) return false;
    if (this.#reservation.holder === undefined) return key === 0n;
    return this.#registrations.get(this.#reservation.holder)?.key === key;
  }

  /** PREEMPT with a key that {@link takesReservation}: the nexus has the reservation now, of this type. */
  preemptReservation(nexus: string, key: bigint, type: ReservationType): ReservationNotices {
    const before = this.#reservation;
    // Key 0 stands for everybody, where everybody holds the reservation.
    const isPreempted = (other: Registration): boolean => before?.holder === undefined || other.key === key;
    const registrationsPreempted = this.#remove((other) => other.nexus !== nexus && isPreempted(other));
    this.reserve(nexus, type);
    const reservationsReleased = before?.type === type ? [] : this.#allBut(nexus);
    return { ...NOBODY, registrationsPreempted, reservationsReleased };
  }

  /** PREEMPT with any other key: its registrations go, the own one too if it has that key, of which nobody is told. */
  preemptRegistrations(nexus: string, key: bigint): ReservationNotices {
    const removed = this.#remove((other) => other.key === key);
    // The last of all registrants takes the reservation with it.
    if (this.#registrations.size === 0) this.#reservation = undefined;
    return { ...NOBODY, registrationsPreempted: removed.filter((other) => other !== nexus) };
  }

  #releasedByUnregistering(): ReservationNotices {
    if (this.#isOneOf(ALL_REGISTRANTS)) {
      // The reservation goes with the last registration only; then there is nobody to tell.
      if (this.#registrations.size === 0) this.#reservation = undefined;
      return NOBODY;
    }
    const told = this.#isOneOf(REGISTRANTS_ONLY) ? [...this.#registrations.keys()] : [];
    this.#reservation = undefined;
    return { ...NOBODY, reservationsReleased: told };
  }

  #remove(isPreempted: (registration: Registration) => boolean): string[] {
    this.#count();
    const removed = this.registrations.filter(isPreempted).map(({ nexus }) => nexus);
    for (const nexus of removed) this.#registrations.delete(nexus);
    return removed;
  }

  #isOneOf(types: readonly number[]): boolean {
    return this.#reservation !== undefined && types.includes(this.#reservation.type);
  }

  #allBut(nexus: string): string[] {
    return [...this.#registrations.keys()].filter((other) => other !== nexus);
  }

  #count(): void {
    this.#generation = (this.#generation + 1) % 2 ** 32;
  }
}
