import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation } from '../objects/ntmsapi/index.js';
import type { PhysicalMediumRow } from '../objects/rows.js';
import { readCartridgeLabel } from './cartridge-label.js';
import { openDoorFor } from './cleaner-by-door.js';
import { CleanerSlot } from './cleaner-slot.js';
import type { LibraryContext } from './library-context.js';
import type { LibraryElement } from './library-elements.js';
import { lookIfLost } from './look-if-lost.js';
import type { PortUse } from './port-use.js';
import type { Missing, Needs, Turn, WorkEnd, WorkItem } from './work-item.js';

export interface WantedCleaner {
  readonly requestId: string;
  /** How many times it cleans; 0xFFFFFFFF when nobody counts. */
  readonly uses: number;
  /** The library has no ports: a person opens the door and fills the slot. */
  readonly byDoor: boolean;
}

/** InjectNtmsCleaner: exactly one cleaner comes in through a port, or by the door, into the reserved slot. */
export class InjectCleanerWork implements WorkItem {
  readonly operationCode = NtmsLmOperation.NTMS_LM_INJECTCLEANER;
  readonly order = 0;
  readonly priority = 0;
  readonly timeQueued: number;
  readonly requestIds: readonly [string];
  readonly #context: LibraryContext;
  readonly #wanted: WantedCleaner;
  readonly #slot: CleanerSlot;
  #use: PortUse | undefined;
  #ports: readonly string[] = [];
  #stopped = false;
  #stored = false;

  constructor(context: LibraryContext, wanted: WantedCleaner, timeQueued: number) {
    this.#context = context;
    this.#wanted = wanted;
    this.#slot = new CleanerSlot(context.store, context.id);
    this.requestIds = [wanted.requestId];
    this.timeQueued = timeQueued;
  }

  /** STOP: the ports go in; a cleaner that lies in one is taken, and the inject ends. */
  stop(): void {
    this.#stopped = true;
    if (this.#use !== undefined) this.#context.ports.stop(this.#use);
  }

  /** Where nothing can move anyway, it keeps nobody from bringing the library back. */
  get exclusive(): boolean {
    return this.#wanted.byDoor && this.#context.whyUnusable() === undefined;
  }

  needs(): Needs | Missing {
    if (this.#stopped) return { claim: [] };
    const unusable = this.#context.whyUnusable();
    if (unusable !== undefined) return { missing: unusable };
    const { store, elements, claims, id } = this.#context;
    const [requestId] = this.requestIds;
    this.#slot.check({ type: 'CLEANER_INJECT_REQUESTED', content: this.#slot.content });
    const slot = store.table('libraries').require(id).cleanerSlot ?? '';
    if (this.#wanted.byDoor) {
      return claims.areShared(requestId, '') ? { missing: `${this.#context.name} to come to rest` } : { claim: [slot] };
    }
    const enabled = elements.ports().filter(({ objectId }) => {
      const row = store.table('ports').require(objectId);
      elements.followEnabled('port', row);
      return row.enabled;
    });
    this.#ports = enabled.map(({ objectId }) => objectId);
    if (enabled.length === 0) return { missing: 'a port to be enabled' };
    if (this.#ports.some((port) => claims.hasOther(requestId, port))) {
      return { missing: 'the ports, which another request uses' };
    }
    return { claim: [...this.#ports, slot] };
  }

  async run(turn: Turn): Promise<WorkEnd> {
    if (this.#stopped) return 'stopped';
    const { store } = this.#context;
    const [requestId] = this.requestIds;
    store.transaction(() => turn.begin());
    try {
      await (this.#wanted.byDoor ? this.#byDoor(turn) : this.#byPort(turn));
      turn.signal.throwIfAborted();
    } catch (error) {
      lookIfLost(this.#context, requestId, error);
      throw error;
    }
    if (this.#stored) return 'passed';
    if (this.#stopped) return 'stopped';
    throw new NtmsError('ERROR_TIMEOUT', 'nobody brought a cleaner in time');
  }

  /** What a person has put into the slot is the cleaner; no inventory follows. */
  async #byDoor(turn: Turn): Promise<void> {
    const { elements, look } = this.#context;
    const [requestId] = this.requestIds;
    await openDoorFor(this.#context, requestId, turn);
    await look(requestId);
    const slot = elements.of(this.#slotId);
    const medium = elements.mediumIn(slot);
    if (medium === undefined) {
      throw new NtmsError('ERROR_RESOURCE_NOT_PRESENT', `the door was shut, and no cleaner is in ${slot.name}`);
    }
    this.#requireCleaner(medium, slot);
    elements.commit(() => this.#insert(medium.id));
    this.#stored = true;
  }

  async #byPort(turn: Turn): Promise<void> {
    const { elements, ports } = this.#context;
    const [requestId] = this.requestIds;
    const use = await ports.begin({ requestId, ports: this.#ports.map((id) => elements.of(id)), endsWhenFull: true });
    this.#use = use;
    const unfollow = use.follow(turn, () => this.stop());
    try {
      await this.#take(use);
      if (this.#stored || this.#stopped) return;
      turn.signal.throwIfAborted();
      await this.#serve(use);
    } finally {
      unfollow();
      ports.end(use);
      this.#use = undefined;
    }
  }

  /** Opens the ports until one has something in it, or their time is over. */
  async #serve(use: PortUse): Promise<void> {
    const { elements, ports } = this.#context;
    const [requestId] = this.requestIds;
    elements.commit(() => {
      for (const { objectId } of use.ports) {
        elements.portActor(objectId).send({ type: 'INJECT_STARTED', requestId, many: false });
      }
    });
    const hasJob = (): boolean =>
      use.ports.some(({ objectId }) => elements.portActor(objectId).getSnapshot().context.job !== null);
    let failure: NtmsError | undefined;
    while (hasJob() && !this.#stored) {
      const news = await use.next();
      if (news.type === 'job.failed') {
        const { name } = elements.of(news.portId);
        failure = new NtmsError('ERROR_INVALID_STATE', `${name} did not open: ${news.reason}`);
      }
      // One is enough: the other ports of the station go in, too.
      if (news.type === 'medium.arrived') ports.stop(use);
      if (news.type !== 'medium.arrived' && news.type !== 'job.finished') continue;
      if (use.ports.every((port) => restsIn(ports.positionOf(port)))) await this.#take(use);
    }
    if (failure !== undefined && !this.#stored) throw failure;
  }

  /** The first cartridge that lies in a port goes into the reserved slot; others stay where they are. */
  async #take(use: PortUse): Promise<void> {
    const { elements, motions, look, requests, notice } = this.#context;
    const [requestId] = this.requestIds;
    use.hold();
    try {
      const full = use.ports.filter(
        ({ objectId }) => elements.portActor(objectId).getSnapshot().value.content === 'full',
      );
      if (full.length === 0) return;
      await look(requestId);
      const [port, ...more] = full;
      const medium = port === undefined ? undefined : elements.mediumIn(port);
      if (port === undefined || medium === undefined) return;
      this.#requireCleaner(medium, port);
      const moveId = elements.commit(() => {
        requests.send(requestId, { type: 'HARDWARE_MOVING' });
        return motions.intend({
          mediumId: medium.id,
          source: port,
          destination: elements.of(this.#slotId),
          requestId,
          whenMoved: () => this.#insert(medium.id),
        });
      });
      await motions.move(moveId);
      this.#stored = true;
      for (const { name } of more) notice(`${this.#context.name}: a second cartridge was left in ${name}`);
    } finally {
      use.release();
    }
  }

  /** Inside a transaction. */
  #insert(mediumId: string): void {
    const { store, elements } = this.#context;
    store.table('physicalMedia').update(mediumId, { cleaner: true, cleanerSpent: false });
    elements.forgetMedium(mediumId);
    this.#slot.insert(this.#wanted.uses);
  }

  /** A cartridge whose label says otherwise would be mounted as a cleaner, and its data are somebody's. */
  #requireCleaner(medium: PhysicalMediumRow, where: LibraryElement): void {
    if (medium.barCode === '' || readCartridgeLabel(medium.barCode).cleaner) return;
    throw new NtmsError(
      'ERROR_INVALID_CLEANER',
      `${medium.name}, in ${where.name}, is no cleaning cartridge by its label`,
    );
  }

  get #slotId(): string {
    const { store, id } = this.#context;
    const { cleanerSlot } = store.table('libraries').require(id);
    if (cleanerSlot === null) throw new NtmsError('ERROR_CLEANER_SLOT_NOT_SET', 'the slot was given up meanwhile');
    return cleanerSlot;
  }
}

function restsIn(position: string): boolean {
  return position === 'retracted' || position === 'unknown';
}
