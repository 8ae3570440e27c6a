import type { Clock } from '../../devices/clock.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsInventoryMethod, NtmsLmOperation } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { LibraryRow, OpRequestRow } from '../objects/rows.js';
import { attachedContext } from './attached-context.js';
import { Attachment } from './attachment.js';
import { AutoRecovery } from './auto-recovery.js';
import { Claims } from './claims.js';
import { endFormerAccess } from './former-access.js';
import { HardwareError } from './hardware-error.js';
import { InventoryWork, inventoryMethodOf } from './inventory-work.js';
import type { LibraryContext } from './library-context.js';
import type { AnyLibraryDefinition } from './library-definition.js';
import { asHardwareError, endsByOperator } from './library-failure.js';
import { LibraryHardware } from './library-hardware.js';
import { LibraryLook } from './library-look.js';
import type { LookOptions } from './library-look.js';
import { ensureLibrary, syncElements } from './library-objects.js';
import type { LibraryRequests, RequestOrigin } from './library-requests.js';
import { LibraryState } from './library-state.js';
import { LibraryTroubles } from './library-troubles.js';
import type { MediaIdentity } from './media-identity.js';
import { MoveJournal } from './move-journal.js';
import type { Motion } from './motions.js';
import type { OperatorRequests } from './operator-requests.js';
import type { ReadElement } from './read-element.js';
import { tellEffect } from './tell-effect.js';
import { whyUnusable } from './why-unusable.js';
import { WorkQueue } from './work-queue.js';

export interface RunningLibraryOptions {
  readonly definition: AnyLibraryDefinition;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly requests: LibraryRequests;
  readonly operatorRequests: OperatorRequests;
  readonly identity: MediaIdentity;
  /** This computer's name, for requests that the library makes itself. */
  readonly computer: string;
  /** Which cartridges with these bar codes, recorded in other libraries, those libraries hold just now. */
  readonly heldElsewhere: (library: string, barCodes: readonly string[]) => Promise<ReadonlySet<string>>;
  /** What an administrator may want to read: found cartridges, devices that fail. */
  readonly onNotice: (text: string) => void;
}

/**
 * One library at work: its devices, its machines, its queue. What runs when the devices fail is let come to rest; what
 * waits goes on waiting until an inventory, a person's answer or {@link refresh} has found the devices again.
 */
export class RunningLibrary {
  readonly id: string;
  readonly name: string;
  readonly queue: WorkQueue;
  /** What the work is done with; what needs the devices throws ERROR_DEVICE_NOT_AVAILABLE while there are none. */
  readonly context: LibraryContext;
  readonly #options: RunningLibraryOptions;
  readonly #claims = new Claims();
  readonly #journal: MoveJournal;
  readonly #troubles: LibraryTroubles;
  readonly #state: LibraryState;
  readonly #look: LibraryLook;
  readonly #autoRecovery: AutoRecovery;
  readonly #background = new Set<Promise<void>>();
  /** Inventories that wait for the devices; whoever waits for rest does not wait for them. */
  readonly #waitingInventories = new Set<string>();
  #attachment: Attachment | undefined;
  /** Read at start and not accounted for yet. */
  #firstReading: readonly ReadElement[] | undefined;
  #failure: HardwareError | undefined;
  /** The machines are ahead of records that could not be written. */
  #distrusted = false;
  #attaching: Promise<void> | undefined;
  #looksAgain = false;
  #stopped = false;

  constructor(options: RunningLibraryOptions) {
    const { store, clock, definition, requests, operatorRequests, onNotice } = options;
    this.#options = options;
    ({ id: this.id, name: this.name } = ensureLibrary(store, definition));
    this.#journal = new MoveJournal({ store, clock });
    this.#troubles = new LibraryTroubles({ store, operatorRequests, library: this.id, onNotice });
    this.#state = new LibraryState({
      id: this.id,
      store,
      onEffect: (effect) => tellEffect(effect, { library: this.context, troubles: this.#troubles }),
      onFault: (error) => this.#fault('its state could not be written', error),
    });
    this.queue = new WorkQueue({
      requests,
      claims: this.#claims,
      onFault: (error) => this.#fault('a request could not be written', error),
    });
    this.context = this.#makeContext();
    this.#autoRecovery = new AutoRecovery({
      library: this.context,
      computer: options.computer,
      inventory: (method, origin) => this.inventory(method, origin),
    });
    this.#look = new LibraryLook({
      context: this.context,
      journal: this.#journal,
      troubles: this.#troubles,
      heldElsewhere: (barCodes) => options.heldElsewhere(this.id, barCodes),
    });
  }

  /** Why the devices cannot be used; undefined when they can. */
  get failure(): HardwareError | undefined {
    return this.#failure;
  }

  /**
   * First step of the start: opens the devices and reads what is in them. Resolves also when they cannot be used: the
   * library says so in its operational state, and the others go on.
   */
  async open(): Promise<void> {
    await this.#unlessItFails(() => this.#open());
  }

  /** Second step, when all libraries were read: brings the records in line. */
  async settle(): Promise<void> {
    if (this.#failure === undefined) await this.#unlessItFails(() => this.#settle());
    this.#state.started();
  }

  /** The bar codes that are in the library just now; none while it cannot be read. */
  async barCodesNow(): Promise<ReadonlySet<string>> {
    if (this.#attachment === undefined || this.#failure !== undefined) return new Set();
    try {
      const seen = this.#firstReading ?? (await this.#attachment.hardware.readElements());
      return new Set(seen.flatMap(({ barCode }) => barCode ?? []));
    } catch {
      return new Set();
    }
  }

  /** Lets what moves come to rest, then gives the devices back. */
  async stop(error: NtmsError): Promise<void> {
    this.#stopped = true;
    this.stopInventory();
    await this.queue.stop(error);
    await Promise.allSettled(this.#background);
    await this.#attachment?.motions.whenStill();
    this.#attachment?.end();
    await this.#attachment?.hardware.close();
    this.#state.stop();
  }

  /** Resolves when nothing runs, nothing that waits can start, and no look is due. */
  async whenIdle(): Promise<void> {
    do {
      await this.queue.whenIdle();
      await Promise.allSettled(this.#background);
    } while (this.#background.size > 0);
    await this.queue.whenIdle();
    try {
      this.#attachment?.elements.writeStates();
    } catch (error) {
      this.#fault('the states of its elements could not be written', error);
    }
  }

  /** Looks at the library; a library whose devices were lost is opened again first. Rejects as an inventory would. */
  async refresh(): Promise<void> {
    await this.#survey({ scan: false, classify: true, requestId: 'refresh' });
  }

  /** A person says that a device was looked after: it is tried again. */
  answered(row: OpRequestRow): void {
    const object = this.#troubles.objectOf(row);
    const mine = object !== undefined && (object.kind !== 'medium' || this.#failure === undefined);
    if (mine) this.#inBackground(() => this.refresh().catch(() => undefined));
  }

  /** The inventories under way and the queued ones end. */
  stopInventory(): void {
    for (const item of this.queue.items()) if (item instanceof InventoryWork) item.stop();
  }

  /** Stores and queues an inventory; every filled slot is marked for it when this returns the request's id. */
  inventory(method: NtmsInventoryMethod, origin: RequestOrigin): string {
    const { store, clock, requests } = this.#options;
    const wanted = inventoryMethodOf(this.#row, method);
    const { id: requestId } = store.transaction(() => {
      const operationCode = NtmsLmOperation.NTMS_LM_INVENTORY;
      const request = requests.create({ operationCode, operationOption: method, library: this.id, origin });
      if (wanted !== NtmsInventoryMethod.NTMS_INVENTORY_NONE) this.#attachment?.elements.markFilledSlots();
      return request;
    });
    const survey = (options: { scan: boolean; classify: boolean; requestId: string }) => this.#survey(options);
    void this.queue.add(new InventoryWork(this.context, { requestId, method: wanted, survey }, clock.now()));
    return requestId;
  }

  get #row(): LibraryRow {
    return this.#options.store.table('libraries').require(this.id);
  }

  #makeContext(): LibraryContext {
    const { store, clock, requests, identity, onNotice } = this.#options;
    const parts: Parameters<typeof attachedContext>[0] = {
      id: this.id,
      name: this.name,
      store,
      clock,
      requests,
      claims: this.#claims,
      identity,
      whyUnusable: () =>
        whyUnusable(this.name, {
          failure: this.#failure,
          distrusted: this.#distrusted,
          enabled: this.#row.enabled,
          elements: this.#attachment?.elements,
          claims: this.#claims,
        }),
      recover: (why) => {
        if (!this.#stopped) this.#autoRecovery.recover(why);
      },
      pump: () => this.queue.pump(),
      look: (requestId) => this.#takeLook({ classify: false, requestId }),
      notice: onNotice,
    };
    return attachedContext(parts, () => this.#attached());
  }

  #attached(): Attachment {
    if (this.#attachment !== undefined) return this.#attachment;
    const why = this.#failure?.message ?? 'its devices are not open';
    throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `library ${this.name}: ${why}`, { cause: this.#failure });
  }

  async #open(): Promise<void> {
    const { definition, clock, store, onNotice } = this.#options;
    this.#state.deviceFound();
    const hardware = await LibraryHardware.open(definition, {
      clock,
      onNotice: (text) => onNotice(`${this.name}: ${text}`),
    });
    for (const notice of hardware.notices) onNotice(`${this.name}: ${notice}`);
    syncElements(store, this.#row, hardware);
    await endFormerAccess(store, this.id, hardware);
    this.#attach(hardware);
    this.#firstReading = await hardware.readElements();
  }

  async #settle(): Promise<void> {
    const attachment = this.#attached();
    const seen = this.#firstReading ?? (await attachment.hardware.readElements());
    await this.#look.account(attachment, seen);
    this.#firstReading = undefined;
    this.#state.initialized();
    await this.#look.clearPicker(attachment);
  }

  /** New machines over opened devices, in the states that the records tell. */
  #attach(hardware: LibraryHardware): void {
    const { store, clock, operatorRequests, onNotice } = this.#options;
    this.#attachment?.end();
    this.#attachment = new Attachment({
      library: { id: this.id, name: this.name },
      hardware,
      store,
      clock,
      journal: this.#journal,
      operatorRequests,
      onNotice,
      pump: () => this.queue.pump(),
      inventory: (method) => this.#autoRecovery.inventory(method),
      onAstray: (motion, outcome, said) => this.#astray(motion, outcome, said),
      onEffect: (effect) => tellEffect(effect, { library: this.context, troubles: this.#troubles }),
      onDistrust: (error) => this.#distrust(error),
    });
  }

  /** Opens lost devices again, or starts the machines anew over the ones that are open, once everything is at rest. */
  #attachAgain(): Promise<void> {
    this.#attaching ??= this.#doAttachAgain().finally(() => {
      this.#attaching = undefined;
      this.queue.pump();
    });
    return this.#attaching;
  }

  async #doAttachAgain(): Promise<void> {
    await this.queue.whenResting((requestId) => this.#waitingInventories.has(requestId));
    await this.#attachment?.motions.whenStill();
    try {
      const { hardware } = this.#attachment ?? {};
      if (hardware !== undefined && this.#failure === undefined) {
        this.#attach(hardware);
        this.#firstReading = undefined;
      } else {
        await hardware?.close();
        await this.#open();
      }
      await this.#settle();
      this.#failure = undefined;
      this.#distrusted = false;
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  /** What an inventory does first: reads the library while the picker rests, and brings it back if it was lost. */
  async #survey({ requestId, ...options }: { scan: boolean; classify: boolean; requestId: string }): Promise<void> {
    if (this.#failure !== undefined || this.#distrusted) {
      this.#waitingInventories.add(requestId);
      this.queue.tellResting();
      try {
        await this.#attachAgain();
      } finally {
        this.#waitingInventories.delete(requestId);
      }
    }
    await this.#takeLook({ ...options, requestId, serviced: true });
  }

  async #takeLook(options: LookOptions): Promise<void> {
    try {
      await this.#look.take(this.#attached(), options);
    } catch (error) {
      const byOperator = error instanceof HardwareError && endsByOperator(error);
      if (byOperator) this.#troubles.raise({ kind: 'library', id: this.id }, `${this.name}: ${error.message}`);
      else if (!this.#distrusted) this.#fail(error);
      throw error;
    }
  }

  /** The records were proven wrong: a new look, as soon as nothing moves; the motion itself is not tried again. */
  #astray(motion: Motion, outcome: string, said: string): void {
    if (outcome !== 'not-moved') {
      const name = this.#options.store.table('physicalMedia').get(motion.mediumId)?.name ?? motion.mediumId;
      this.#troubles.raise(
        { kind: 'medium', id: motion.mediumId },
        `${this.name}: cartridge ${name} did not arrive in ${motion.destination.name} (${outcome}): ${said}. ` +
          'Look where it is, then run an inventory',
      );
    }
    if (this.#looksAgain || this.#stopped) return;
    this.#looksAgain = true;
    this.#inBackground(async () => {
      this.#looksAgain = false;
      if (this.#failure === undefined && !this.#distrusted) await this.#takeLook({ classify: false });
    });
  }

  /** A transaction was undone under the machines: they and the records start anew from the hardware. */
  #distrust(error: unknown): void {
    if (this.#stopped || this.#distrusted || this.#failure !== undefined || this.#attaching !== undefined) return;
    this.#distrusted = true;
    this.#attachment?.giveUpWaiting(error);
    this.#fault('the records could not follow the hardware and are read again', error);
    this.#inBackground(() => this.#attachAgain());
  }

  #fail(error: unknown): void {
    const failure = asHardwareError(this.name, error);
    this.#failure = failure;
    this.#distrusted = false;
    this.#options.onNotice(`${this.name}: ${failure.message}`);
    try {
      this.#state.failed(failure);
    } catch (fault) {
      this.#fault('its state could not be written', fault);
    }
    this.queue.pump();
  }

  async #unlessItFails(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#attachment?.end();
      await this.#attachment?.hardware.close();
      this.#attachment = undefined;
      this.#fail(error);
    }
  }

  #inBackground(work: () => Promise<void>): void {
    const task: Promise<void> = work()
      .catch((error: unknown) => {
        if (this.#failure === undefined) this.#fault('it could not be looked at', error);
      })
      .finally(() => this.#background.delete(task));
    this.#background.add(task);
  }

  #fault(what: string, error: unknown): void {
    this.#options.onNotice(`${this.name}: ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
