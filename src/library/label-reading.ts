import { NtmsError } from '../objects/ntms-error.js';
import { NtmsDriveState, NtmsOperationalState } from '../objects/ntmsapi/index.js';
import type { PhysicalMediumRow, SlotRow } from '../objects/rows.js';
import { DismountWork } from './dismount-work.js';
import { identifyAnew, identifyByLabel } from './identify-by-label.js';
import type { LibraryContext } from './library-context.js';
import { MountWork } from './mount-work.js';
import type { OnMediaLabel } from './on-media-label.js';
import { partOfTurn, putBack } from './put-back.js';
import type { Needs, WorkItem } from './work-item.js';

/** Nothing is kept back from an inventory that other requests do not hold. */
const nothingKept: ReadonlySet<string> = new Set();

/**
 * Brings cartridges into drives one after another for an inventory, to read and note the labels of all their sides.
 * Between two cartridges other requests get their turn.
 */
export class LabelReading {
  readonly #context: LibraryContext;
  readonly #requestId: string;
  readonly #timeQueued: number;
  readonly #signal: AbortSignal;

  constructor(
    context: LibraryContext,
    options: { readonly requestId: string; readonly timeQueued: number; readonly signal: AbortSignal },
  ) {
    this.#context = context;
    this.#requestId = options.requestId;
    this.#timeQueued = options.timeQueued;
    this.#signal = options.signal;
  }

  /** Cartridges that nobody has in use go home, where the inventory finds them (doc rsm-startup). */
  async emptyDrives(): Promise<void> {
    const { store, id, elements } = this.#context;
    for (const drive of store.table('drives').list({ library: id, enabled: true })) {
      const inside = store.table('physicalMedia').find({ location: drive.id });
      const cleaning = drive.state === NtmsDriveState.NTMS_DRIVESTATE_BEING_CLEANED;
      const failed = drive.operationalState !== NtmsOperationalState.NTMS_READY;
      if (inside === undefined || inside.claimedBy !== null || cleaning || failed || this.#signal.aborted) continue;
      if (!(await this.#workNow(this.#dismountOf(inside.id, drive.id)))) continue;
      const { location } = store.table('physicalMedia').require(inside.id);
      if (location === null || location === drive.id) continue;
      elements.commit(() => elements.slotActor(location).send({ type: 'INVENTORY_REQUESTED' }));
    }
  }

  /** Why the cartridge in a slot could not be identified; undefined when it was, or was left out. */
  async readIn(slot: SlotRow): Promise<string | undefined> {
    const { store, claims } = this.#context;
    const medium = store.table('physicalMedia').find({ location: slot.id });
    if (medium === undefined || medium.cleaner || !medium.enabled || !slot.enabled) return undefined;
    if (medium.claimedBy !== null || claims.hasOther(this.#requestId, medium.id)) return undefined;
    for (const side of store.table('sides').list({ physicalMedia: medium.id })) {
      const failure = await this.#readSide(medium, side.id);
      if (failure !== undefined) return `${medium.name}: ${failure}`;
      if (this.#signal.aborted) return undefined;
    }
    return undefined;
  }

  async #readSide(medium: PhysicalMediumRow, side: string): Promise<string | undefined> {
    const { claims, elements } = this.#context;
    const mount = new MountWork(this.#context, [{ requestId: this.#requestId, side, medium: medium.id, drive: null }], {
      priority: 0,
      timeQueued: this.#timeQueued,
      recovers: false,
    });
    try {
      const missing = await this.#claim(mount);
      if (missing !== undefined) return this.#signal.aborted ? undefined : `not read, it waits for ${missing}`;
      await mount.run(partOfTurn());
      await putBack(this.#context, {
        requestId: this.#requestId,
        medium: medium.id,
        drive: mount.drives[0] ?? '',
        timeQueued: this.#timeQueued,
      });
      return undefined;
    } catch (error) {
      if (this.#signal.aborted) return undefined;
      const label = error instanceof NtmsError ? (error.data?.['label'] as OnMediaLabel | undefined) : undefined;
      const identified = label !== undefined && elements.commit(() => this.#identify(medium.id, side, label));
      return identified ? undefined : error instanceof Error ? error.message : String(error);
    } finally {
      claims.releaseAll(this.#requestId);
      this.#context.pump();
    }
  }

  /** Waits while what it needs is held by work that will end by itself; gives what is missing when nothing will change. */
  async #claim(item: WorkItem): Promise<string | undefined> {
    const { claims, id } = this.#context;
    for (;;) {
      const needs = item.needs(nothingKept);
      if (!('missing' in needs) && claims.take(this.#requestId, needs.claim)) return undefined;
      const missing = 'missing' in needs ? needs.missing : 'what another request holds';
      if (this.#signal.aborted || !claims.areShared(this.#requestId, id)) return missing;
      await Promise.race([claims.nextRelease(), aborted(this.#signal)]);
    }
  }

  #identify(medium: string, side: string, label: OnMediaLabel): boolean {
    return identifyByLabel(this.#context, medium, label) || identifyAnew(this.#context, side, label);
  }

  /** Does it if it can be done at once; false when not, or when it failed. */
  async #workNow(item: DismountWork): Promise<boolean> {
    const { claims } = this.#context;
    const needs: Needs | { missing: string } = item.needs();
    if ('missing' in needs || !claims.take(this.#requestId, needs.claim)) return false;
    try {
      await item.run(partOfTurn());
      return true;
    } catch (error) {
      this.#context.notice(`${this.#context.name}: a drive could not be emptied: ${String(error)}`);
      return false;
    } finally {
      claims.releaseAll(this.#requestId);
    }
  }

  #dismountOf(medium: string, drive: string): DismountWork {
    const wanted = { requestId: this.#requestId, medium, drive, deferred: false };
    return new DismountWork(this.#context, wanted, this.#timeQueued);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
