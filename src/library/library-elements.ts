import { NtmsObjectsTypes, NtmsSlotState } from '../objects/ntmsapi/index.js';
import { NtmsError } from '../objects/ntms-error.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { ChangerRow, DriveRow, PhysicalMediumRow, PortRow, SlotRow } from '../objects/rows.js';
import type { ElementActor, ElementActors, ElementInput } from './element-actors.js';
import { driveInput, mediumStates, portInput, slotStates } from './element-inputs.js';
import type { LazyProjection } from './state-projection.js';

/** One element of the library and the object that stands for it. */
export interface LibraryElement {
  readonly kind: 'picker' | 'drive' | 'slot' | 'port';
  readonly objectId: string;
  readonly address: number;
  /** For messages: `slot 3 (element 4098)`. */
  readonly name: string;
}

/** An element as the hardware shows it; `mediumId` is the cartridge that the records found for it. */
export interface ElementReading {
  readonly full: boolean;
  readonly present: boolean;
  readonly mediumId: string | null;
  readonly ready?: boolean | undefined;
}

/** Object kinds under which a cartridge's location is kept. */
export const locationTypeOf: Readonly<Record<LibraryElement['kind'], NtmsObjectsTypes>> = {
  picker: NtmsObjectsTypes.NTMS_CHANGER,
  drive: NtmsObjectsTypes.NTMS_DRIVE,
  slot: NtmsObjectsTypes.NTMS_STORAGESLOT,
  port: NtmsObjectsTypes.NTMS_IEPORT,
};

/**
 * The elements of one library by address and by object, with their machines. A machine starts in the state that the
 * object's row tells; the rows were brought in line with the hardware before.
 */
export class LibraryElements {
  readonly #store: ObjectStore;
  readonly #library: string;
  readonly #actors: ElementActors;
  readonly #projection: LazyProjection;
  readonly #onUndone: (error: unknown) => void;
  readonly #opened: ReadonlySet<number>;
  readonly #byAddress = new Map<number, LibraryElement>();
  readonly #byObject = new Map<string, LibraryElement>();
  #picker: LibraryElement | undefined;

  /** `onUndone`: a transaction was undone, and the machines that took part in it are ahead of their records. */
  constructor(options: {
    readonly store: ObjectStore;
    readonly actors: ElementActors;
    readonly projection: LazyProjection;
    readonly library: string;
    readonly onUndone: (error: unknown) => void;
    /** Element addresses of the drives whose media applications have open. */
    readonly opened: ReadonlySet<number>;
  }) {
    const { store } = options;
    this.#store = store;
    this.#actors = options.actors;
    this.#projection = options.projection;
    this.#onUndone = options.onUndone;
    this.#opened = options.opened;
    this.#library = options.library;
    const here = { library: options.library };
    for (const row of store.table('changers').list(here)) this.#add('picker', row);
    for (const row of store.table('drives').list(here)) this.#add('drive', row);
    for (const row of store.table('slots').list(here)) this.#add('slot', row);
    for (const row of store.table('ports').list(here)) this.#add('port', row);
  }

  #add(kind: LibraryElement['kind'], row: ChangerRow | DriveRow | SlotRow | PortRow): void {
    const name = `${row.name || kind} (element ${row.elementAddress})`;
    const element: LibraryElement = { kind, objectId: row.id, address: row.elementAddress, name };
    this.#byAddress.set(element.address, element);
    this.#byObject.set(element.objectId, element);
    if (kind === 'picker') this.#picker ??= element;
  }

  all(): LibraryElement[] {
    return [...this.#byAddress.values()];
  }

  at(address: number): LibraryElement | undefined {
    return this.#byAddress.get(address);
  }

  /** The element of an object; an object of another library is a programming error and said so. */
  of(objectId: string): LibraryElement {
    const element = this.#byObject.get(objectId);
    if (element === undefined)
      throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `${objectId} is no element of this library`);
    return element;
  }

  /** Where a cartridge is, as far as it is in this library. */
  elementOf(medium: PhysicalMediumRow): LibraryElement | undefined {
    return medium.location === null ? undefined : this.#byObject.get(medium.location);
  }

  mediumIn(element: LibraryElement): PhysicalMediumRow | undefined {
    return this.#store.table('physicalMedia').find({ location: element.objectId });
  }

  /** False for a drive on its own. */
  get hasPicker(): boolean {
    return this.#picker !== undefined;
  }

  get picker(): LibraryElement {
    if (this.#picker === undefined)
      throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', 'the library has no medium transport element');
    return this.#picker;
  }

  pickerActor(): ElementActor<'picker'> {
    const { objectId, address } = this.picker;
    return this.#actors.get('picker', objectId, (): ElementInput<'picker'> => {
      const held = this.mediumIn(this.picker);
      return {
        pickerId: objectId,
        elementAddress: address,
        initial: held === undefined ? 'idle' : 'holding',
        mediumId: held?.id ?? null,
      };
    });
  }

  driveActor(objectId: string): ElementActor<'drive'> {
    return this.#actors.get('drive', objectId, () => {
      const row = this.#store.table('drives').require(objectId);
      const openCount = this.#opened.has(row.elementAddress) ? 1 : 0;
      return { ...driveInput(this.#store, row), openCount, standAlone: !this.hasPicker };
    });
  }

  slotActor(objectId: string): ElementActor<'slot'> {
    return this.#actors.get('slot', objectId, (): ElementInput<'slot'> => {
      const row = this.#store.table('slots').require(objectId);
      const owner = this.#store.table('physicalMedia').find({ homeSlot: objectId });
      return {
        slotId: row.id,
        elementAddress: row.elementAddress,
        initial: slotStates[row.state] ?? 'unknown',
        mediumId: this.#store.table('physicalMedia').find({ location: objectId })?.id ?? null,
        owner: owner?.id ?? null,
        enabled: row.enabled,
      };
    });
  }

  portActor(objectId: string): ElementActor<'port'> {
    return this.#actors.get('port', objectId, () =>
      portInput(this.#store, this.#store.table('ports').require(objectId)),
    );
  }

  doorActor(objectId: string): ElementActor<'door'> {
    return this.#actors.get('door', objectId, (): ElementInput<'door'> => {
      const { maxOpenSecs, enabled } = this.#store.table('doors').require(objectId);
      return { doorId: objectId, maxOpenMs: maxOpenSecs * 1000, enabled };
    });
  }

  /** A machine of an element at rest ends; the next one starts from the record, which may have other limits by now. */
  renew(objectId: string): void {
    this.#projection.flush();
    this.#actors.release(objectId);
  }

  /** The ports of the library, in the order of their numbers. */
  ports(): LibraryElement[] {
    return [...this.#byAddress.values()].filter(({ kind }) => kind === 'port').sort((a, b) => a.address - b.address);
  }

  /** A door that is open, or that somebody is let open; while there is one, nothing moves. */
  openDoor(isClaimed: (doorId: string) => boolean = () => false): string | undefined {
    const doors = this.#store.table('doors').list({ library: this.#library });
    return doors.find(({ id }) => {
      if (isClaimed(id)) return true;
      const door = this.#actors.running('door', id)?.getSnapshot();
      return (
        door?.matches({ operation: 'open' }) === true || door?.matches({ operation: { closed: 'unlocked' } }) === true
      );
    })?.name;
  }

  mediumActor(objectId: string): ElementActor<'medium'> {
    return this.#actors.get('medium', objectId, () =>
      this.#mediumInput(this.#store.table('physicalMedia').require(objectId)),
    );
  }

  #mediumInput(row: PhysicalMediumRow): ElementInput<'medium'> {
    const element = this.elementOf(row);
    return {
      mediumId: row.id,
      initial: mediumStates[row.mediaState] ?? 'idle',
      location:
        element === undefined
          ? { kind: 'offline', elementAddress: null }
          : { kind: element.kind, elementAddress: element.address },
      enabled: row.enabled,
    };
  }

  /** Runs `work` in one transaction; a state of a machine that cannot be written undoes all of it. */
  commit<T>(work: () => T): T {
    try {
      return this.#store.transaction(() => {
        this.#projection.flush();
        return this.#actors.guarded(work);
      });
    } catch (error) {
      this.#onUndone(error);
      throw error;
    }
  }

  /** Writes what the machines show and no transaction has written yet; before the records are asked what is free. */
  writeStates(): void {
    this.#projection.flush();
  }

  /** An administrator may have switched an object off or on since its machine started. */
  followEnabled(
    kind: 'drive' | 'medium' | 'port' | 'door',
    row: { readonly id: string; readonly enabled: boolean },
  ): void {
    const actor = this.#actors.running(kind, row.id);
    if (actor === undefined || actor.getSnapshot().hasTag('ENABLED') === row.enabled) return;
    actor.send({ type: row.enabled ? 'ENABLED' : 'DISABLED' });
  }

  /** A drive that was out of order is in use again. */
  serviced(driveId: string): void {
    const actor = this.driveActor(driveId);
    if (actor.getSnapshot().matches({ operation: 'failed' })) actor.send({ type: 'SERVICED' });
  }

  /** A cartridge is on its way out of its drive; one that its machine has elsewhere is brought in line by its arrival. */
  dismountStarted(mediumId: string): void {
    const actor = this.mediumActor(mediumId);
    const { context, value } = actor.getSnapshot();
    const inDrive = context.location.kind === 'drive';
    if (inDrive && leavable.has(value.operation)) actor.send({ type: 'DISMOUNT_STARTED' });
  }

  /** The request that held a cartridge is over without a mount: its machine comes to rest, whatever it was doing. */
  letGo(mediumId: string): void {
    const actor = this.mediumActor(mediumId);
    const event = restingEvents[actor.getSnapshot().value.operation];
    if (event !== undefined) actor.send({ type: event });
  }

  /** An inventory will look at every filled slot. A slot whose machine does not run yet is told by its record. */
  markFilledSlots(): void {
    this.commit(() => {
      const filled = { library: this.#library, state: NtmsSlotState.NTMS_SLOTSTATE_FULL };
      for (const { id } of this.#store.table('slots').list(filled)) {
        const actor = this.#actors.running('slot', id);
        if (actor !== undefined) actor.send({ type: 'INVENTORY_REQUESTED' });
        else this.#store.table('slots').update(id, { state: NtmsSlotState.NTMS_SLOTSTATE_NEEDSINVENTORY });
      }
    });
  }

  /** Tells the machines that run what the hardware shows; those that do not run yet start from the records. */
  statusRead(element: LibraryElement, seen: ElementReading): void {
    const { full, present, mediumId, ready } = seen;
    switch (element.kind) {
      case 'slot':
        return this.#actors
          .running('slot', element.objectId)
          ?.send({ type: 'ELEMENT_STATUS_READ', full, present, mediumId });
      case 'drive':
        return this.#actors
          .running('drive', element.objectId)
          ?.send({ type: 'ELEMENT_STATUS_READ', full, mediumId, ready });
      case 'picker':
        return this.#actors.running('picker', element.objectId)?.send({ type: 'ELEMENT_STATUS_READ', full, mediumId });
      case 'port': {
        const port = this.#actors.running('port', element.objectId);
        // A port at work is told by the work, which reads it itself.
        if (port?.getSnapshot().context.job === null) port.send({ type: 'ELEMENT_STATUS_READ', full, mediumId });
        return;
      }
      default:
    }
  }

  /** Tells a cartridge's machine, if it runs, where the cartridge was found. */
  located(mediumId: string, element: LibraryElement): void {
    this.#actors
      .running('medium', mediumId)
      ?.send({ type: 'LOCATED', location: { kind: element.kind, elementAddress: element.address } });
  }

  isRunning(element: LibraryElement): boolean {
    return this.#actors.running(element.kind, element.objectId) !== undefined;
  }

  /** Ends a cartridge's machine: the cartridge left, or its record was changed past it. The next one starts from the record. */
  forgetMedium(mediumId: string): void {
    if (this.#actors.running('medium', mediumId) !== undefined) this.#actors.release(mediumId);
  }

  /** A cartridge left an element: the element's machine hears of it. */
  movedOut(element: LibraryElement): void {
    if (element.kind === 'drive') this.driveActor(element.objectId).send({ type: 'MEDIUM_MOVED_OUT' });
    if (element.kind === 'slot') this.slotActor(element.objectId).send({ type: 'MEDIUM_MOVED_OUT' });
    if (element.kind === 'port') this.portActor(element.objectId).send({ type: 'MEDIUM_MOVED_OUT' });
  }

  /** A cartridge came into an element: the machines of both hear of it. */
  movedIn(element: LibraryElement, mediumId: string): void {
    const { objectId, address: elementAddress } = element;
    const medium = this.mediumActor(mediumId);
    if (element.kind === 'drive') {
      this.driveActor(objectId).send({ type: 'MEDIUM_MOVED_IN', mediumId });
      medium.send({ type: 'MEDIUM_MOVED_IN', elementAddress });
    } else if (element.kind === 'slot') {
      this.slotActor(objectId).send({ type: 'MEDIUM_MOVED_IN', mediumId });
      medium.send({ type: 'MEDIUM_STORED', elementAddress });
    } else {
      if (element.kind === 'port') this.portActor(objectId).send({ type: 'MEDIUM_MOVED_IN', mediumId });
      medium.send({ type: 'LOCATED', location: { kind: element.kind, elementAddress } });
    }
  }
}

/** States of a cartridge in a drive from which a dismount may start. */
const leavable: ReadonlySet<string> = new Set(['idle', 'inUse', 'mounted', 'loaded', 'operatorError']);

/** What brings a cartridge's machine to rest, by the state that it is in; a fault stays until it is cleared. */
const restingEvents: Readonly<Record<string, 'REQUEST_ABANDONED' | 'DISMOUNT_DEFERRED' | 'DISMOUNT_FAILED'>> = {
  inUse: 'REQUEST_ABANDONED',
  mounted: 'REQUEST_ABANDONED',
  loaded: 'DISMOUNT_DEFERRED',
  unloaded: 'DISMOUNT_FAILED',
  operatorRequest: 'REQUEST_ABANDONED',
};
