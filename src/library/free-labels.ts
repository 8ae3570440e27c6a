import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation, NtmsObjectsTypes, NtmsOpreqCommand, NtmsPartitionState } from '../objects/ntmsapi/index.js';
import type { OpRequestRow, PhysicalMediumRow, SideRow } from '../objects/rows.js';
import { FreeLabelWork } from './free-label-work.js';
import type { ManagerParts } from './manager-parts.js';
import { RAISED_BY } from './operator-requests.js';
import { askSide } from './side-transitions.js';

const { NTMS_PARTSTATE_UNPREPARED: UNPREPARED } = NtmsPartitionState;

/**
 * Gives cartridges that became free their free label. When it is set to do so at once, they are UNPREPARED until a library
 * request of the lowest priority has mounted them; else they are AVAILABLE, and the next mount writes the label. A side
 * that is seen to be UNPREPARED and to be owed a label gets its request whoever made it so, also after a restart.
 */
export class FreeLabels {
  readonly #parts: ManagerParts;
  /** Sides with a request that has not ended, and those that wait for a person. */
  readonly #busy = new Set<string>();
  #unsubscribe: () => void = () => undefined;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
    parts.operatorRequests.onAnswer((row, answer) => {
      if (answer === 'complete') this.#tryAgain(row);
    });
  }

  /** Whether a cartridge that becomes free is mounted for its label at once. */
  get atOnce(): boolean {
    const { store } = this.#parts;
    return store.table('computers').require(store.wellKnown.computer).freeLabelsAtOnce;
  }

  set atOnce(freeLabelsAtOnce: boolean) {
    const { store } = this.#parts;
    store.table('computers').update(store.wellKnown.computer, { freeLabelsAtOnce });
  }

  /** Looks after those that wait for their label since a former run, and from now on after new ones. */
  start(): void {
    const { store } = this.#parts;
    for (const side of store.table('sides').list({ state: UNPREPARED })) this.#consider(side);
    this.#unsubscribe = store.onChange(({ table, id, operation }) => {
      if (table !== 'sides' || operation === 'delete') return;
      this.#consider(store.table('sides').get(id));
    });
  }

  stop(): void {
    this.#unsubscribe();
  }

  /** Never throws: what cannot be begun now is begun at the next start. */
  #consider(side: SideRow | undefined): void {
    // One that CreateNtmsMedia was told to record as UNPREPARED is owed nothing: its caller knows why.
    if (side?.state !== UNPREPARED || side.owedFreeLabel === '' || this.#busy.has(side.id)) return;
    try {
      this.#prepare(side);
    } catch (error) {
      this.#busy.delete(side.id);
      this.#parts.notice(`the free label of ${side.name || side.id} could not be queued: ${String(error)}`);
    }
  }

  #prepare(side: SideRow): void {
    const { store, libraries } = this.#parts;
    const medium = store.table('physicalMedia').require(side.physicalMedia);
    const library = libraries.get(medium.currentLibrary);
    // In a drive it would clean, and be used up by it.
    if (medium.cleaner) return this.#without(side, `${medium.name} is a cleaning cartridge`);
    if (library === undefined) return this.#without(side, `${medium.name} is in no library of this rig`);
    if (library.failure === undefined && !library.context.hardware.hasTapeDrives) {
      return this.#without(side, `no drive of ${library.name} takes blocks`);
    }
    this.#busy.add(side.id);
    this.#queue(side, medium);
  }

  #queue(side: SideRow, medium: PhysicalMediumRow): void {
    const { requests, computer, requireRunning } = this.#parts;
    const library = requireRunning(medium.currentLibrary);
    const { id: requestId, timeQueued } = requests.create({
      operationCode: NtmsLmOperation.NTMS_LM_WRITESCRATCH,
      library: library.id,
      origin: { application: RAISED_BY, user: '', computer },
      physMediaId: medium.id,
      partitionId: side.id,
      priority: -15,
    });
    library.queue
      .add(new FreeLabelWork(library.context, { requestId, side }, timeQueued))
      .then(
        () => this.#done(side),
        (error: unknown) => this.#failed(side, medium, error),
      )
      .catch((fault: unknown) => this.#parts.notice(`${medium.name}: ${String(fault)}`));
  }

  #done(side: SideRow): void {
    this.#busy.delete(side.id);
    const now = this.#parts.store.table('sides').get(side.id);
    // The cartridge left the library before its turn came.
    if (now?.state === UNPREPARED) return this.#consider(now);
    for (const row of this.#asked(side)) this.#parts.operatorRequests.settle(row.id);
  }

  /** A withdrawn request is tried again at the next start; for anything else a person has to look at the cartridge. */
  #failed(side: SideRow, { name }: PhysicalMediumRow, error: unknown): void {
    const detail = error instanceof NtmsError ? error.detail : String(error);
    if (error instanceof NtmsError && error.symbol === 'ERROR_CANCELLED') {
      this.#busy.delete(side.id);
      return;
    }
    try {
      this.#parts.operatorRequests.raise({
        command: NtmsOpreqCommand.NTMS_OPREQ_MESSAGE,
        message: `${name} cannot be made free: ${detail}. Look at the cartridge, then say that it is done`.slice(
          0,
          255,
        ),
        arg1: { type: NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA, id: side.physicalMedia },
      });
    } catch (fault) {
      this.#parts.notice(`${name} cannot be made free: ${detail}; nobody could be asked: ${String(fault)}`);
    }
  }

  #asked(side: SideRow): OpRequestRow[] {
    return this.#parts.operatorRequests
      .open()
      .filter((row) => isOurs(row) && row.arg1 === side.physicalMedia && row.arg2 === null);
  }

  #tryAgain(row: OpRequestRow): void {
    if (!isOurs(row) || row.arg1 === null || row.arg2 !== null) return;
    for (const side of this.#parts.store.table('sides').list({ physicalMedia: row.arg1 })) {
      this.#busy.delete(side.id);
      this.#consider(side);
    }
  }

  /** It is free all the same; should a drive ever mount it that takes blocks, it gets its label then. */
  #without(side: SideRow, why: string): void {
    const patch = askSide(side, { type: 'FREE_LABEL_WRITTEN' });
    if (patch === undefined) return;
    this.#parts.store.table('sides').update(side.id, patch);
    this.#parts.notice(`${side.name || side.id} is free without a free label: ${why}`);
  }
}

function isOurs({ application, request }: OpRequestRow): boolean {
  return application === RAISED_BY && request === NtmsOpreqCommand.NTMS_OPREQ_MESSAGE;
}
