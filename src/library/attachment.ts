import type { EventObject } from 'xstate';
import type { Clock } from '../../devices/clock.js';
import type { ObjectStore } from '../objects/object-store.js';
import { DriveOperations } from './drive-operations.js';
import { ElementActors } from './element-actors.js';
import type { ElementEffect, ElementKind } from './element-actors.js';
import { AccessQuestions } from './access-questions.js';
import { DoorControl } from './door-control.js';
import { LibraryElements } from './library-elements.js';
import type { LibraryHardware } from './library-hardware.js';
import type { MoveJournal } from './move-journal.js';
import { Motions } from './motions.js';
import type { MotionsOptions } from './motions.js';
import type { NtmsInventoryMethod } from '../objects/ntmsapi/index.js';
import type { OperatorRequests } from './operator-requests.js';
import { PortControl } from './port-control.js';
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
  readonly operatorRequests: OperatorRequests;
  /** Queues an inventory that nobody asked for: a door was shut. */
  readonly inventory: (method: NtmsInventoryMethod) => void;
  readonly pump: () => void;
  readonly onNotice: (text: string) => void;
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
  readonly ports: PortControl;
  readonly doors: DoorControl;
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
      opened: hardware.openedElements,
    });
    const { elements } = this;
    this.motions = new Motions({
      ...{ library, store, journal, elements, hardware },
      onAstray: options.onAstray,
      onEnd: ({ refused }) => this.#noticeDoor(refused),
    });
    this.drives = new DriveOperations({ elements, hardware, motions: this.motions });
    const { clock, operatorRequests, inventory, pump, onNotice } = options;
    const notice = (text: string): void => onNotice(`${library.name}: ${text}`);
    const questions = new AccessQuestions({ operatorRequests, library: library.name, onNotice });
    this.ports = new PortControl({ store, clock, elements, hardware, questions, onNotice: notice });
    this.doors = new DoorControl({
      ...{ store, clock, elements, hardware, questions, inventory, pump },
      library: library.id,
      onNotice: notice,
    });
  }

  /** Ends the machines; what they showed last is written. The devices stay open. */
  end(): void {
    this.ports.stopAll();
    this.doors.stopAll();
    try {
      this.#projection.flush();
    } catch {
      this.#projection.discard();
    }
    this.#actors.stop();
  }

  /** Nobody is waited for any more: the machines start anew as soon as everything is at rest. */
  giveUpWaiting(error: unknown): void {
    this.ports.giveUp(error);
    this.doors.giveUp(error);
  }

  /** A door that a person opened without asking is met by a motion: as a refusal, or as a changer that was shut again. */
  #noticeDoor(refused: boolean): void {
    const disturbed = this.hardware.ports.takeDisturbance();
    if (!refused && !disturbed) return;
    this.doors.notice(disturbed).catch((error: unknown) => {
      this.#options.onNotice(`${this.#options.library.name}: its door could not be looked at: ${String(error)}`);
    });
  }

  #effectEmitted(kind: ElementKind, effect: EventObject): void {
    if (effect.type !== 'event.unexpected') {
      if (kind === 'picker') this.motions.effectEmitted(effect as ElementEffect<'picker'>);
      if (kind === 'port') return this.ports.effectEmitted(effect as ElementEffect<'port'>);
      if (kind === 'door') return this.doors.effectEmitted(effect as ElementEffect<'door'>);
      if (kind === 'drive') this.drives.effectEmitted(effect as ElementEffect<'drive'>);
    }
    this.#options.onEffect(effect);
  }
}
