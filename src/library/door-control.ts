import type { Clock } from '../../devices/clock.js';
import type { DoorAction, DoorEffect } from '../../machines/door.js';
import { NtmsInventoryMethod } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { AccessQuestions } from './access-questions.js';
import { HardwareError } from './hardware-error.js';
import type { LibraryElements } from './library-elements.js';
import type { LibraryHardware } from './library-hardware.js';
import type { DoorReading } from './port-hardware.js';

/** How often a door that is open, or may be opened, is looked at. */
export const doorPollMs = 2_000;
const failedLooks = 3;

export type DoorEnd = 'finished' | 'disabled' | 'busy' | 'unknown';

export interface DoorControlOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly elements: LibraryElements;
  readonly hardware: Pick<LibraryHardware, 'ports'>;
  readonly library: string;
  readonly questions: AccessQuestions;
  /** Queues an inventory. */
  readonly inventory: (method: NtmsInventoryMethod) => void;
  /** The door is shut: what waited for it may go on. */
  readonly pump: () => void;
  readonly onNotice: (text: string) => void;
}

interface Access {
  readonly requestId: string;
  readonly resolve: (end: DoorEnd) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Carries out what the machines of the doors decide: locks, time limits, the inventory after the door was shut. A door is
 * looked at every {@link doorPollMs} while it is open or may be opened; the first one stands for all doors of a library,
 * since a changer does not tell which one is open.
 */
export class DoorControl {
  readonly #options: DoorControlOptions;
  readonly #accesses = new Map<string, Access>();
  readonly #timers = new Map<string, () => void>();
  readonly #ended = new AbortController();
  #watching = false;
  /** A door was asked for once: from then on it is locked when it is shut. */
  #locks = false;
  /** A door is told to have been open, and is shut by now. */
  #isPast = false;

  constructor(options: DoorControlOptions) {
    this.#options = options;
  }

  /**
   * AccessNtmsLibraryDoor: unlocks the door, and resolves when it was opened and shut again, or was refused. Rejects with
   * the signal's reason when it was given up before anybody opened, and with HardwareError when the library is lost.
   */
  async access(
    doorId: string,
    order: {
      readonly requestId: string;
      readonly action: DoorAction;
      readonly signal: AbortSignal;
      /** Aborts when the manager stops: an open door is waited for no more. */
      readonly shutdown: AbortSignal;
    },
  ): Promise<DoorEnd> {
    const { elements, hardware } = this.#options;
    const { requestId, action, signal, shutdown } = order;
    this.#locks = true;
    const reading = await hardware.ports.readDoor(requestId);
    signal.throwIfAborted();
    if (!this.#isInUse(doorId)) elements.renew(doorId);
    const actor = elements.doorActor(doorId);
    this.#tell(doorId, reading);
    const ended = new Promise<DoorEnd>((resolve, reject) => {
      this.#accesses.set(doorId, { requestId, resolve, reject });
    });
    const giveUp = (): void => {
      const isOpen = actor.getSnapshot().value.operation === 'open';
      if (!isOpen || shutdown.aborted) this.#abandon(doorId, signal.aborted ? signal.reason : shutdown.reason);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    shutdown.addEventListener('abort', giveUp, { once: true });
    try {
      elements.commit(() => actor.send({ type: 'ACCESS_REQUESTED', requestId, action }));
      void this.#watch();
      return await ended;
    } finally {
      signal.removeEventListener('abort', giveUp);
      shutdown.removeEventListener('abort', giveUp);
      this.#accesses.delete(doorId);
    }
  }

  /** Something was refused, or media may have been changed: looks whether a person opened the door without asking. */
  async notice(disturbed: boolean): Promise<void> {
    const { store, hardware, library } = this.#options;
    const [door] = store.table('doors').list({ library });
    if (door === undefined || this.#accesses.has(door.id) || this.#isInUse(door.id)) return;
    const reading = await hardware.ports.readDoor();
    this.#tell(door.id, { open: false, disturbed: false });
    this.#tell(door.id, { open: reading.open, disturbed: disturbed || reading.disturbed });
    void this.#watch();
  }

  /** Whoever waits for a door is told that it is over. */
  giveUp(error: unknown): void {
    for (const { reject } of this.#accesses.values()) reject(error);
  }

  /** Nobody looks any more. */
  stopAll(): void {
    this.#ended.abort();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  /** The door machines' effects. */
  effectEmitted(effect: DoorEffect): void {
    const { hardware, questions, onNotice, elements, inventory, store, pump } = this.#options;
    if (effect.type === 'event.unexpected') return;
    const { doorId } = effect;
    switch (effect.type) {
      case 'command.unlockDoor':
        return void this.#unlock(doorId);
      case 'command.lockDoor':
        if (this.#locks) void hardware.ports.lockOut(doorId);
        return;
      case 'timer.start': {
        const cancel = this.#options.clock.after(effect.ms, () => {
          elements.doorActor(doorId).send({ type: 'TIMER_EXPIRED', timer: 'doorOpen' });
        });
        return void this.#timers.set(doorId, cancel);
      }
      case 'timer.cancel':
        return this.#timers.get(doorId)?.();
      case 'operatorRequest.needed': {
        if (this.#isPast) return;
        const name = store.table('doors').get(doorId)?.name ?? 'the door';
        return questions.ask({ kind: 'door', id: doorId }, `${name} stands open: shut it`);
      }
      case 'inventory.needed':
        onNotice('the door was shut; an inventory is queued');
        // Not in the transaction that shuts the door: the inventory is a request of its own.
        return queueMicrotask(() => inventory(NtmsInventoryMethod[effect.method]));
      case 'access.finished':
        this.#accesses.get(doorId)?.resolve('finished');
        return pump();
      case 'access.refused':
        return this.#accesses.get(doorId)?.resolve(effect.reason);
    }
  }

  /** The access ends without a person; a door that nobody opened is locked again. */
  #abandon(doorId: string, error: unknown): void {
    const { elements } = this.#options;
    const access = this.#accesses.get(doorId);
    this.#accesses.delete(doorId);
    access?.reject(error);
    const actor = elements.doorActor(doorId);
    if (!actor.getSnapshot().matches({ operation: { closed: 'unlocked' } })) return;
    elements.commit(() => actor.send({ type: 'ACCESS_ABANDONED' }));
  }

  /** Nobody can open a door that stays locked, so nobody is waited for. */
  async #unlock(doorId: string): Promise<void> {
    const { hardware, library } = this.#options;
    const trouble = await hardware.ports.letIn(doorId);
    if (trouble === undefined || this.#ended.signal.aborted) return;
    this.#abandon(doorId, new HardwareError('NEEDS_SERVICE', library, trouble));
  }

  #isInUse(doorId: string): boolean {
    const door = this.#options.elements.doorActor(doorId).getSnapshot();
    return door.matches({ operation: 'open' }) || door.matches({ operation: { closed: 'unlocked' } });
  }

  /** One reading to one door. A door that was open and shut again between two readings was open all the same. */
  #tell(doorId: string, { open, disturbed }: DoorReading): void {
    const { elements, questions } = this.#options;
    const actor = elements.doorActor(doorId);
    elements.commit(() => {
      const known = actor.getSnapshot().value.operation;
      const wasOpened = disturbed && open === false && known !== 'open' && known !== 'unknown';
      this.#isPast = wasOpened;
      if (wasOpened) actor.send({ type: 'DOOR_OPENED' });
      if (open !== undefined) actor.send({ type: 'DOOR_STATUS_READ', open });
    });
    if (actor.getSnapshot().value.operation !== 'open') questions.settle(doorId);
  }

  async #watch(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    const { store, clock, hardware, library, pump } = this.#options;
    const { signal } = this.#ended;
    let failures = 0;
    try {
      for (;;) {
        const [door] = store.table('doors').list({ library });
        if (door === undefined || !this.#isInUse(door.id)) break;
        await clock.sleep(doorPollMs, signal);
        try {
          const reading = await hardware.ports.readDoor();
          failures = 0;
          if (!signal.aborted) this.#tell(door.id, reading);
        } catch (error) {
          failures += 1;
          // Whoever asked for it is told; a door that stands open is looked at until it is shut.
          if (failures === failedLooks) this.#abandon(door.id, error);
        }
      }
    } catch (error) {
      for (const { reject } of this.#accesses.values()) reject(error);
    } finally {
      this.#watching = false;
      pump();
    }
  }
}
