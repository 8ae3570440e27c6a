import { NtmsOperationalState } from '../objects/ntmsapi/index.js';
import type { Attachment } from './attachment.js';
import { findHomeSlot } from './home-slot.js';
import type { LibraryContext } from './library-context.js';
import type { LibraryTroubles } from './library-troubles.js';
import type { MoveJournal } from './move-journal.js';
import type { ReadElement } from './read-element.js';
import { lookInside } from './stand-alone-look.js';
import { takeStock } from './take-stock.js';

export interface LookOptions {
  /** The changer looks at its elements first, and reads their labels again. */
  readonly scan?: boolean;
  /** False: filled slots that wait for an inventory by label keep waiting. */
  readonly classify?: boolean;
  readonly requestId?: string;
  /** A person asked for it, having looked after the library: what was out of order is tried again. */
  readonly serviced?: boolean;
}

export interface LookParts {
  readonly context: LibraryContext;
  readonly journal: MoveJournal;
  readonly troubles: LibraryTroubles;
  /** Which of these cartridges, recorded in other libraries, those libraries hold just now. */
  readonly heldElsewhere: (barCodes: readonly string[]) => Promise<ReadonlySet<string>>;
}

/** Looks at a library: reads it, brings the records in line, and asks a person for what it cannot mend by itself. */
export class LibraryLook {
  readonly #parts: LookParts;

  constructor(parts: LookParts) {
    this.#parts = parts;
  }

  /** Rejects with HardwareError when the devices cannot be read, and with NtmsError when the records cannot be written. */
  async take(attachment: Attachment, options: LookOptions = {}): Promise<void> {
    const { hardware, motions } = attachment;
    await motions.exclusive(async () => {
      if (options.scan === true) await hardware.scan(options.requestId);
      if (options.serviced === true) await this.#tryFailedDrives(attachment);
      await this.account(attachment, await hardware.readElements(options.requestId), options);
    });
    await this.clearPicker(attachment, options.serviced);
  }

  /** Brings the records in line with a reading during which nothing moved. */
  async account(attachment: Attachment, seen: readonly ReadElement[], options: LookOptions = {}): Promise<void> {
    const { context, journal, troubles } = this.#parts;
    const { store, claims, id, name } = context;
    // Whatever a person has changed was just seen.
    attachment.hardware.ports.takeDisturbance();
    const heldElsewhere = await this.#parts.heldElsewhere(seen.flatMap(({ barCode }) => barCode ?? []));
    const inside = await lookInside(context, attachment, seen, options.requestId ?? 'look');
    inside?.assign();
    const report = takeStock({
      store,
      journal,
      elements: attachment.elements,
      library: { id, name },
      seen,
      classify: options.classify ?? true,
      isClaimed: (mediumId) => claims.has(mediumId),
      isUnderWay: (moveId) => attachment.motions.has(moveId),
      heldElsewhere,
    });
    inside?.file();
    for (const notice of report.notices) context.notice(notice);
    const doubts = report.doubts.map((doubt) => ({ ...doubt, message: `${name}: ${doubt.message}` }));
    troubles.review(new Set(doubts.map(({ message }) => message)));
    for (const { message, mediumId } of doubts) {
      troubles.raise(mediumId === undefined ? { kind: 'library', id } : { kind: 'medium', id: mediumId }, message);
    }
    context.pump();
  }

  /**
   * A cartridge on the picker keeps everything from moving. One that a motion of ours left there goes home by a motion of
   * its own, once; one that came there otherwise is touched only when a person asked for the look.
   */
  async clearPicker({ elements, motions }: Attachment, serviced = false): Promise<void> {
    const { context, journal, troubles } = this.#parts;
    const { claims, name } = context;
    if (!elements.hasPicker) return;
    const { picker } = elements;
    const medium = elements.mediumIn(picker);
    if (medium === undefined || claims.has(medium.id)) return;
    const object = { kind: 'changer', id: picker.objectId } as const;
    const ours = journal.lastMoveOf(medium.id)?.outcome === 'on-picker';
    const slot = findHomeSlot(context, medium);
    if (slot === undefined || !(ours || serviced)) {
      const advice = slot === undefined ? 'No slot is empty: make room' : 'Make sure that it may be moved';
      troubles.raise(object, `${name}: ${medium.name} is on the picker. ${advice}, then run an inventory`);
      return;
    }
    const holder = `picker ${picker.objectId}`;
    if (!claims.take(holder, [medium.id, slot])) return;
    try {
      const destination = elements.of(slot);
      const moveId = elements.commit(() =>
        motions.intend({ mediumId: medium.id, source: picker, destination, requestId: null }),
      );
      await motions.move(moveId);
      context.notice(`${name}: ${medium.name} was brought from the picker to ${destination.name}`);
      // Now the picker is known to be free: what a person was asked for before is done.
      troubles.review();
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      troubles.raise(object, `${name}: ${medium.name} is on the picker and could not be put away: ${said}`);
    } finally {
      claims.releaseAll(holder);
      context.pump();
    }
  }

  /** Drives that were out of order and answer as sound drives do are taken into use again. */
  async #tryFailedDrives({ elements, hardware }: Attachment): Promise<void> {
    const { store, id } = this.#parts.context;
    const failed = { library: id, operationalState: NtmsOperationalState.NTMS_NEEDS_SERVICE };
    for (const drive of store.table('drives').list(failed)) {
      if ((await hardware.isSound(drive.elementAddress)) === false) continue;
      elements.commit(() => elements.serviced(drive.id));
    }
  }
}
