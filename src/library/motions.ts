import type { MoveOutcome } from '../../machines/medium-transport-element-contract.js';
import { NtmsError } from '../objects/ntms-error.js';
import type { ObjectStore } from '../objects/object-store.js';
import { placeCartridge } from './cartridge-records.js';
import type { ElementEffect } from './element-actors.js';
import type { LibraryElement, LibraryElements } from './library-elements.js';
import type { LibraryHardware, MoveReport } from './library-hardware.js';
import type { MoveJournal } from './move-journal.js';

/** A cartridge's way from one element to another. */
export interface Motion {
  readonly mediumId: string;
  readonly source: LibraryElement;
  readonly destination: LibraryElement;
  /** The library request that it serves; null when the library brings a cartridge home by itself. */
  readonly requestId: string | null;
  /** What else is true once the cartridge has arrived; written in the transaction that writes its new place. */
  readonly whenMoved?: () => void;
}

interface IntendedMotion extends Motion {
  readonly moveId: string;
  /** What the device said last; for the message when the motion does not end as wanted. */
  said: string;
  /** Where the read-back found the cartridge. */
  seen?: MoveOutcome;
  /** The elements are not as the records had them. */
  recordsWrong: boolean;
  settle?: (outcome: MoveOutcome | 'refused') => void;
}

export interface MotionsOptions {
  readonly library: { readonly id: string; readonly name: string };
  readonly store: ObjectStore;
  readonly journal: MoveJournal;
  readonly elements: LibraryElements;
  readonly hardware: LibraryHardware;
  /** A motion is over; `refused`: the device did not begin it. */
  readonly onEnd: (end: { readonly refused: boolean }) => void;
  /** The records are proven wrong, or nobody knows where the cartridge is: the library needs a new look. */
  readonly onAstray: (motion: Motion, outcome: MoveOutcome, said: string) => void;
}

/**
 * Motions of one picker, one after another. Each is asked of the picker's machine; the machine says when MOVE MEDIUM goes
 * out and when the elements are read back, and only what the read-back shows is written into the records.
 */
export class Motions {
  readonly #options: MotionsOptions;
  /** From the intent until the motion has ended, by the journal's line. */
  readonly #motions = new Map<string, IntendedMotion>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: MotionsOptions) {
    this.#options = options;
  }

  /** Writes the intent into the journal, in the caller's transaction, and gives the line's id. Nothing moves yet. */
  intend(motion: Motion): string {
    const { journal, elements, library } = this.#options;
    const moveId = journal.intend({
      library: library.id,
      libRequest: motion.requestId,
      physMediaId: motion.mediumId,
      mediumTransportAddress: elements.picker.address,
      source: motion.source.address,
      destination: motion.destination.address,
    });
    this.#motions.set(moveId, { ...motion, moveId, said: '', recordsWrong: false });
    return moveId;
  }

  /** The motion will not be made. Without effect on one that has begun or ended. */
  withdraw(moveId: string, why: string): void {
    const motion = this.#motions.get(moveId);
    if (motion === undefined || motion.settle !== undefined) return;
    this.#motions.delete(moveId);
    this.#options.journal.conclude(moveId, 'not-moved', why);
  }

  /** Whether a journal's line belongs to a motion that is still to be made or under way. */
  has(moveId: string): boolean {
    return this.#motions.has(moveId);
  }

  /**
   * Makes an intended motion and resolves when the read-back found the cartridge at the destination. Otherwise rejects
   * with ERROR_INVALID_STATE and where the cartridge is; by then the records say so, too. A motion that has not begun
   * when `signal` aborts is withdrawn; one that has is let come to rest.
   */
  move(moveId: string, signal?: AbortSignal): Promise<void> {
    return this.exclusive(() => this.#moveNow(moveId, signal));
  }

  /** Runs something that wants no motion beside it. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves when nothing moves and nothing waits for the picker. */
  async whenStill(): Promise<void> {
    for (let last: Promise<unknown> | undefined; last !== this.#last;) {
      last = this.#last;
      await last;
    }
  }

  /** The picker machine's effects. */
  effectEmitted(effect: ElementEffect<'picker'>): void {
    switch (effect.type) {
      case 'command.moveMedium':
        return void this.#sendMove(effect);
      case 'command.readBack':
        return this.#readBack(effect.moveId);
      case 'move.finished':
        return this.#conclude(effect.moveId, effect.outcome);
      case 'move.refused':
        return this.#refused(effect.moveId, effect.reason);
      default:
    }
  }

  async #moveNow(moveId: string, signal: AbortSignal | undefined): Promise<void> {
    const motion = this.#motions.get(moveId);
    if (motion === undefined) throw new NtmsError('ERROR_INVALID_STATE', `motion ${moveId} was withdrawn`);
    const { mediumId, source, destination } = motion;
    try {
      const obstacle = signal?.aborted === true ? signal.reason : this.#obstacle(motion);
      if (obstacle !== undefined) {
        this.withdraw(moveId, obstacle instanceof NtmsError ? obstacle.detail : String(obstacle));
        throw obstacle;
      }
      const end = new Promise<MoveOutcome | 'refused'>((settle) => {
        motion.settle = settle;
      });
      this.#options.elements.pickerActor().send({
        type: 'MOVE_REQUESTED',
        moveId,
        mediumId,
        source: source.address,
        destination: destination.address,
      });
      const outcome = await end;
      if (outcome === 'moved') return;
      throw new NtmsError('ERROR_INVALID_STATE', `${describeEnd(outcome, motion)}: ${motion.said}`, {
        data: {
          outcome,
          recordsWrong: motion.recordsWrong,
          source: source.address,
          destination: destination.address,
        },
      });
    } finally {
      this.#motions.delete(moveId);
    }
  }

  /** A look may have found things otherwise since the motion was planned; what was planned on wrong records is not done. */
  #obstacle({ mediumId, source, destination }: Motion): NtmsError | undefined {
    const { store, elements } = this.#options;
    const medium = store.table('physicalMedia').get(mediumId);
    const name = medium?.name ?? mediumId;
    if (medium?.location !== source.objectId) {
      return new NtmsError('ERROR_INVALID_STATE', `${name} is not in ${source.name} any more; nothing was moved`);
    }
    const inside = elements.mediumIn(destination);
    if (inside === undefined) return undefined;
    return new NtmsError('ERROR_INVALID_STATE', `${destination.name} holds ${inside.name}; ${name} was not moved`);
  }

  /** The changer moves and reads back in one verb; the machine hears of both in its own order. */
  async #sendMove(effect: Extract<ElementEffect<'picker'>, { type: 'command.moveMedium' }>): Promise<void> {
    const { elements } = this.#options;
    const motion = this.#motions.get(effect.moveId);
    const report = await this.#carry(effect, motion?.requestId ?? undefined);
    if (motion !== undefined) {
      motion.said = report.message;
      motion.seen = report.outcome;
      motion.recordsWrong = report.recordsWrong;
    }
    elements.pickerActor().send(moveEvent(effect.moveId, report));
    this.#options.onEnd({ refused: report.end === 'refused' });
  }

  async #carry(
    { mediumId, source, destination }: { mediumId: string; source: number; destination: number },
    correlationId: string | undefined,
  ): Promise<MoveReport> {
    const { hardware, store } = this.#options;
    try {
      const barCode = store.table('physicalMedia').get(mediumId)?.barCode ?? '';
      return await hardware.moveMedium({ source, destination, barCode }, correlationId);
    } catch (error) {
      // A defect of ours, not of the device; what the device did nobody knows.
      return { end: 'unknown', outcome: 'uncertain', recordsWrong: true, message: String(error) };
    }
  }

  #readBack(moveId: string): void {
    const outcome = this.#motions.get(moveId)?.seen ?? 'uncertain';
    // The machine is in the transition that asked; its mailbox gives it the answer afterwards.
    this.#options.elements.pickerActor().send({ type: 'MOVE_VERIFIED', moveId, outcome });
  }

  #refused(moveId: string, reason: string): void {
    const motion = this.#motions.get(moveId);
    if (motion?.settle === undefined) return;
    motion.said ||= reason;
    try {
      this.#options.journal.conclude(moveId, 'not-moved', motion.said);
    } catch (error) {
      // The line stays open, and the next look closes it.
      motion.said += `; the database refused to note it: ${String(error)}`;
    }
    if (motion.recordsWrong) this.#options.onAstray(motion, 'not-moved', motion.said);
    motion.settle('refused');
  }

  /** One transaction: the journal's line, the cartridge's place, and what the machines of both elements show. */
  #conclude(moveId: string, outcome: MoveOutcome): void {
    const motion = this.#motions.get(moveId);
    if (motion?.settle === undefined) return;
    const { elements, onAstray } = this.#options;
    try {
      // Of a cartridge that is nowhere or elsewhere the line stays open: it is what the next look finds it by.
      if (outcome === 'moved' || outcome === 'on-picker' || outcome === 'not-moved') {
        elements.commit(() => this.#write(motion, outcome));
      }
    } catch (error) {
      // The cartridge moved but the records could not be written; the open line tells the next look.
      motion.said = `the database refused the new place of the cartridge: ${String(error)}`;
      motion.settle('uncertain');
      return;
    }
    if (outcome !== 'moved' && (outcome !== 'not-moved' || motion.recordsWrong)) {
      onAstray(motion, outcome, motion.said);
    }
    motion.settle(outcome);
  }

  #write(motion: IntendedMotion, outcome: 'moved' | 'on-picker' | 'not-moved'): void {
    const { store, journal, elements, library } = this.#options;
    const { moveId, mediumId, source, destination, said } = motion;
    journal.conclude(moveId, outcome, outcome === 'moved' ? '' : said);
    if (outcome === 'not-moved') return;
    const element = outcome === 'moved' ? destination : elements.picker;
    placeCartridge(store, mediumId, { library: library.id, element });
    elements.movedOut(source);
    elements.movedIn(element, mediumId);
    if (outcome === 'moved') motion.whenMoved?.();
  }
}

function moveEvent(moveId: string, report: MoveReport) {
  switch (report.end) {
    case 'completed':
      return { type: 'MOVE_COMPLETED', moveId } as const;
    case 'refused':
      return { type: 'MOVE_REFUSED', moveId, reason: report.message } as const;
    case 'unknown':
      return { type: 'MOVE_OUTCOME_UNKNOWN', moveId } as const;
  }
}

function describeEnd(outcome: MoveOutcome | 'refused', { source, destination }: Motion): string {
  const way = `from ${source.name} to ${destination.name}`;
  switch (outcome) {
    case 'refused':
    case 'not-moved':
      return `the cartridge did not move ${way}; it is still in ${source.name}`;
    case 'on-picker':
      return `the cartridge is on the picker, on its way ${way}`;
    case 'elsewhere':
      return `the cartridge is in another element than it was sent to, ${way}`;
    default:
      return `nobody knows where the cartridge is, on its way ${way}`;
  }
}
