import type { EventObject } from 'xstate';
import type { ObjectStore } from '../objects/object-store.js';
import { ElementActors } from './element-actors.js';
import type { ElementActor, TaggedSnapshot } from './element-actors.js';
import type { HardwareError } from './hardware-error.js';
import { StateProjection } from './state-projection.js';

/**
 * What a library's own machine says of it: initializing, ready, in need of service, not present. It outlives the devices.
 * A library that comes up as it went down is not written at all.
 */
export class LibraryState {
  readonly #id: string;
  readonly #store: ObjectStore;
  readonly #actors: ElementActors;
  readonly #projection: StateProjection;
  #shown: TaggedSnapshot | undefined;
  /** Before the first start is over nobody can ask, and what lasts so long is not written. */
  #starting = true;

  constructor(options: {
    readonly id: string;
    readonly store: ObjectStore;
    readonly onEffect: (effect: EventObject) => void;
    readonly onFault: (error: unknown) => void;
  }) {
    this.#id = options.id;
    this.#store = options.store;
    this.#projection = new StateProjection(options.store);
    this.#actors = new ElementActors({
      stateChanged: (_kind, _id, snapshot) => {
        this.#shown = snapshot;
        if (!this.#starting) this.#projection.write('library', this.#id, snapshot);
      },
      effectEmitted: (_kind, _id, effect) => options.onEffect(effect),
      failed: options.onFault,
    });
  }

  deviceFound(): void {
    this.#actor().send({ type: 'DEVICE_FOUND' });
  }

  /** Its records are in line; of use to a library that was initializing only. */
  initialized(): void {
    const actor = this.#actor();
    if (actor.getSnapshot().matches({ operation: 'initializing' })) actor.send({ type: 'INITIALIZED' });
  }

  failed({ code, message }: HardwareError): void {
    this.#actor().send(code === 'NOT_PRESENT' ? { type: 'DEVICE_LOST' } : { type: 'DEVICE_FAILED', reason: message });
  }

  /** From now on every state is written; the one that the library is in now is, too. */
  started(): void {
    if (!this.#starting) return;
    this.#starting = false;
    if (this.#shown !== undefined) this.#projection.write('library', this.#id, this.#shown);
  }

  stop(): void {
    this.#actors.stop();
  }

  #actor(): ElementActor<'library'> {
    return this.#actors.get('library', this.#id, () => ({
      libraryId: this.#id,
      initial: 'notPresent',
      enabled: this.#store.table('libraries').require(this.#id).enabled,
    }));
  }
}
