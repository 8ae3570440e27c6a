import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation, NtmsPortContent } from '../objects/ntmsapi/index.js';
import type { PhysicalMediumRow } from '../objects/rows.js';
import { findHomeSlot } from './home-slot.js';
import type { LibraryContext } from './library-context.js';
import type { LibraryElement } from './library-elements.js';
import { lookIfLost } from './look-if-lost.js';
import type { PortUse } from './port-use.js';
import type { Missing, Needs, Turn, WorkEnd, WorkItem } from './work-item.js';

/** One cartridge on its way out. */
interface Leaving {
  readonly medium: string;
  readonly port: string;
  /** Where it comes from and goes back to when nobody takes it; a free slot for one that comes out of a drive. */
  readonly slot: string;
  readonly drive: string | undefined;
}

export interface WantedEject {
  readonly requestId: string;
  readonly media: readonly string[];
  /** Goes before everything that waits. */
  readonly force: boolean;
}

/**
 * EjectNtmsMedia: brings cartridges into ports, opens these, and waits until a person has taken them. What nobody takes in
 * time, or after STOP, goes back to its slot (state-machines I7 to I9).
 */
export class EjectWork implements WorkItem {
  readonly operationCode: number;
  readonly order = 0;
  readonly priority = 0;
  readonly timeQueued: number;
  readonly requestIds: readonly [string];
  readonly #context: LibraryContext;
  readonly #wanted: WantedEject;
  #leaving: readonly Leaving[] = [];
  #use: PortUse | undefined;
  #stopped = false;

  constructor(context: LibraryContext, wanted: WantedEject, timeQueued: number) {
    this.#context = context;
    this.#wanted = wanted;
    this.requestIds = [wanted.requestId];
    this.timeQueued = timeQueued;
    // FORCE is ranked with the class that is served first.
    this.operationCode = wanted.force ? NtmsLmOperation.NTMS_LM_REMOVE : NtmsLmOperation.NTMS_LM_EJECT;
  }

  /** STOP: what is on its way arrives, then everything that lies in the ports goes back. */
  stop(): void {
    this.#stopped = true;
    if (this.#use !== undefined) this.#context.ports.stop(this.#use);
  }

  needs(): Needs | Missing {
    if (this.#stopped) return { claim: [] };
    const unusable = this.#context.whyUnusable();
    if (unusable !== undefined) return { missing: unusable };
    this.#context.elements.writeStates();
    const free = this.#freePorts();
    const leaving: Leaving[] = [];
    const taken = new Set<string>();
    for (const mediumId of this.#wanted.media) {
      const planned = this.#plan(mediumId, free[0]?.objectId, taken);
      if ('missing' in planned) return planned;
      taken.add(planned.slot);
      if (planned.port === free[0]?.objectId) free.shift();
      leaving.push(planned);
    }
    this.#leaving = leaving;
    return {
      claim: leaving.flatMap(({ medium, port, slot, drive }) => [medium, port, slot, ...(drive ? [drive] : [])]),
    };
  }

  async run(turn: Turn): Promise<WorkEnd> {
    const { store, ports } = this.#context;
    const [requestId] = this.requestIds;
    if (this.#stopped) return 'stopped';
    store.transaction(() => turn.begin());
    const elements = this.#leaving.map(({ port }) => this.#element(port));
    const use = await ports.begin({ requestId, ports: elements, endsWhenFull: false });
    this.#use = use;
    const unfollow = use.follow(turn, () => this.stop());
    try {
      use.hold();
      await this.#makeRoom(use);
      this.#startJobs(use);
      const failures = await this.#bringAll(turn);
      // The ports stay shut; the next start finds what lies in them.
      turn.shutdown.throwIfAborted();
      use.release();
      failures.push(...(await this.#untilDone(use)));
      const left = await this.#bringBackFrom(use.ports, turn);
      await this.#lookAtStrangers(use);
      turn.signal.throwIfAborted();
      if (failures[0] !== undefined) throw failures[0];
      if (left.length > 0 && !this.#stopped) {
        throw new NtmsError('ERROR_TIMEOUT', `nobody took ${left.join(', ')} in time; back in the library`);
      }
      return this.#stopped && this.#isAnyHere() ? 'stopped' : 'passed';
    } catch (error) {
      lookIfLost(this.#context, requestId, error);
      throw error;
    } finally {
      unfollow();
      ports.end(use);
      this.#use = undefined;
    }
  }

  #isAnyHere(): boolean {
    const { store, id } = this.#context;
    return this.#leaving.some(({ medium }) => store.table('physicalMedia').get(medium)?.currentLibrary === id);
  }

  #freePorts(): LibraryElement[] {
    const { store, elements, claims } = this.#context;
    return elements.ports().filter(({ objectId }) => {
      const row = store.table('ports').require(objectId);
      elements.followEnabled('port', row);
      const full = row.content === NtmsPortContent.NTMS_PORTCONTENT_FULL;
      return row.enabled && !full && !claims.hasOther(this.requestIds[0], objectId);
    });
  }

  #plan(mediumId: string, free: string | undefined, taken: ReadonlySet<string>): Leaving | Missing {
    const { store, elements, claims } = this.#context;
    const medium = store.table('physicalMedia').require(mediumId);
    if (claims.hasOther(this.requestIds[0], mediumId))
      return { missing: `${medium.name} is in use by another request` };
    if (medium.claimedBy !== null) return { missing: `${medium.name} is mounted` };
    const element = elements.elementOf(medium);
    if (element === undefined) {
      throw new NtmsError('ERROR_LIBRARY_OFFLINE', `${medium.name} is not in ${this.#context.name} any more`);
    }
    const port = element.kind === 'port' ? element.objectId : free;
    if (port === undefined) return { missing: 'an empty port' };
    if (element.kind === 'slot') return { medium: mediumId, port, slot: element.objectId, drive: undefined };
    const slot = findHomeSlot(this.#context, medium, taken);
    if (slot === undefined) return { missing: `an empty slot for ${medium.name}, in case that nobody takes it` };
    if (element.kind === 'drive') {
      if (claims.has(element.objectId)) return { missing: `${element.name} to become free` };
      return { medium: mediumId, port, slot, drive: element.objectId };
    }
    if (element.kind === 'port') return { medium: mediumId, port, slot, drive: undefined };
    return { missing: `${medium.name} to leave ${element.name}` };
  }

  /**
   * A cartridge that lies in its port already is put into a slot first, for a port begins empty. One that nobody knew of
   * gets its record, and keeps its port.
   */
  async #makeRoom(use: PortUse): Promise<void> {
    const { elements, motions, look } = this.#context;
    for (const { medium, port, slot } of this.#leaving) {
      const source = this.#element(port);
      const inside = elements.mediumIn(source);
      const full = elements.portActor(port).getSnapshot().value.content === 'full';
      if (full && inside === undefined) await look(use.requestId);
      if (inside?.id !== medium) continue;
      const [requestId] = this.requestIds;
      const destination = this.#element(slot);
      await motions.move(elements.commit(() => motions.intend({ mediumId: medium, source, destination, requestId })));
    }
  }

  /** One transaction: every port begins its job. */
  #startJobs(use: PortUse): void {
    const { elements } = this.#context;
    elements.commit(() => {
      for (const { objectId } of use.ports) {
        elements.portActor(objectId).send({ type: 'EJECT_STARTED', requestId: use.requestId });
      }
    });
  }

  /** Brings one after another; gives what went wrong. */
  async #bringAll(turn: Turn): Promise<unknown[]> {
    const { elements } = this.#context;
    const failures: unknown[] = [];
    for (const leaving of this.#leaving) {
      if (this.#stopped || turn.signal.aborted) break;
      if (elements.portActor(leaving.port).getSnapshot().context.job === null) {
        failures.push(this.#refusal(leaving));
        continue;
      }
      try {
        await this.#bring(leaving);
      } catch (error) {
        failures.push(error);
        // Nothing will come into this port, which STOP may have ended already.
        const port = elements.portActor(leaving.port);
        if (port.getSnapshot().context.job !== null) elements.commit(() => port.send({ type: 'STOP_REQUESTED' }));
      }
    }
    if (this.#stopped || turn.signal.aborted) this.#stopEmpty();
    return failures;
  }

  #refusal({ medium, port }: Leaving): NtmsError {
    const { name } = this.#context.store.table('physicalMedia').require(medium);
    const element = this.#element(port);
    return new NtmsError('ERROR_INVALID_STATE', `${element.name} cannot take ${name}: it is full, in use or disabled`);
  }

  async #bring({ medium, port, drive, slot }: Leaving): Promise<void> {
    const { store, elements, motions, drives, requests } = this.#context;
    const [requestId] = this.requestIds;
    const source = this.#element(drive ?? slot);
    const moveId = elements.commit(() => {
      requests.send(requestId, { type: 'HARDWARE_MOVING' });
      if (drive !== undefined) {
        requests.reclaimDrive(drive);
        elements.dismountStarted(medium);
      }
      return motions.intend({
        mediumId: medium,
        source,
        destination: this.#element(port),
        requestId,
        whenMoved: () => {
          if (drive === undefined) return;
          store.table('physicalMedia').update(medium, { mountedPartition: null, claimedBy: null });
          store.table('drives').update(drive, { savedPartitionId: null, dismountableSince: null });
        },
      });
    });
    try {
      if (drive === undefined) await motions.move(moveId);
      else await drives.empty(source, moveId, requestId);
    } finally {
      if (drive !== undefined) elements.commit(() => elements.letGo(medium));
    }
  }

  /** Stopped on the way: ports that nothing came into end their job. */
  #stopEmpty(): void {
    const { elements } = this.#context;
    elements.commit(() => {
      for (const { port } of this.#leaving) {
        const actor = elements.portActor(port);
        const { context, value } = actor.getSnapshot();
        if (context.job !== null && value.content !== 'full') actor.send({ type: 'STOP_REQUESTED' });
      }
    });
  }

  /** Follows the ports until none has a job; gives what went wrong. */
  async #untilDone(use: PortUse): Promise<NtmsError[]> {
    const { elements } = this.#context;
    const failures: NtmsError[] = [];
    const hasJob = (): boolean =>
      use.ports.some(({ objectId }) => elements.portActor(objectId).getSnapshot().context.job !== null);
    while (hasJob()) {
      const news = await use.next();
      if (news.type !== 'job.failed') continue;
      const { name } = this.#element(news.portId);
      failures.push(new NtmsError('ERROR_INVALID_STATE', `${name} did not open: ${news.reason}`));
    }
    return failures;
  }

  /** What nobody took goes back to its slot; gives the names of that. */
  async #bringBackFrom(ports: readonly LibraryElement[], turn: Turn): Promise<string[]> {
    const { elements } = this.#context;
    const left: string[] = [];
    for (const port of ports) {
      const medium = elements.mediumIn(port);
      if (medium === undefined || this.#leaving.every((leaving) => leaving.medium !== medium.id)) continue;
      left.push(medium.name);
      if (!turn.stopping) await this.#bringBack(medium, port);
    }
    return left;
  }

  /** A hand that took what was ejected may have put something else there, which gets its record. */
  async #lookAtStrangers({ ports, requestId }: PortUse): Promise<void> {
    const { elements, look } = this.#context;
    const isStranger = (port: LibraryElement): boolean =>
      elements.portActor(port.objectId).getSnapshot().value.content === 'full' && elements.mediumIn(port) === undefined;
    if (ports.some(isStranger)) await look(requestId);
  }

  async #bringBack(medium: PhysicalMediumRow, port: LibraryElement): Promise<void> {
    const { elements, motions } = this.#context;
    const slot = this.#leaving.find((leaving) => leaving.medium === medium.id)?.slot;
    if (slot === undefined) return;
    const moveId = elements.commit(() =>
      motions.intend({
        mediumId: medium.id,
        source: port,
        destination: this.#element(slot),
        requestId: this.requestIds[0],
      }),
    );
    await motions.move(moveId);
  }

  #element(objectId: string): LibraryElement {
    return this.#context.elements.of(objectId);
  }
}
