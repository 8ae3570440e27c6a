import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation } from '../objects/ntmsapi/index.js';
import type { PhysicalMediumRow } from '../objects/rows.js';
import { findHomeSlot } from './home-slot.js';
import type { LibraryContext } from './library-context.js';
import type { LibraryElement } from './library-elements.js';
import { lookIfLost } from './look-if-lost.js';
import type { PortUse } from './port-use.js';
import type { Missing, Needs, Turn, WorkEnd, WorkItem } from './work-item.js';

export interface WantedInject {
  readonly requestId: string;
  /** STARTMANY: the ports are opened again after every find. */
  readonly many: boolean;
  /** One identification for a cartridge that was put into a slot. */
  readonly identify: (slotId: string) => void;
}

/**
 * InjectNtmsMedia: opens the ports for a person, and puts away what comes in (state-machines I1 to I6). A single port is
 * shut when it is seen full; a station with several is filled until STOP, RETRACT or its time limit.
 */
export class InjectWork implements WorkItem {
  readonly operationCode = NtmsLmOperation.NTMS_LM_INJECT;
  readonly order = 0;
  readonly priority = 0;
  readonly timeQueued: number;
  readonly requestIds: readonly [string];
  readonly many: boolean;
  readonly #context: LibraryContext;
  readonly #wanted: WantedInject;
  #ports: readonly string[] = [];
  #use: PortUse | undefined;
  #stopped = false;
  #stored = 0;
  #homeless: string[] = [];
  #failure: NtmsError | undefined;

  constructor(context: LibraryContext, wanted: WantedInject, timeQueued: number) {
    this.#context = context;
    this.#wanted = wanted;
    this.requestIds = [wanted.requestId];
    this.timeQueued = timeQueued;
    this.many = wanted.many;
  }

  /** STOP: the ports go in, what lies in them is put away, and the inject ends. */
  stop(): void {
    this.#stopped = true;
    if (this.#use !== undefined) this.#context.ports.stop(this.#use);
  }

  /** RETRACT: the ports go in and are looked into; when there was something, they open again. */
  async retract(): Promise<void> {
    if (this.#use !== undefined) await this.#context.ports.pullIn(this.#use);
  }

  needs(): Needs | Missing {
    if (this.#stopped) return { claim: [] };
    const unusable = this.#context.whyUnusable();
    if (unusable !== undefined) return { missing: unusable };
    const { store, elements, claims } = this.#context;
    const enabled = elements.ports().filter(({ objectId }) => {
      const row = store.table('ports').require(objectId);
      elements.followEnabled('port', row);
      return row.enabled;
    });
    if (enabled.length === 0) return { missing: 'a port to be enabled' };
    if (enabled.some(({ objectId }) => claims.hasOther(this.requestIds[0], objectId))) {
      return { missing: 'the ports, which another request uses' };
    }
    this.#ports = enabled.map(({ objectId }) => objectId);
    return { claim: this.#ports };
  }

  async run(turn: Turn): Promise<WorkEnd> {
    const { store, elements, ports } = this.#context;
    const [requestId] = this.requestIds;
    if (this.#stopped) return 'stopped';
    store.transaction(() => turn.begin());
    const used = this.#ports.map((id) => elements.of(id));
    const use = await ports.begin({ requestId, ports: used, endsWhenFull: used.length === 1 });
    this.#use = use;
    const unfollow = use.follow(turn, () => this.stop());
    try {
      await this.#putAway(use, turn);
      // What lay there already was what the caller wanted to bring in.
      const done = this.#homeless.length > 0 || this.#stopped || (this.#stored > 0 && !this.many);
      if (!done) {
        turn.signal.throwIfAborted();
        await this.#serve(use, turn);
      }
      turn.signal.throwIfAborted();
      return this.#end();
    } catch (error) {
      lookIfLost(this.#context, requestId, error);
      throw error;
    } finally {
      unfollow();
      ports.end(use);
      this.#use = undefined;
    }
  }

  #end(): WorkEnd {
    if (this.#homeless.length > 0) {
      throw new NtmsError(
        'ERROR_LIBRARY_FULL',
        `no slot is free for ${this.#homeless.join(', ')}, left in the port; take cartridges out of the library`,
      );
    }
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#stored > 0) return 'passed';
    if (this.#stopped) return 'stopped';
    throw new NtmsError('ERROR_TIMEOUT', 'nobody put a cartridge into a port in time');
  }

  /** Opens the ports and follows them until none has a job. */
  async #serve(use: PortUse, turn: Turn): Promise<void> {
    this.#startJobs(use, use.ports);
    for (let retracted = false; this.#hasJob(use);) {
      const news = await use.next();
      if (news.type === 'job.finished') retracted = true;
      if (news.type === 'job.failed' && news.reason !== 'no-free-slot') {
        const { name } = this.#context.elements.of(news.portId);
        this.#failure = new NtmsError('ERROR_INVALID_STATE', `${name} did not open: ${news.reason}`);
      }
      if (news.type !== 'medium.arrived' && news.type !== 'job.finished') continue;
      // The lock is on the whole station: the picker comes when all its ports are in.
      if (use.ports.some((port) => !restsIn(this.#context.ports.positionOf(port)))) continue;
      const before = this.#stored;
      await this.#putAway(use, turn);
      const goesOn = this.many && !this.#stopped && !turn.signal.aborted && this.#stored > before;
      if (retracted && goesOn && this.#homeless.length === 0) this.#reopenEmpty(use);
      retracted = false;
    }
  }

  #hasJob(use: PortUse): boolean {
    const { elements } = this.#context;
    return use.ports.some(({ objectId }) => elements.portActor(objectId).getSnapshot().context.job !== null);
  }

  #startJobs(use: PortUse, ports: readonly LibraryElement[]): void {
    const { elements } = this.#context;
    const { requestId } = use;
    elements.commit(() => {
      for (const { objectId } of ports) {
        elements.portActor(objectId).send({ type: 'INJECT_STARTED', requestId, many: this.many });
      }
    });
  }

  /** RETRACT found something in some ports of the station; those that were empty open again with them. */
  #reopenEmpty(use: PortUse): void {
    const { elements } = this.#context;
    const idle = use.ports.filter(({ objectId }) => {
      const { context, value } = elements.portActor(objectId).getSnapshot();
      return context.job === null && value.content === 'empty';
    });
    if (idle.length > 0) this.#startJobs(use, idle);
  }

  /** A look gives what lies in the ports its record; then one after another goes to a slot. */
  async #putAway(use: PortUse, turn: Turn): Promise<void> {
    const { elements, look } = this.#context;
    const [requestId] = this.requestIds;
    use.hold();
    try {
      const full = use.ports.filter((port) => contentOf(this.#context, port) === 'full');
      if (full.length === 0) return;
      await look(requestId);
      for (const port of full) {
        if (turn.stopping) return;
        const medium = elements.mediumIn(port);
        if (medium !== undefined) await this.#store(medium, port);
      }
    } finally {
      use.release();
    }
  }

  async #store(medium: PhysicalMediumRow, port: LibraryElement): Promise<void> {
    const { elements, motions, claims, requests, ports, pump } = this.#context;
    const [requestId] = this.requestIds;
    const slot = findHomeSlot(this.#context, medium);
    if (slot === undefined || !claims.take(requestId, [medium.id, slot])) {
      this.#homeless.push(medium.name);
      this.#askForRoom(port);
      return;
    }
    const moveId = elements.commit(() => {
      requests.send(requestId, { type: 'HARDWARE_MOVING' });
      return motions.intend({ mediumId: medium.id, source: port, destination: elements.of(slot), requestId });
    });
    try {
      await motions.move(moveId);
    } finally {
      claims.release(requestId, [medium.id, slot]);
    }
    this.#stored += 1;
    ports.foundRoom(port);
    pump();
    this.#wanted.identify(slot);
  }

  #askForRoom(port: LibraryElement): void {
    const { elements, ports } = this.#context;
    if (elements.portActor(port.objectId).getSnapshot().context.job === null) ports.askForRoom(port);
    else elements.commit(() => elements.portActor(port.objectId).send({ type: 'SLOTS_EXHAUSTED' }));
  }
}

function contentOf({ elements }: LibraryContext, port: LibraryElement): string {
  return elements.portActor(port.objectId).getSnapshot().value.content;
}

function restsIn(position: string): boolean {
  return position === 'retracted' || position === 'unknown';
}
