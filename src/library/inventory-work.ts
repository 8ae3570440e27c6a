import { NtmsError } from '../objects/ntms-error.js';
import { NtmsInventoryMethod, NtmsLmOperation, NtmsSlotState } from '../objects/ntmsapi/index.js';
import type { LibraryRow } from '../objects/rows.js';
import type { LibraryContext } from './library-context.js';
import { LabelReading } from './label-reading.js';
import type { Missing, Needs, Turn, WorkEnd, WorkItem } from './work-item.js';

/** A look at the whole library: reads it, and brings the records in line. */
export type Survey = (options: {
  readonly scan: boolean;
  readonly classify: boolean;
  readonly requestId: string;
}) => Promise<void>;

/** What a library is set to stands for DEFAULT; a setting of DEFAULT itself means bar codes. */
export function inventoryMethodOf(library: LibraryRow, method: NtmsInventoryMethod): NtmsInventoryMethod {
  const { NTMS_INVENTORY_DEFAULT: byDefault, NTMS_INVENTORY_FAST: fast } = NtmsInventoryMethod;
  if (method !== byDefault) return method;
  return library.inventoryMethod === byDefault ? fast : (library.inventoryMethod as NtmsInventoryMethod);
}

/** InventoryNtmsLibrary. */
export class InventoryWork implements WorkItem {
  readonly operationCode = NtmsLmOperation.NTMS_LM_INVENTORY;
  readonly order = 0;
  readonly priority = 0;
  readonly timeQueued: number;
  readonly requestIds: readonly [string];
  readonly #context: LibraryContext;
  readonly #method: NtmsInventoryMethod;
  readonly #survey: Survey;
  readonly #holder: string;
  readonly #stop = new AbortController();

  constructor(
    context: LibraryContext,
    inventory: { readonly requestId: string; readonly method: NtmsInventoryMethod; readonly survey: Survey },
    timeQueued: number,
  ) {
    this.#context = context;
    this.#method = inventory.method;
    this.#survey = inventory.survey;
    this.#holder = `inventory ${inventory.requestId}`;
    this.requestIds = [inventory.requestId];
    this.timeQueued = timeQueued;
  }

  /** STOP: the cartridge under way is finished, the rest stays marked. */
  stop(): void {
    this.#stop.abort();
  }

  /**
   * One inventory at a time; it needs nothing else, also no working device: it is what brings a library back. Cartridges
   * are claimed one by one, those in use are left out.
   */
  needs(): Needs | Missing {
    const { claims, id } = this.#context;
    return claims.take(this.#holder, [id]) ? { claim: [] } : { missing: 'another inventory is under way' };
  }

  async run(turn: Turn): Promise<WorkEnd> {
    const { store, claims } = this.#context;
    const [requestId] = this.requestIds;
    const byLabel = this.#method === NtmsInventoryMethod.NTMS_INVENTORY_OMID;
    const scan = this.#method !== NtmsInventoryMethod.NTMS_INVENTORY_NONE;
    try {
      store.transaction(() => turn.begin());
      if (!this.#isStopped) await this.#survey({ scan, classify: !byLabel, requestId });
      if (byLabel) await this.#readLabels(turn);
      turn.signal.throwIfAborted();
      return this.#isStopped ? 'stopped' : 'passed';
    } finally {
      claims.releaseAll(this.#holder);
    }
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Every cartridge that waits for it in a slot, those that can be brought out of their drives among them. */
  async #readLabels(turn: Turn): Promise<void> {
    const { store, id, elements } = this.#context;
    const reading = new LabelReading(this.#context, {
      requestId: this.requestIds[0],
      timeQueued: this.timeQueued,
      signal: AbortSignal.any([turn.signal, this.#stop.signal]),
    });
    // A cartridge that the survey found in a slot which was empty before is to be read, too.
    if (!this.#isStopped) elements.markFilledSlots();
    if (!this.#isStopped) await reading.emptyDrives();
    const slots = store
      .table('slots')
      .list({ library: id, state: NtmsSlotState.NTMS_SLOTSTATE_NEEDSINVENTORY })
      .sort((a, b) => a.number - b.number);
    const failures: string[] = [];
    for (const slot of slots) {
      if (this.#isStopped || turn.signal.aborted) return;
      const failure = await reading.readIn(slot);
      if (failure !== undefined) failures.push(failure);
      if (store.table('slots').require(slot.id).state === NtmsSlotState.NTMS_SLOTSTATE_NEEDSINVENTORY) {
        const inside = store.table('physicalMedia').find({ location: slot.id });
        elements.commit(() =>
          elements
            .slotActor(slot.id)
            .send({ type: 'CLASSIFIED', full: inside !== undefined, mediumId: inside?.id ?? null }),
        );
      }
    }
    if (failures.length > 0) {
      throw new NtmsError(
        'ERROR_INVALID_STATE',
        `${failures.length} of ${slots.length} cartridges could not be identified: ${failures.join('; ')}`,
      );
    }
  }
}
