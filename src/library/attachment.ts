import type { EventObject } from 'xstate';
import type { Clock } from '../../devices/clock.js';
import type { ObjectStore } from '../objects/object-store.js';
import { DriveOperations } from './drive-operations.js';
import { ElementActors } from './element-actors.js';
import type { ElementEffect, ElementKind } from './element-actors.js';
import { LibraryElements } from './library-elements.js';
import type { LibraryHardware } from './library-hardware.js';
import type { MoveJournal } from './move-journal.js';
import { Motions } from './motions.js';
import type { MotionsOptions } from './motions.js';
import { LazyProjection } from './state-projection.js';

export interface AttachmentOptions {
  readonly library: { readonly id: string; readonly name: string };
  readonly hardware: LibraryHardware;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly journal: MoveJournal;
  readonly onAstray: MotionsOptions['onAstray'];
  /** Effects that the attachment does not carry out by itself: faults, discrepancies, events that nobody expected. */
  readonly onEffect: (effect: EventObject) => void;
  /** The machines are ahead of the records, which could not be written; neither may be gone by any more. */
  readonly onDistrust: (error: unknown) => void;
}

/**
 * A library's machines over its opened devices: all that starts from the records when the devices are found, and is thrown
 * away when they are lost or when the records could not follow.
 */
export class Attachment {
  readonly hardware: LibraryHardware;
  readonly elements: LibraryElements;
  readonly motions: Motions;
  readonly drives: DriveOperations;
  readonly #actors: ElementActors;
  readonly #projection: LazyProjection;
  readonly #options: AttachmentOptions;

  constructor(options: AttachmentOptions) {
    const { store, hardware, library, journal, onDistrust } = options;
    this.#options = options;
    this.hardware = hardware;
    this.#projection = new LazyProjection(store, onDistrust);
    this.#actors = new ElementActors({
      stateChanged: (kind, id, snapshot) => this.#projection.write(kind, id, snapshot),
      effectEmitted: (kind, _id, effect) => this.#effectEmitted(kind, effect),
      failed: onDistrust,
    });
    this.elements = new LibraryElements({
      store,
      actors: this.#actors,
      projection: this.#projection,
      library: library.id,
      onUndone: onDistrust,
    });
    const { elements } = this;
    this.motions = new Motions({ library, store, journal, elements, hardware, onAstray: options.onAstray });
    this.drives = new DriveOperations({ elements, hardware, motions: this.motions });
  }

  /** Ends the machines; what they showed last is written. The devices stay open. */
  end(): void {
    try {
      this.#projection.flush();
    } catch {
      this.#projection.discard();
    }
    this.#actors.stop();
  }

  #effectEmitted(kind: ElementKind, effect: EventObject): void {
    if (effect.type !== 'event.unexpected') {
      if (kind === 'picker') this.motions.effectEmitted(effect as ElementEffect<'picker'>);
      if (kind === 'drive') this.drives.effectEmitted(effect as ElementEffect<'drive'>);
    }
    this.#options.onEffect(effect);
  }
}
