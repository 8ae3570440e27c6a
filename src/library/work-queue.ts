import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation } from '../objects/ntmsapi/index.js';
import type { Claims } from './claims.js';
import type { LibraryRequests } from './library-requests.js';
import { asNtmsError } from './library-failure.js';
import { inOrder, isOrdered } from './request-order.js';
import type { Missing, Turn, WorkEnd, WorkItem } from './work-item.js';

interface Entry {
  readonly item: WorkItem;
  readonly abort: AbortController;
  readonly settle: { resolve(end: WorkEnd): void; reject(error: NtmsError): void };
  order: number;
  running: boolean;
  /** The requests' records say that they are in process; that they have ended. */
  began: boolean;
  ended: boolean;
  /** How many mounts of lower rank have taken a drive that it waits for. */
  overtaken: number;
  wants: readonly string[];
  waitsFor: string;
}

/** An order number that a request gets, and those that go with it. */
export interface OrderChange {
  readonly requestIds: readonly string[];
  readonly order: number;
}

/** The order number that puts a request last. */
export const LAST_ORDER = 0xffff_ffff;

/** So often a mount may be overtaken before the drives that it waits for are kept for it. */
const patience = 8;
const nothingKept: ReadonlySet<string> = new Set();

/**
 * The work of one library: what waits, in the documented order, and what runs. Items whose needs do not touch run side by
 * side; the picker takes its motions one after another. Whatever an item or the database does, an item's promise settles
 * and the next item gets its turn.
 */
export class WorkQueue {
  readonly #requests: LibraryRequests;
  readonly #claims: Claims;
  readonly #onFault: (error: unknown) => void;
  readonly #entries = new Set<Entry>();
  #restWaiters: (() => void)[] = [];
  #idleWaiters: (() => void)[] = [];
  #pumping = false;
  #pumpAgain = false;
  #stopped: NtmsError | undefined;
  readonly #shutdown = new AbortController();

  /** `onFault` hears what could not be written down. */
  constructor(options: { requests: LibraryRequests; claims: Claims; onFault: (error: unknown) => void }) {
    this.#requests = options.requests;
    this.#claims = options.claims;
    this.#onFault = options.onFault;
  }

  /** Queues an item and starts what can start. The promise tells how it ended; an unheard rejection is no fault. */
  add(item: WorkItem): Promise<WorkEnd> {
    let settle: Entry['settle'] | undefined;
    const finished = new Promise<WorkEnd>((resolve, reject) => {
      settle = { resolve, reject };
    });
    finished.catch(() => undefined);
    if (settle === undefined) throw new Error('a promise did not run its executor');
    const entry: Entry = {
      item,
      abort: new AbortController(),
      settle,
      order: item.order,
      running: false,
      began: false,
      ended: false,
      overtaken: 0,
      wants: [],
      waitsFor: '',
    };
    this.#entries.add(entry);
    if (this.#stopped === undefined) this.pump();
    else this.#withdraw(entry, this.#stopped);
    return finished;
  }

  /** Looks at what waits again; to be called when something became free. */
  pump(): void {
    this.#pumpAgain = true;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      // What is queued or released meanwhile is looked at in the next turn.
      while (this.#pumpAgain && this.#stopped === undefined) {
        this.#pumpAgain = false;
        this.#pumpOnce();
      }
    } finally {
      this.#pumping = false;
    }
    this.#tellIfIdle();
  }

  /**
   * Ends what has not begun, as `how` says, and tells what runs that nobody waits for it any more. False for unknown ids.
   */
  cancel(requestId: string, error: NtmsError, how: 'cancelled' | 'failed' = 'cancelled'): boolean {
    const entry = this.#entryOf(requestId);
    if (entry === undefined) return false;
    if (entry.abort.signal.aborted) return true;
    if (entry.running) {
      entry.abort.abort(error);
      entry.settle.reject(error);
    } else {
      this.#withdraw(entry, error, how);
    }
    return true;
  }

  /** The place of a waiting mount among the waiting mounts, 1 is the next; 0 for everything else. */
  placeOf(requestId: string): number {
    return this.#waitingMounts().findIndex(({ item }) => item.requestIds.includes(requestId)) + 1;
  }

  /** The order numbers after a waiting mount was given one: those behind it that are in its way move on by one. */
  ordersWith(requestId: string, order: number): OrderChange[] {
    const changes: OrderChange[] = [{ requestIds: this.#entryOf(requestId)?.item.requestIds ?? [requestId], order }];
    let taken = order;
    for (const { item, order: own } of this.#waitingMounts().toSorted((a, b) => a.order - b.order)) {
      if (own !== taken || own >= LAST_ORDER || item.requestIds.includes(requestId)) continue;
      taken = own + 1;
      changes.push({ requestIds: item.requestIds, order: taken });
    }
    return changes;
  }

  /** SetNtmsRequestOrder, once the records say it. */
  reorder(changes: readonly OrderChange[]): void {
    for (const { requestIds, order } of changes) {
      const entry = this.#entryOf(requestIds[0] ?? '');
      if (entry !== undefined) entry.order = order;
    }
    this.pump();
  }

  isRunning(requestId: string): boolean {
    return this.#entryOf(requestId)?.running ?? false;
  }

  items(): WorkItem[] {
    return [...this.#entries].map(({ item }) => item);
  }

  /** Resolves when nothing runs and nothing that waits can start. */
  whenIdle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Resolves when nothing runs, apart from items of requests that `isExempt` knows at that time. */
  async whenResting(isExempt: (requestId: string) => boolean = () => false): Promise<void> {
    const isBusy = ({ item, running }: Entry): boolean => running && !isExempt(item.requestIds[0]);
    while ([...this.#entries].some(isBusy)) await new Promise<void>((resolve) => this.#restWaiters.push(resolve));
  }

  /** Those who wait for rest look again: an item has left, or is exempt now. */
  tellResting(): void {
    const waiters = this.#restWaiters;
    this.#restWaiters = [];
    for (const resolve of waiters) resolve();
  }

  /** Starts nothing more; cancels what waits; resolves when what runs has come to rest. */
  async stop(error: NtmsError): Promise<void> {
    this.#stopped = error;
    this.#shutdown.abort(error);
    for (const { item } of this.#entries) this.cancel(item.requestIds[0], error);
    await this.whenResting();
  }

  #entryOf(requestId: string): Entry | undefined {
    for (const entry of this.#entries) if (entry.item.requestIds.includes(requestId)) return entry;
    return undefined;
  }

  #waiting(): Entry[] {
    const waiting = [...this.#entries].filter((entry) => !entry.running);
    return waiting.length > 1 ? inOrder(waiting, rankOf) : waiting;
  }

  #waitingMounts(): Entry[] {
    return this.#waiting().filter(({ item }) => isOrdered(item.operationCode));
  }

  #pumpOnce(): void {
    const kept = new Set<string>();
    const missing: Entry[] = [];
    for (const entry of this.#waiting()) {
      this.#tryStart(entry, kept, missing);
      if (entry.item.exclusive === true && missing.includes(entry)) return;
    }
  }

  #tryStart(entry: Entry, kept: Set<string>, missing: Entry[]): void {
    const { item } = entry;
    try {
      const needs = item.needs(item.operationCode === NtmsLmOperation.NTMS_LM_MOUNT ? kept : nothingKept);
      if ('missing' in needs || !this.#claims.take(item.requestIds[0], needs.claim)) {
        this.#wait(entry, 'missing' in needs ? needs : { missing: 'something that another request holds' });
        missing.push(entry);
        // Items that need several drives at once would wait for ever while others take them one by one.
        if (entry.overtaken >= patience) for (const drive of entry.wants) kept.add(drive);
        return;
      }
      if (item.operationCode === NtmsLmOperation.NTMS_LM_MOUNT) {
        for (const other of missing) if (needs.claim.some((id) => other.wants.includes(id))) other.overtaken += 1;
      }
    } catch (error) {
      this.#claims.releaseAll(item.requestIds[0]);
      this.#withdraw(entry, asNtmsError(error), 'failed');
      return;
    }
    entry.running = true;
    // Not before the caller's transaction is committed: the item may command the hardware in its first step.
    queueMicrotask(() => void this.#run(entry));
  }

  #wait(entry: Entry, { missing, wants = [] }: Missing): void {
    entry.wants = wants;
    if (entry.waitsFor === missing) return;
    try {
      for (const id of entry.item.requestIds) this.#requests.wait(id, missing);
      entry.waitsFor = missing;
    } catch (fault) {
      this.#onFault(fault);
    }
  }

  async #run(entry: Entry): Promise<void> {
    const { item } = entry;
    try {
      const end = await item.run(this.#turn(entry));
      if (end === 'waits') {
        entry.abort.signal.throwIfAborted();
        return this.#waitAnew(entry);
      }
      if (!entry.ended) this.#requests.endAll(item.requestIds, endEvents[end]);
      entry.settle.resolve(end);
    } catch (error) {
      // Its record says what the caller was told, not what giving it up led to.
      const failure = asNtmsError(entry.abort.signal.aborted ? entry.abort.signal.reason : error);
      const givenUp = entry.abort.signal.aborted && failure.symbol === 'ERROR_CANCELLED';
      this.#endRequests(entry, failure, givenUp ? 'taken back' : 'failed');
      entry.settle.reject(failure);
    }
    this.#leave(entry);
  }

  /** It goes back among those that wait, as if it had not begun. */
  #waitAnew(entry: Entry): void {
    const { item } = entry;
    entry.running = false;
    entry.began = false;
    entry.waitsFor = '';
    this.#wait(entry, { missing: 'its next turn' });
    this.#claims.releaseAll(item.requestIds[0]);
    this.tellResting();
    this.pump();
    this.#tellIfIdle();
  }

  #turn(entry: Entry): Turn {
    const { item, abort } = entry;
    const isStopped = (): boolean => this.#stopped !== undefined;
    return {
      signal: abort.signal,
      shutdown: this.#shutdown.signal,
      get stopping() {
        return isStopped();
      },
      begin: () => {
        if (entry.began) return;
        for (const id of item.requestIds) this.#requests.start(id);
        entry.began = true;
      },
      end: (end) => {
        this.#requests.endAll(item.requestIds, endEvents[end]);
        entry.ended = true;
      },
    };
  }

  /** It will never run. */
  #withdraw(entry: Entry, error: NtmsError, how: 'cancelled' | 'failed' = 'cancelled'): void {
    this.#endRequests(entry, error, how);
    entry.settle.reject(error);
    entry.abort.abort(error);
    this.#leave(entry);
  }

  #leave(entry: Entry): void {
    this.#entries.delete(entry);
    this.#claims.releaseAll(entry.item.requestIds[0]);
    try {
      for (const id of entry.item.requestIds) this.#requests.announce(id);
    } catch (fault) {
      this.#onFault(fault);
    }
    this.tellResting();
    this.pump();
    this.#tellIfIdle();
  }

  /** What hardware moved for ends as failed, what it did not as cancelled (state-machines section 4). */
  #endRequests(entry: Entry, error: NtmsError, how: 'cancelled' | 'taken back' | 'failed'): void {
    const reason = { symbol: error.symbol, detail: error.detail };
    try {
      const withdrawal = how === 'taken back' ? this.#requests.withdrawalOf(entry.item.requestIds) : undefined;
      const event = how === 'cancelled' ? ({ type: 'CANCEL_REQUESTED' } as const) : (withdrawal ?? failureEvent(error));
      if (entry.ended) this.#requests.reload(entry.item.requestIds);
      this.#requests.endAll(entry.item.requestIds, event, reason);
    } catch (fault) {
      this.#onFault(fault);
    }
  }

  #isIdle(): boolean {
    return ![...this.#entries].some((entry) => entry.running);
  }

  #tellIfIdle(): void {
    if (!this.#isIdle()) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}

const endEvents = {
  passed: { type: 'SUCCEEDED' },
  deferred: { type: 'DEFERRED' },
  stopped: { type: 'STOP_REQUESTED' },
} as const;

/** A request whose objects are gone made no sense when its turn came. */
function failureEvent({ symbol, code }: NtmsError) {
  return symbol === 'ERROR_OBJECT_NOT_FOUND'
    ? ({ type: 'REJECTED', win32: code } as const)
    : ({ type: 'FAILED', win32: code } as const);
}

function rankOf({ item, order }: Entry) {
  const { operationCode, priority, timeQueued } = item;
  return { operationCode, order, priority, timeQueued };
}
