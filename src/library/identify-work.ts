import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation, NtmsSlotState } from '../objects/ntmsapi/index.js';
import type { PhysicalMediumRow } from '../objects/rows.js';
import { DismountWork } from './dismount-work.js';
import { identifyAnew, identifyByLabel } from './identify-by-label.js';
import type { LibraryContext } from './library-context.js';
import { MountWork } from './mount-work.js';
import type { OnMediaLabel } from './on-media-label.js';
import { partOfTurn, putBack } from './put-back.js';
import type { Missing, Needs, Turn, WorkEnd, WorkItem } from './work-item.js';

export interface WantedIdentification {
  readonly requestId: string;
  readonly slot: string;
  /** The cartridge is left in the drive that its last side was read in, for others to claim or to evict. */
  readonly deferred: boolean;
}

/**
 * IdentifyNtmsSlot: looks into the slot, and reads the labels of all sides of what is in it, a turn for each side. An empty
 * slot and a cleaner are identified by the look alone.
 */
export class IdentifyWork implements WorkItem {
  readonly operationCode = NtmsLmOperation.NTMS_LM_CLASSIFY;
  readonly order = 0;
  readonly priority = 0;
  readonly timeQueued: number;
  readonly requestIds: readonly [string];
  readonly #context: LibraryContext;
  readonly #wanted: WantedIdentification;
  #looked = false;
  /** Those still to be read; undefined before the first look. */
  #sides: string[] | undefined;
  #next: { readonly medium: string; readonly side: string; readonly mount: MountWork } | undefined;

  constructor(context: LibraryContext, wanted: WantedIdentification, timeQueued: number) {
    this.#context = context;
    this.#wanted = wanted;
    this.requestIds = [wanted.requestId];
    this.timeQueued = timeQueued;
  }

  needs(kept: ReadonlySet<string>): Needs | Missing {
    const { store, claims } = this.#context;
    const { slot: slotId, requestId } = this.#wanted;
    const unusable = this.#context.whyUnusable();
    if (unusable !== undefined) return { missing: unusable };
    const slot = store.table('slots').require(slotId);
    if (!slot.enabled) throw new NtmsError('ERROR_RESOURCE_DISABLED', `${slot.name} is disabled`);
    if (claims.hasOther(requestId, slotId)) return { missing: `${slot.name}, which another request uses` };
    this.#next = undefined;
    if (!this.#looked) return { claim: [slotId] };
    const medium = this.#medium;
    const side = this.#sides?.[0];
    if (medium === undefined || side === undefined) return { claim: [slotId] };
    if (!medium.enabled) throw new NtmsError('ERROR_RESOURCE_DISABLED', `${medium.name} is disabled`);
    const mount = new MountWork(this.#context, [{ requestId, side, medium: medium.id, drive: null }], {
      priority: 0,
      timeQueued: this.timeQueued,
      recovers: false,
    });
    const needs = mount.needs(kept);
    if ('missing' in needs) return needs;
    this.#next = { medium: medium.id, side, mount };
    // Not the slot: it is the cartridge's home, and whoever brings it back looks for one that nobody has claimed.
    return needs;
  }

  async run(turn: Turn): Promise<WorkEnd> {
    const { store } = this.#context;
    store.transaction(() => turn.begin());
    if (!this.#looked) await this.#look();
    else await this.#readSide(turn);
    if ((this.#sides?.length ?? 0) > 0) return 'waits';
    this.#classify();
    return 'passed';
  }

  get #medium(): PhysicalMediumRow | undefined {
    return this.#context.store.table('physicalMedia').find({ location: this.#wanted.slot });
  }

  /** What the records say of the slot is made true first. */
  async #look(): Promise<void> {
    const { store, elements, hardware, look } = this.#context;
    const { requestId, slot } = this.#wanted;
    const { full, barCode = '' } = await hardware.readElement(elements.of(slot).address, requestId);
    const known = this.#medium;
    const differs = known === undefined ? full : !full || (barCode !== '' && barCode !== known.barCode);
    if (differs) await look(requestId);
    this.#looked = true;
    const medium = this.#medium;
    const isRead = medium === undefined || medium.cleaner;
    this.#sides = isRead
      ? []
      : store
          .table('sides')
          .list({ physicalMedia: medium.id })
          .sort((a, b) => a.side - b.side)
          .map(({ id }) => id);
  }

  /** The cartridge may have left the slot since the turn was given; then there is nothing more to read in it. */
  async #readSide(turn: Turn): Promise<void> {
    const next = this.#next;
    if (next === undefined) {
      this.#sides = [];
      return;
    }
    try {
      await next.mount.run(partOfTurn(turn.signal));
    } catch (error) {
      if (turn.signal.aborted || !this.#learn(next, error)) throw error;
      this.#sides?.shift();
      return;
    }
    this.#sides?.shift();
    await this.#dealWith(next.medium, next.mount.drives[0] ?? '');
  }

  async #dealWith(medium: string, drive: string): Promise<void> {
    const { requestId, deferred } = this.#wanted;
    const { timeQueued } = this;
    if (!deferred || (this.#sides?.length ?? 0) > 0) {
      await putBack(this.#context, { requestId, medium, drive, timeQueued });
      return;
    }
    await new DismountWork(this.#context, { requestId, medium, drive, deferred }, timeQueued).run(partOfTurn());
  }

  /** A label that differs from the record tells who the cartridge is. True when that was found out. */
  #learn({ medium, side }: { readonly medium: string; readonly side: string }, error: unknown): boolean {
    const label = error instanceof NtmsError ? (error.data?.['label'] as OnMediaLabel | undefined) : undefined;
    if (label === undefined) return false;
    return this.#context.elements.commit(
      () => identifyByLabel(this.#context, medium, label) || identifyAnew(this.#context, side, label),
    );
  }

  /** A slot that waited for an inventory has had its own. */
  #classify(): void {
    const { store, elements } = this.#context;
    const { slot } = this.#wanted;
    const { state } = store.table('slots').require(slot);
    if (state !== NtmsSlotState.NTMS_SLOTSTATE_NEEDSINVENTORY) return;
    const mediumId = this.#medium?.id ?? null;
    elements.commit(() => elements.slotActor(slot).send({ type: 'CLASSIFIED', full: mediumId !== null, mediumId }));
  }
}
