import type { Clock } from '../../devices/clock.js';
import { NtmsLmOperation, NtmsLmState } from '../objects/ntmsapi/index.js';
import { win32Errors } from '../objects/win32.js';
import type { Win32Symbol } from '../objects/win32.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { LibRequestRow } from '../objects/rows.js';
import { ElementActors } from './element-actors.js';
import type { ElementActor, ElementInput } from './element-actors.js';
import { StateProjection } from './state-projection.js';

/** Who asked; shown in the request's record. */
export interface RequestOrigin {
  readonly user: string;
  readonly computer: string;
  readonly application: string;
}

export interface NewLibraryRequest {
  /** Made unless given. */
  readonly id?: string;
  readonly operationCode: NtmsLmOperation;
  readonly library: string;
  readonly origin: RequestOrigin;
  readonly operationOption?: number;
  readonly partitionId?: string;
  readonly driveId?: string;
  readonly physMediaId?: string;
  readonly slotId?: string;
  readonly priority?: number;
  readonly mountGroup?: string;
  /** REMOVE: the request that it withdraws. */
  readonly workItemId?: string;
}

export type RequestEvent = Parameters<ElementActor<'request'>['send']>[0];

export interface EndReason {
  readonly symbol: Win32Symbol;
  readonly detail: string;
}

const finalStates: readonly number[] = [
  NtmsLmState.NTMS_LM_PASSED,
  NtmsLmState.NTMS_LM_FAILED,
  NtmsLmState.NTMS_LM_INVALID,
  NtmsLmState.NTMS_LM_CANCELLED,
  NtmsLmState.NTMS_LM_STOPPED,
];

const startStates: Readonly<Record<number, NonNullable<ElementInput<'request'>['initial']>>> = {
  [NtmsLmState.NTMS_LM_QUEUED]: 'queued',
  [NtmsLmState.NTMS_LM_INPROCESS]: 'inProcess',
  [NtmsLmState.NTMS_LM_WAITING]: 'waiting',
  [NtmsLmState.NTMS_LM_DEFERRED]: 'deferred',
  [NtmsLmState.NTMS_LM_PASSED]: 'passed',
  [NtmsLmState.NTMS_LM_FAILED]: 'failed',
  [NtmsLmState.NTMS_LM_INVALID]: 'invalid',
  [NtmsLmState.NTMS_LM_CANCELLED]: 'cancelled',
  [NtmsLmState.NTMS_LM_STOPPED]: 'stopped',
};

/** Operations with a STOP action. */
const stoppable: readonly number[] = [
  NtmsLmOperation.NTMS_LM_INVENTORY,
  NtmsLmOperation.NTMS_LM_EJECT,
  NtmsLmOperation.NTMS_LM_INJECT,
  NtmsLmOperation.NTMS_LM_EJECTCLEANER,
  NtmsLmOperation.NTMS_LM_INJECTCLEANER,
];

/** Whether a request has ended for good. */
export function isFinished(row: LibRequestRow): boolean {
  return finalStates.includes(row.state);
}

/** Whether nothing more will happen to a request by itself: it has ended, or it waits for its drive to be reclaimed. */
export function isSettled(row: LibRequestRow): boolean {
  return finalStates.includes(row.state) || row.state === NtmsLmState.NTMS_LM_DEFERRED;
}

/**
 * The library requests of all libraries: their records, their machines, and those who wait for their end. Methods throw
 * what the database throws, and then neither record nor machine has changed.
 */
export class LibraryRequests {
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #actors: ElementActors;
  readonly #waiters = new Map<string, ((row: LibRequestRow) => void)[]>();
  /** Ends that the database refused; written as soon as it takes something again. */
  readonly #owed = new Map<string, { readonly event: RequestEvent; readonly reason: EndReason | undefined }>();

  constructor(options: { store: ObjectStore; clock: Clock; onUnexpected: (text: string) => void }) {
    this.#store = options.store;
    this.#clock = options.clock;
    const projection = new StateProjection(options.store);
    this.#actors = new ElementActors({
      stateChanged: (kind, id, snapshot) => projection.write(kind, id, snapshot),
      effectEmitted: (kind, id, effect) => {
        if (effect.type !== 'event.unexpected') return;
        options.onUnexpected(`the ${kind} machine ${id} did not expect ${JSON.stringify(effect)}`);
      },
      failed: (error) => options.onUnexpected(`a request's state could not be written: ${String(error)}`),
    });
  }

  /** Stores a request, QUEUED. */
  create(request: NewLibraryRequest): LibRequestRow {
    this.#payOwed();
    const { origin, ...fields } = request;
    return this.#store.table('libRequests').insert({
      ...fields,
      state: NtmsLmState.NTMS_LM_QUEUED,
      timeQueued: this.#clock.now(),
      application: origin.application,
      user: origin.user,
      computer: origin.computer,
    });
  }

  get(id: string): LibRequestRow {
    return this.#store.table('libRequests').require(id);
  }

  /** Sends an event to the request's machine; its record follows. */
  send(id: string, event: RequestEvent): void {
    try {
      this.#store.transaction(() => this.#actors.guarded(() => this.#actor(id).send(event)));
    } catch (error) {
      // The next event finds a machine that starts from the record.
      this.#actors.release(id);
      throw error;
    }
  }

  /**
   * How requests that go together can be taken back: cancelled; stopped, where hardware moves for an operation that has a
   * STOP action; undefined where hardware moves for another.
   */
  withdrawalOf(ids: readonly string[]): { readonly type: 'CANCEL_REQUESTED' | 'STOP_REQUESTED' } | undefined {
    const rows = ids.map((id) => this.get(id));
    const moves = rows.some(
      ({ id, state }) =>
        state === NtmsLmState.NTMS_LM_INPROCESS && this.#actor(id).getSnapshot().matches({ inProcess: 'committed' }),
    );
    if (!moves) return { type: 'CANCEL_REQUESTED' };
    return rows.every(({ operationCode }) => stoppable.includes(operationCode))
      ? { type: 'STOP_REQUESTED' }
      : undefined;
  }

  /** Something is missing; the record says what. */
  wait(id: string, missing: string): void {
    const { state, errorDetail } = this.get(id);
    const detail = `waits: ${missing}`;
    if (state === NtmsLmState.NTMS_LM_WAITING && errorDetail === detail) return;
    this.#store.transaction(() => {
      this.send(id, { type: 'RESOURCE_MISSING', resource: missing });
      this.#store.table('libRequests').update(id, { errorDetail: detail });
    });
  }

  /** Its turn has come. */
  start(id: string): void {
    if (this.get(id).state !== NtmsLmState.NTMS_LM_WAITING) return this.send(id, { type: 'PICKED' });
    this.#store.transaction(() => {
      this.send(id, { type: 'RESOURCE_FOUND' });
      this.#store.table('libRequests').update(id, { errorDetail: '' });
    });
  }

  /** Ends a request: the event to its machine and the reason in its record, in one transaction; then waiters hear of it. */
  end(id: string, event: RequestEvent, reason?: EndReason): void {
    this.endAll([id], event, reason);
    this.announce(id);
  }

  /**
   * Ends requests that go together. Who does this inside a transaction has to {@link announce} them after its commit.
   * Ends that the database refuses are written later; the error is thrown all the same.
   */
  endAll(ids: readonly string[], event: RequestEvent, reason?: EndReason): void {
    try {
      this.#store.transaction(() => {
        for (const id of ids) this.#writeEnd(id, event, reason);
      });
    } catch (error) {
      for (const id of ids) this.#actors.release(id);
      if (reason !== undefined) for (const id of ids) this.#owed.set(id, { event, reason });
      throw error;
    }
    this.#payOwed();
  }

  /** A drive is used again: the deferred dismount that left a cartridge in it is over. Inside the caller's transaction. */
  reclaimDrive(driveId: string): void {
    for (const { id } of this.#store.table('libRequests').list({ driveId, state: NtmsLmState.NTMS_LM_DEFERRED })) {
      this.endAll([id], { type: 'RECLAIMED' });
      this.#actors.release(id);
    }
  }

  /** Withdraws a deferred dismount: the cartridge stays where it is. False when the request is none. */
  cancelDeferred(id: string, reason: EndReason): boolean {
    if (this.#store.table('libRequests').get(id)?.state !== NtmsLmState.NTMS_LM_DEFERRED) return false;
    this.end(id, { type: 'CANCEL_REQUESTED' }, reason);
    return true;
  }

  /** Resolves with the request's record once it has ended or is deferred; at once when it has already. */
  whenSettled(id: string): Promise<LibRequestRow> {
    const row = this.get(id);
    if (isSettled(row)) return Promise.resolve(row);
    return new Promise((resolve) => this.#waiters.set(id, [...(this.#waiters.get(id) ?? []), resolve]));
  }

  /** Tells those who wait for a request, if it has ended, and lets its machine go. */
  announce(id: string): void {
    const row = this.#store.table('libRequests').get(id);
    const owed = this.#owed.get(id);
    if (row === undefined || !(isSettled(row) || owed !== undefined)) return;
    if (finalStates.includes(row.state)) this.#actors.release(id);
    const waiters = this.#waiters.get(id) ?? [];
    this.#waiters.delete(id);
    const told = owed?.reason === undefined ? row : { ...row, ...reasonFields(owed.reason), state: failed };
    for (const resolve of waiters) resolve(told);
  }

  /** The records were put back by a transaction that failed: the machines start from them again. */
  reload(ids: readonly string[]): void {
    for (const id of ids) this.#actors.release(id);
  }

  /** Removes requests that have ended (L11); others, and unknown ids, are left alone. */
  remove(ids: readonly string[]): void {
    this.#store.transaction(() => {
      for (const id of ids) {
        const row = this.#store.table('libRequests').get(id);
        if (row !== undefined && isFinished(row)) this.#store.table('libRequests').remove(id);
      }
    });
  }

  /** Removes ended requests whose purge time is over (MS-RSMP 2.2.4.26). */
  purge(flags: { readonly keepAll: boolean; readonly keepFailed: boolean }, beforeMs: number): void {
    if (flags.keepAll) return;
    const state = flags.keepFailed ? finalStates.filter((final) => final !== failed) : finalStates;
    const due = this.#store
      .table('libRequests')
      .list({ state })
      .filter((row) => (row.timeCompleted ?? row.timeQueued) < beforeMs);
    if (due.length === 0) return;
    // A mount is over when its medium is given back: until then its record tells what it was mounted for.
    const holding = new Set(
      this.#store
        .table('physicalMedia')
        .list()
        .map(({ claimedBy }) => claimedBy),
    );
    for (const { id } of due) if (!holding.has(id)) this.#store.table('libRequests').remove(id);
  }

  stop(): void {
    this.#payOwed();
    this.#actors.stop();
  }

  #writeEnd(id: string, event: RequestEvent, reason: EndReason | undefined): void {
    this.send(id, event);
    this.#store.table('libRequests').update(id, {
      timeCompleted: this.#clock.now(),
      errorDetail: reason?.detail ?? '',
      ...(reason === undefined ? {} : { errorCode: win32Errors[reason.symbol].code }),
    });
  }

  #payOwed(): void {
    for (const [id, { event, reason }] of [...this.#owed]) {
      try {
        this.#store.transaction(() => this.#writeEnd(id, event, reason));
        this.#owed.delete(id);
      } catch {
        // Still refused; the next write tries again, and a restart cancels what is left.
        this.#actors.release(id);
        return;
      }
    }
  }

  #actor(id: string): ElementActor<'request'> {
    return this.#actors.get('request', id, () => {
      const row = this.get(id);
      return {
        requestId: id,
        initial: startStates[row.state] ?? 'queued',
        stoppable: stoppable.includes(row.operationCode),
        win32: row.errorCode,
      };
    });
  }
}

const failed = NtmsLmState.NTMS_LM_FAILED;

function reasonFields({ symbol, detail }: EndReason): Pick<LibRequestRow, 'errorCode' | 'errorDetail'> {
  return { errorCode: win32Errors[symbol].code, errorDetail: detail };
}
