import { NtmsLmOperation, NtmsObjectsTypes, NtmsOperationalState } from '../objects/ntmsapi/index.js';
import type { DriveRow } from '../objects/rows.js';
import { DismountWork } from './dismount-work.js';
import type { LibraryContext } from './library-context.js';
import type { LibraryElements } from './library-elements.js';
import type { Missing, Needs, Turn, WorkEnd, WorkItem } from './work-item.js';

/** Kinds of objects that are switched, as the API names them. */
export type SwitchedKind =
  | typeof NtmsObjectsTypes.NTMS_LIBRARY
  | typeof NtmsObjectsTypes.NTMS_DRIVE
  | typeof NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA;

/** An object that an administrator switches on or off. */
export interface Switch {
  readonly kind: SwitchedKind;
  readonly id: string;
  readonly enabled: boolean;
}

const tables = {
  [NtmsObjectsTypes.NTMS_LIBRARY]: 'libraries',
  [NtmsObjectsTypes.NTMS_DRIVE]: 'drives',
  [NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA]: 'physicalMedia',
} as const satisfies Readonly<Record<SwitchedKind, string>>;

const operations = {
  [NtmsObjectsTypes.NTMS_LIBRARY]: [NtmsLmOperation.NTMS_LM_DISABLELIBRARY, NtmsLmOperation.NTMS_LM_ENABLELIBRARY],
  [NtmsObjectsTypes.NTMS_DRIVE]: [NtmsLmOperation.NTMS_LM_DISABLEDRIVE, NtmsLmOperation.NTMS_LM_ENABLEDRIVE],
  [NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA]: [NtmsLmOperation.NTMS_LM_DISABLEMEDIA, NtmsLmOperation.NTMS_LM_ENABLEMEDIA],
} as const satisfies Readonly<Record<SwitchedKind, readonly [NtmsLmOperation, NtmsLmOperation]>>;

export function tableOf(kind: SwitchedKind): (typeof tables)[SwitchedKind] {
  return tables[kind];
}

export function operationOf({ kind, enabled }: Switch): NtmsLmOperation {
  return operations[kind][enabled ? 1 : 0];
}

/**
 * DisableNtmsObject and EnableNtmsObject on a library at work. What an application has in use is switched off when it is given
 * back; a drive is emptied before, if that can be done.
 */
export class SwitchWork implements WorkItem {
  readonly operationCode: NtmsLmOperation;
  readonly order = 0;
  readonly priority = 0;
  readonly timeQueued: number;
  readonly requestIds: readonly [string];
  readonly #context: LibraryContext;
  readonly #switch: Switch;
  readonly #onDone: () => void;
  /** What empties the drive, as far as it can be emptied. */
  #emptying: DismountWork | undefined;

  /** `onDone`: the record says it; the requests that can never be served now are to be ended. */
  constructor(
    context: LibraryContext,
    options: {
      readonly requestId: string;
      readonly object: Switch;
      readonly timeQueued: number;
      readonly onDone: () => void;
    },
  ) {
    this.#context = context;
    this.#switch = options.object;
    this.#onDone = options.onDone;
    this.requestIds = [options.requestId];
    this.operationCode = operationOf(options.object);
    this.timeQueued = options.timeQueued;
  }

  needs(): Needs | Missing {
    const { kind, id, enabled } = this.#switch;
    const { store, claims } = this.#context;
    this.#emptying = undefined;
    store.table(tableOf(kind)).require(id);
    if (enabled || kind === NtmsObjectsTypes.NTMS_LIBRARY) return { claim: [] };
    if (claims.has(id)) return { missing: `${this.#name()} is in use by another request` };
    if (kind === NtmsObjectsTypes.NTMS_DRIVE) return this.#needsOfDrive(store.table('drives').require(id));
    const inUse = store.table('physicalMedia').require(id).claimedBy !== null;
    return inUse ? { missing: `${this.#name()} to be dismounted` } : { claim: [id] };
  }

  async run(turn: Turn): Promise<WorkEnd> {
    const { store } = this.#context;
    store.transaction(() => turn.begin());
    if (this.#emptying !== undefined) await this.#empty(this.#emptying, turn);
    turn.signal.throwIfAborted();
    this.#commit(() => {
      store.table(tableOf(this.#switch.kind)).update(this.#switch.id, { enabled: this.#switch.enabled });
      this.#tellMachine();
      turn.end('passed');
    });
    this.#onDone();
    return 'passed';
  }

  #needsOfDrive(drive: DriveRow): Needs | Missing {
    const { store, claims, whyUnusable, clock } = this.#context;
    const inside = store.table('physicalMedia').find({ location: drive.id });
    const broken = drive.operationalState !== NtmsOperationalState.NTMS_READY || whyUnusable() !== undefined;
    if (inside === undefined || broken) return { claim: [drive.id] };
    if (inside.claimedBy !== null || claims.has(inside.id)) {
      return { missing: `${inside.name} to be dismounted from ${drive.name}` };
    }
    const wanted = { requestId: this.requestIds[0], medium: inside.id, drive: drive.id, deferred: false };
    const emptying = new DismountWork(this.#context, wanted, clock.now());
    const needs = emptying.needs();
    // Without room for its cartridge the drive is switched off as it is.
    if ('missing' in needs) return { claim: [drive.id, inside.id] };
    this.#emptying = emptying;
    return needs;
  }

  /** A drive that does not give its cartridge is switched off with it; the request's end says the rest. */
  async #empty(emptying: DismountWork, turn: Turn): Promise<void> {
    try {
      await emptying.run({
        signal: turn.signal,
        stopping: turn.stopping,
        shutdown: turn.shutdown,
        begin: () => undefined,
        end: () => undefined,
      });
    } catch (error) {
      if (turn.signal.aborted) throw error;
      this.#context.notice(`${this.#name()} is disabled with its cartridge inside: ${String(error)}`);
    }
  }

  /** Machines run only where the devices are open. */
  #elements(): LibraryElements | undefined {
    try {
      return this.#context.elements;
    } catch {
      return undefined;
    }
  }

  #commit(work: () => void): void {
    const elements = this.#elements();
    if (elements === undefined) this.#context.store.transaction(work);
    else elements.commit(work);
  }

  #tellMachine(): void {
    const { kind, id, enabled } = this.#switch;
    const elements = this.#elements();
    if (kind === NtmsObjectsTypes.NTMS_DRIVE) elements?.followEnabled('drive', { id, enabled });
    if (kind === NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA) elements?.followEnabled('medium', { id, enabled });
  }

  #name(): string {
    const { kind, id } = this.#switch;
    return this.#context.store.table(tableOf(kind)).get(id)?.name ?? id;
  }
}
