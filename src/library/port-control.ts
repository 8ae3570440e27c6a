import type { Clock } from '../../devices/clock.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsPortPosition } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { AccessQuestions } from './access-questions.js';
import { cartridgeLeft } from './leaving-cartridge.js';
import type { LibraryElement, LibraryElements } from './library-elements.js';
import type { LibraryHardware } from './library-hardware.js';
import type { PortReading } from './port-hardware.js';
import { isPortNews, PortUse } from './port-use.js';
import type { PortEffect, PortUseOptions } from './port-use.js';

/** How often a port that waits for a person is looked at. */
export const portPollMs = 2_000;
/** So many looks in a row may fail before the wait is given up. */
const failedLooks = 3;

export interface PortControlOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly elements: LibraryElements;
  readonly hardware: Pick<LibraryHardware, 'ports'>;
  readonly questions: AccessQuestions;
  readonly onNotice: (text: string) => void;
}

/**
 * Carries out what the machines of the ports decide: locks and unlocks, moves ports with a motor, keeps their time limits,
 * and looks every {@link portPollMs} whether a person has filled, emptied or shut a port that waits for one.
 */
export class PortControl {
  readonly #options: PortControlOptions;
  readonly #uses = new Map<string, PortUse>();
  readonly #timers = new Map<string, () => void>();

  constructor(options: PortControlOptions) {
    this.#options = options;
  }

  /** Takes ports for a request: pulls them in, locks the library, and has them tell their news to the use. */
  async begin(options: PortUseOptions): Promise<PortUse> {
    const { elements, hardware } = this.#options;
    const use = new PortUse(options);
    for (const port of use.ports) {
      elements.renew(port.objectId);
      this.#uses.set(port.objectId, use);
    }
    try {
      for (const port of use.ports) {
        const trouble = await hardware.ports.retract(port);
        if (trouble !== undefined)
          throw new NtmsError('ERROR_INVALID_STATE', `${port.name} does not go in: ${trouble}`);
      }
      const seen = await hardware.ports.read(use.requestId);
      elements.commit(() => {
        for (const port of use.ports) {
          this.#tellContent(port, seen);
          elements.portActor(port.objectId).send({ type: 'PORT_RETRACTED' });
        }
      });
    } catch (error) {
      this.end(use);
      throw error;
    }
    void this.#poll(use);
    return use;
  }

  end(use: PortUse): void {
    use.ended.abort();
    use.release();
    for (const { objectId } of use.ports) {
      if (this.#uses.get(objectId) === use) this.#uses.delete(objectId);
      this.#cancelTimer(objectId);
    }
    this.#abandon(use);
  }

  /** A use that ended before its ports were in: where they stand nobody knows, and the next use pulls them in first. */
  #abandon(use: PortUse): void {
    const { store, elements, onNotice } = this.#options;
    const { NTMS_PORTPOSITION_UNKNOWN: position } = NtmsPortPosition;
    for (const { objectId, name } of use.ports) {
      try {
        if (elements.portActor(objectId).getSnapshot().context.job === null) continue;
        elements.renew(objectId);
        store.table('ports').update(objectId, { position });
      } catch (error) {
        onNotice(`the state of ${name} could not be written: ${String(error)}`);
      }
    }
  }

  /** STOP: the ports of a use go in, and what lies in them is dealt with. */
  stop(use: PortUse): void {
    const { elements } = this.#options;
    elements.commit(() => {
      for (const { objectId } of use.ports) {
        const actor = elements.portActor(objectId);
        if (actor.getSnapshot().context.job !== null) actor.send({ type: 'STOP_REQUESTED' });
      }
    });
  }

  /** RETRACT: the ports of a use go in; what lies in them has arrived, and the use of an empty one ends. */
  async pullIn(use: PortUse): Promise<void> {
    const { elements, hardware } = this.#options;
    const seen = await hardware.ports.read(use.requestId);
    for (const port of use.ports) {
      if (this.positionOf(port) !== 'extended') continue;
      const full = seen.some((reading) => reading.address === port.address && reading.full);
      if (full) elements.commit(() => elements.portActor(port.objectId).send({ type: 'ELEMENT_STATUS_READ', full }));
      else await this.#pullIn(port);
    }
  }

  /** What lay in a port before anybody asked for it finds no slot. */
  askForRoom(port: LibraryElement): void {
    this.#ask(port.objectId, 'no-free-slot');
  }

  /** What lay in it has found its place. */
  foundRoom({ objectId }: LibraryElement): void {
    this.#options.questions.settle(objectId);
  }

  positionOf({ objectId }: LibraryElement): string {
    return this.#options.elements.portActor(objectId).getSnapshot().value.position;
  }

  /** Whoever waits for a person at a port is told that it is over. */
  giveUp(error: unknown): void {
    for (const use of new Set(this.#uses.values())) use.fail(error);
  }

  /** Ends the timers; the machines end with their attachment. */
  stopAll(): void {
    for (const use of new Set(this.#uses.values())) this.end(use);
  }

  /** The port machines' effects. */
  effectEmitted(effect: PortEffect): void {
    if (effect.type === 'event.unexpected') return;
    const { portId } = effect;
    const use = this.#uses.get(portId);
    switch (effect.type) {
      case 'command.extendPort':
        return void this.#extend(portId, use);
      case 'command.retractPort':
        return void this.#pullIn(this.#options.elements.of(portId));
      case 'timer.start':
        return this.#startTimer(portId, effect.ms);
      case 'timer.cancel':
        return this.#cancelTimer(portId);
      case 'operatorRequest.needed':
        return this.#ask(portId, effect.reason);
      default:
        if (isPortNews(effect)) use?.tell(effect);
    }
  }

  async #extend(portId: string, use: PortUse | undefined): Promise<void> {
    const { elements, hardware } = this.#options;
    await use?.mayOpen;
    if (use?.isOver() === true) return;
    const port = elements.of(portId);
    const trouble = await this.#asTrouble(() => hardware.ports.extend(port));
    // Its use has ended meanwhile: where it stands nobody knows, and its machine may be gone.
    if (use?.isOver() === true) return;
    const actor = elements.portActor(portId);
    if (trouble === undefined) actor.send({ type: 'PORT_EXTENDED' });
    else actor.send({ type: 'EXTEND_FAILED', reason: trouble });
  }

  /** In, locked, and looked at once more: a hand may have been quicker. */
  async #pullIn(port: LibraryElement): Promise<void> {
    const { elements, hardware, questions } = this.#options;
    const use = this.#uses.get(port.objectId);
    // The transition that asked for it may still be part of a transaction.
    await Promise.resolve();
    let seen: readonly PortReading[] = [];
    const trouble = await this.#asTrouble(async () => {
      const reason = await hardware.ports.retract(port);
      if (reason === undefined) seen = await hardware.ports.read();
      return reason;
    });
    if (use?.isOver() === true) return;
    const actor = elements.portActor(port.objectId);
    const position = this.positionOf(port);
    if (trouble !== undefined) {
      if (position === 'retracting') actor.send({ type: 'RETRACT_FAILED', reason: trouble });
      return;
    }
    questions.settle(port.objectId);
    this.#guarded(port, () =>
      elements.commit(() => {
        this.#tellContent(port, seen, true);
        // A hand was quicker: the machine itself has asked for it now.
        if (this.positionOf(port) === position) actor.send({ type: 'PORT_RETRACTED' });
      }),
    );
  }

  async #poll(use: PortUse): Promise<void> {
    const { clock, hardware } = this.#options;
    const { signal } = use.ended;
    for (let failures = 0; !signal.aborted;) {
      try {
        await clock.sleep(portPollMs, signal);
      } catch {
        return;
      }
      const waiting = use.ports.filter((port) => this.positionOf(port) === 'extended');
      if (waiting.length === 0) continue;
      try {
        const seen = await hardware.ports.read(use.requestId);
        failures = 0;
        for (const port of waiting) if (!signal.aborted) this.#look(use, port, seen);
      } catch (error) {
        failures += 1;
        if (failures >= failedLooks) return use.fail(error);
      }
    }
  }

  /** What a waiting port shows. */
  #look(use: PortUse, port: LibraryElement, seen: readonly PortReading[]): void {
    const { elements } = this.#options;
    const reading = seen.find(({ address }) => address === port.address);
    if (reading === undefined || this.positionOf(port) !== 'extended') return;
    const { extended } = reading;
    const exchanged = this.#isExchanged(port, reading);
    // What was ejected is out; what lies there instead is seen again when the port is in.
    const full = reading.full && !(exchanged && extended !== false);
    if (extended !== false && full && !use.endsWhenFull) return;
    this.#guarded(port, () =>
      elements.commit(() => {
        if (!full || exchanged) this.#left(port);
        elements
          .portActor(port.objectId)
          .send({ type: 'ELEMENT_STATUS_READ', full, ...(extended === undefined ? {} : { extended }) });
      }),
    );
  }

  /** Inside a transaction. */
  #tellContent(port: LibraryElement, seen: readonly PortReading[], byHand = false): void {
    const { elements } = this.#options;
    const reading = seen.find(({ address }) => address === port.address);
    if (reading === undefined) return;
    const actor = elements.portActor(port.objectId);
    const inside = elements.mediumIn(port);
    if (byHand && (!reading.full || this.#isExchanged(port, reading))) this.#left(port);
    const content = actor.getSnapshot().value.content;
    if (byHand && reading.full !== (content === 'full')) {
      actor.send({ type: reading.full ? 'MEDIUM_INSERTED' : 'MEDIUM_TAKEN' });
    } else if (!byHand) {
      actor.send({ type: 'ELEMENT_STATUS_READ', full: reading.full, mediumId: inside?.id ?? null });
    }
  }

  /** By its label it is another cartridge than the one that was ejected. */
  #isExchanged(port: LibraryElement, { full, barCode }: PortReading): boolean {
    const { elements } = this.#options;
    if (elements.portActor(port.objectId).getSnapshot().context.job?.kind !== 'eject') return false;
    const known = elements.mediumIn(port)?.barCode ?? '';
    return full && barCode !== undefined && known !== '' && barCode !== known;
  }

  /** The port was open to people, and what the robot had brought is gone. Inside a transaction. */
  #left(port: LibraryElement): void {
    const { store, elements, onNotice } = this.#options;
    const medium = elements.mediumIn(port);
    if (medium === undefined) return;
    const became = cartridgeLeft(store, medium.id);
    elements.forgetMedium(medium.id);
    onNotice(`${medium.name} was taken out of ${port.name}${became === 'deleted' ? '; its record was deleted' : ''}`);
  }

  #startTimer(portId: string, ms: number): void {
    this.#cancelTimer(portId);
    const cancel = this.#options.clock.after(ms, () => {
      this.#timers.delete(portId);
      this.#options.elements.portActor(portId).send({ type: 'TIMER_EXPIRED', timer: 'portExtended' });
    });
    this.#timers.set(portId, cancel);
  }

  #cancelTimer(portId: string): void {
    this.#timers.get(portId)?.();
    this.#timers.delete(portId);
  }

  #ask(portId: string, reason: 'port-extended-too-long' | 'no-free-slot' | 'port-stuck'): void {
    const { elements, questions } = this.#options;
    const port = elements.of(portId);
    questions.ask({ kind: 'port', id: portId }, `${port.name} ${advice[reason]}`);
  }

  async #asTrouble(work: () => Promise<string | undefined>): Promise<string | undefined> {
    try {
      return await work();
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** What cannot be written ends the use; the machines and the records start anew from the hardware. */
  #guarded(port: LibraryElement, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#uses.get(port.objectId)?.fail(error);
    }
  }
}

const advice = {
  'port-extended-too-long': 'stands out for too long and does not go in: free it and push it in',
  'no-free-slot': 'holds a cartridge for which no slot is free: take cartridges out of the library',
  'port-stuck': 'does not open: look what holds it',
} as const;
