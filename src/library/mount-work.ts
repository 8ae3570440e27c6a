import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation } from '../objects/ntmsapi/index.js';
import { findHomeSlot } from './home-slot.js';
import type { LibraryContext } from './library-context.js';
import type { LibraryElement } from './library-elements.js';
import { planMount } from './mount-plan.js';
import type { Clearance, MountPlan, PlannedMount, WantedMount } from './mount-plan.js';
import { checkContent, readLabel } from './mounted-medium.js';
import { writeOwedFreeLabel } from './free-label-writing.js';
import type { FreeLabelTrouble } from './free-label-writing.js';
import { learnFromFailure, noteMounted } from './learn-from-mount.js';
import type { OnMediaLabel } from './on-media-label.js';
import type { Missing, Needs, Turn, WorkEnd, WorkItem } from './work-item.js';

interface IntendedClearance extends Clearance {
  readonly moveId: string;
}

interface IntendedMount extends PlannedMount {
  /** Absent for a cartridge that is in its drive already, and while a drive has to be emptied first. */
  readonly moveId?: string;
}

/** MountNtmsMedia: all media of one call, or none of them. */
export class MountWork implements WorkItem {
  readonly operationCode = NtmsLmOperation.NTMS_LM_MOUNT;
  readonly order = 0;
  readonly priority: number;
  readonly timeQueued: number;
  readonly requestIds: readonly [string, ...string[]];
  readonly #context: LibraryContext;
  readonly #wanted: readonly WantedMount[];
  readonly #recovers: boolean;
  #plan: MountPlan = { mounts: [], clearances: [], claim: [] };
  #freeLabelTrouble: FreeLabelTrouble | undefined;

  /** `recovers` false: wrong records or labels are the caller's to deal with, as an inventory's are. */
  constructor(
    context: LibraryContext,
    wanted: readonly [WantedMount, ...WantedMount[]],
    options: { priority: number; timeQueued: number; recovers?: boolean },
  ) {
    this.#context = context;
    this.#wanted = wanted;
    this.priority = options.priority;
    this.timeQueued = options.timeQueued;
    this.#recovers = options.recovers ?? true;
    const [first, ...rest] = wanted;
    this.requestIds = [first.requestId, ...rest.map((mount) => mount.requestId)];
  }

  /** The drives used, in the order of the media; known once it has run. */
  get drives(): string[] {
    return this.#plan.mounts.map((mount) => mount.into.objectId);
  }

  /** Why a free label that was owed is not on its medium; known once it has run. */
  get freeLabelTrouble(): FreeLabelTrouble | undefined {
    return this.#freeLabelTrouble;
  }

  needs(kept: ReadonlySet<string>): Needs | Missing {
    const plan = planMount(this.#context, this.#wanted, kept);
    if (!('missing' in plan)) this.#plan = plan;
    return plan;
  }

  async run(turn: Turn): Promise<WorkEnd> {
    const { mounts, clearances } = this.#begin(turn);
    try {
      await allOrFirstFailure(clearances.map((clearance) => this.#clear(clearance)));
      turn.signal.throwIfAborted();
      const labels = await allOrFirstFailure(mounts.map((mount) => this.#mount(mount, turn.signal)));
      turn.signal.throwIfAborted();
      this.#record(mounts, labels, turn);
      return 'passed';
    } catch (error) {
      for (const { moveId } of [...clearances, ...mounts]) this.#withdraw(moveId);
      await this.#undo(turn);
      learnFromFailure(this.#context, { mounts, recovers: this.#recovers }, error);
      if (this.#recovers && provesRecordsWrong(error)) this.#context.recover(error.detail);
      throw error;
    }
  }

  /** One transaction: the requests' and the media's states, and what is going to be moved first. */
  #begin(turn: Turn): { mounts: readonly IntendedMount[]; clearances: readonly IntendedClearance[] } {
    const { store, elements, requests, motions } = this.#context;
    const { mounts, clearances } = this.#plan;
    return elements.commit(() => {
      turn.begin();
      for (const { drive } of clearances) requests.reclaimDrive(drive.objectId);
      for (const { medium, requestId, into } of mounts) {
        requests.reclaimDrive(into.objectId);
        elements.followEnabled('medium', store.table('physicalMedia').require(medium));
        elements.mediumActor(medium).send({ type: 'REQUEST_ACCEPTED', requestId });
        if (this.#elementOf(medium).objectId !== into.objectId) requests.send(requestId, { type: 'HARDWARE_MOVING' });
      }
      const [requestId] = this.requestIds;
      return {
        clearances: clearances.map((clearance) => ({
          ...clearance,
          moveId: motions.intend({
            mediumId: clearance.medium,
            source: clearance.drive,
            destination: clearance.slot,
            requestId,
            whenMoved: () => this.#recordEmptied(clearance.drive, clearance.medium),
          }),
        })),
        mounts: mounts.map((mount) => {
          const source = this.#elementOf(mount.medium);
          if (clearances.length > 0 || source.objectId === mount.into.objectId) return mount;
          return { ...mount, moveId: this.#intend(mount, source) };
        }),
      };
    });
  }

  #intend({ medium, into, requestId }: PlannedMount, source: LibraryElement): string {
    return this.#context.motions.intend({ mediumId: medium, source, destination: into, requestId });
  }

  async #clear({ drive, medium, moveId }: IntendedClearance): Promise<void> {
    const { elements, drives } = this.#context;
    const [requestId] = this.requestIds;
    elements.dismountStarted(medium);
    try {
      await drives.empty(drive, moveId, requestId);
    } catch (error) {
      // A cartridge that this mount wants is let go when the mount is undone.
      if (!this.#wanted.some((wanted) => wanted.medium === medium)) elements.letGo(medium);
      this.#reportBroken(drive);
      throw error;
    }
    // Cleared out of the way of this very mount: the request goes on holding it.
    const own = this.#wanted.find((wanted) => wanted.medium === medium);
    if (own !== undefined) elements.mediumActor(medium).send({ type: 'REQUEST_ACCEPTED', requestId: own.requestId });
  }

  async #mount(mount: IntendedMount, signal: AbortSignal): Promise<OnMediaLabel> {
    const { elements, drives } = this.#context;
    const { requestId, into, medium: mediumId } = mount;
    const source = this.#elementOf(mediumId);
    if (source.objectId === into.objectId) {
      await drives.claim(into, mediumId, requestId, signal);
      await checkContent(this.#context, mount);
    } else {
      const moveId = mount.moveId ?? elements.commit(() => this.#intend(mount, source));
      try {
        await drives.mount(into, { mediumId, moveId }, requestId, signal);
      } finally {
        this.#withdraw(moveId);
      }
    }
    const { label, trouble } = await writeOwedFreeLabel(this.#context, mount, await readLabel(this.#context, mount));
    if (trouble !== undefined) this.#tellUnlabelled(mount, trouble);
    return label;
  }

  #tellUnlabelled({ medium }: PlannedMount, trouble: FreeLabelTrouble): void {
    const { store, notice } = this.#context;
    this.#freeLabelTrouble = trouble;
    notice(`${store.table('physicalMedia').require(medium).name} has no free label: ${trouble.message}`);
  }

  /** One transaction: what the records say about the mounted media, and that the requests have ended. */
  #record(mounts: readonly PlannedMount[], labels: readonly OnMediaLabel[], turn: Turn): void {
    const { store, elements } = this.#context;
    const noted: (() => void)[] = [];
    for (const { medium, into } of mounts) this.#requireStillThere(medium, into);
    elements.commit(() => {
      for (const [index, { requestId, side: sideId, medium: mediumId, into }] of mounts.entries()) {
        const drive = store.table('drives').require(into.objectId);
        const side = store.table('sides').require(sideId);
        store.table('drives').update(drive.id, {
          savedPartitionId: side.id,
          mountCount: drive.mountCount + 1,
          dismountableSince: null,
        });
        store.table('sides').update(side.id, { mountCount: side.mountCount + 1 });
        store.table('physicalMedia').update(mediumId, { mountedPartition: side.id, claimedBy: requestId });
        store.table('libRequests').update(requestId, { driveId: drive.id });
        elements.mediumActor(mediumId).send({ type: 'MEDIUM_LOADED' });
        noted.push(noteMounted(this.#context, side, labels[index] ?? { kind: 'unread' }));
      }
      turn.end('passed');
    });
    for (const tell of noted) tell();
  }

  /** A look may have found a cartridge gone while its companions were still being mounted. */
  #requireStillThere(mediumId: string, into: LibraryElement): void {
    const { name, location } = this.#context.store.table('physicalMedia').require(mediumId);
    if (location === into.objectId) return;
    throw new NtmsError('ERROR_INVALID_STATE', `${name} was taken out of ${into.name} before the mount was done`);
  }

  /** A mount that failed or that nobody wants any more: what it mounted goes back, what it touched becomes idle. */
  async #undo({ stopping }: Turn): Promise<void> {
    for (const mount of this.#plan.mounts) {
      const { medium: mediumId, into } = mount;
      try {
        const medium = this.#context.store.table('physicalMedia').require(mediumId);
        if (this.#context.elements.elementOf(medium)?.objectId === into.objectId) await this.#giveBack(mount, stopping);
      } catch (error) {
        const { name } = this.#context.store.table('physicalMedia').get(mediumId) ?? { name: mediumId };
        this.#context.notice(
          `${name} stays in ${into.name} after a mount that failed or was withdrawn: ${String(error)}`,
        );
      }
      try {
        this.#release(mediumId);
        this.#reportBroken(into);
      } catch (error) {
        this.#context.notice(`${this.#context.name}: a mount could not be undone wholly: ${String(error)}`);
      }
    }
  }

  /** Home; or, when there is no room or the library is shutting down, left in the drive for others. */
  async #giveBack({ medium: mediumId, into, requestId }: PlannedMount, stopping: boolean): Promise<void> {
    const { store, clock, claims, elements, drives, motions } = this.#context;
    const medium = store.table('physicalMedia').require(mediumId);
    const slot = stopping ? undefined : findHomeSlot(this.#context, medium);
    if (slot === undefined || !claims.take(this.requestIds[0], [slot])) {
      // The drive may refuse, so it is asked before the transaction; its state is written with the rest.
      drives.leave(into, requestId);
      elements.commit(() => store.table('drives').update(into.objectId, { dismountableSince: clock.now() }));
      return;
    }
    const moveId = elements.commit(() => {
      elements.dismountStarted(mediumId);
      return motions.intend({
        mediumId,
        source: into,
        destination: elements.of(slot),
        requestId,
        whenMoved: () => this.#recordEmptied(into, mediumId),
      });
    });
    await drives.empty(into, moveId, requestId);
  }

  #release(mediumId: string): void {
    const { store, elements } = this.#context;
    elements.commit(() => {
      store.table('physicalMedia').update(mediumId, { mountedPartition: null, claimedBy: null });
      elements.letGo(mediumId);
    });
  }

  #reportBroken(drive: LibraryElement): void {
    const { elements, drives } = this.#context;
    elements.commit(() => drives.reportBroken(drive));
  }

  #recordEmptied(drive: LibraryElement, mediumId: string): void {
    const { store } = this.#context;
    store.table('drives').update(drive.objectId, { savedPartitionId: null, dismountableSince: null });
    store.table('physicalMedia').update(mediumId, { mountedPartition: null, claimedBy: null });
  }

  /** Does nothing for a motion that was made. */
  #withdraw(moveId: string | undefined): void {
    if (moveId === undefined) return;
    try {
      this.#context.motions.withdraw(moveId, 'the mount that wanted it ended before');
    } catch {
      // Its line stays open; the next look closes it.
    }
  }

  #elementOf(mediumId: string): LibraryElement {
    const { store, elements } = this.#context;
    const medium = store.table('physicalMedia').require(mediumId);
    const element = elements.elementOf(medium);
    if (element === undefined)
      throw new NtmsError('ERROR_INVALID_STATE', `${medium.name} is not in the library any more`);
    return element;
  }
}

/** Waits for all, so that nothing goes on behind the caller's back, then throws what failed first. */
async function allOrFirstFailure<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const done = await Promise.allSettled(work);
  return done.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** The hardware contradicted the records, or a label did. */
function provesRecordsWrong(error: unknown): error is NtmsError {
  return error instanceof NtmsError && error.data?.['recordsWrong'] === true;
}
