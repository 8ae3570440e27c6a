import { randomUUID } from 'node:crypto';
import type { Clock } from '../../devices/clock.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { MoveJournalRow } from '../objects/rows.js';

export type MoveOutcome = Exclude<MoveJournalRow['outcome'], 'intended'>;

export interface IntendedMove {
  readonly library: string;
  readonly libRequest: string | null;
  readonly physMediaId: string;
  readonly mediumTransportAddress: number;
  readonly source: number;
  readonly destination: number;
}

/**
 * What the medium transport was told to do and what came of it. The intent is committed before MOVE MEDIUM leaves, the
 * outcome in the transaction that writes the cartridge's new place. A line stays open until something proves where the
 * cartridge is: the read-back, or after a lost answer or a crash the next look at the library, which finds the cartridge
 * by the line even when it has no label.
 */
export class MoveJournal {
  readonly #store: ObjectStore;
  readonly #clock: Clock;

  constructor({ store, clock }: { store: ObjectStore; clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
  }

  intend(move: IntendedMove): string {
    const id = randomUUID();
    this.#store.table('moveJournal').insert({ id, ...move, outcome: 'intended', intendedAt: this.#clock.now() });
    return id;
  }

  /** To be called inside the transaction that moves the cartridge's record. */
  conclude(id: string, outcome: MoveOutcome, detail = ''): void {
    this.#store.table('moveJournal').update(id, { outcome, concludedAt: this.#clock.now(), detail });
  }

  /** The lines whose end nothing has proven yet, oldest first. */
  openMoves(library: string): MoveJournalRow[] {
    return this.#store
      .table('moveJournal')
      .list({ library, outcome: 'intended' })
      .sort((a, b) => a.intendedAt - b.intendedAt);
  }

  /** The last line about a cartridge. */
  lastMoveOf(physMediaId: string): MoveJournalRow | undefined {
    return this.#store.table('moveJournal').list({ physMediaId }, { descending: true, limit: 1 })[0];
  }

  /** Forgets lines that were concluded before `beforeMs`. */
  purge(beforeMs: number): void {
    const journal = this.#store.table('moveJournal');
    for (const row of journal.list()) {
      if (row.concludedAt !== null && row.concludedAt < beforeMs) journal.remove(row.id);
    }
  }
}
