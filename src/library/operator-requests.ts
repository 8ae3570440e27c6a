import type { Clock } from '../../devices/clock.js';
import { NtmsObjectsTypes, NtmsOpreqCommand, NtmsOpreqState } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { OpRequestRow } from '../objects/rows.js';

/** What the library asks of a person. */
export interface OperatorTask {
  readonly command: NtmsOpreqCommand;
  readonly message: string;
  readonly arg1?: { readonly type: NtmsObjectsTypes; readonly id: string };
  readonly arg2?: { readonly type: NtmsObjectsTypes; readonly id: string };
  /** The library request that waits for it; it goes when that request ends. */
  readonly libRequest?: string;
}

export type OperatorAnswer = 'complete' | 'refused';

/** The label on requests that the library raises itself (MS-RSMP note 11). */
export const RAISED_BY = 'Removable Storage';

const openStates: readonly number[] = [
  NtmsOpreqState.NTMS_OPSTATE_SUBMITTED,
  NtmsOpreqState.NTMS_OPSTATE_ACTIVE,
  NtmsOpreqState.NTMS_OPSTATE_INPROGRESS,
];

/** Requests to the operator: stored, so that they outlive the process, until a person answers them. */
export class OperatorRequests {
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #computer: string;
  readonly #waiters = new Map<string, (answer: OperatorAnswer) => void>();
  readonly #listeners = new Set<(row: OpRequestRow, answer: OperatorAnswer) => void>();

  constructor({ store, clock, computer }: { store: ObjectStore; clock: Clock; computer: string }) {
    this.#store = store;
    this.#clock = clock;
    this.#computer = computer;
  }

  /** Submits a request; the same one, still open, is not submitted twice. */
  raise(task: OperatorTask, onAnswer?: (answer: OperatorAnswer) => void): OpRequestRow {
    const row = this.#openTwin(task) ?? this.#insert(task);
    if (onAnswer !== undefined) this.#waiters.set(row.id, onAnswer);
    return row;
  }

  /** A person did what was asked, or declined. Answering a finished request changes nothing. */
  answer(id: string, answer: OperatorAnswer): OpRequestRow {
    const row = this.#store.table('opRequests').require(id);
    if (!openStates.includes(row.state)) return row;
    const state = answer === 'complete' ? NtmsOpreqState.NTMS_OPSTATE_COMPLETE : NtmsOpreqState.NTMS_OPSTATE_REFUSED;
    const answered = this.#store.table('opRequests').update(id, { state, completed: this.#clock.now() });
    const waiter = this.#waiters.get(id);
    this.#waiters.delete(id);
    waiter?.(answer);
    for (const listener of this.#listeners) listener(answered, answer);
    return answered;
  }

  /** Hears of every answer that a person gives, also to requests of a former run. */
  onAnswer(listener: (row: OpRequestRow, answer: OperatorAnswer) => void): void {
    this.#listeners.add(listener);
  }

  /** What was asked for is seen to be done; nobody has to say so. */
  settle(id: string): void {
    const row = this.#store.table('opRequests').require(id);
    if (!openStates.includes(row.state)) return;
    const state = NtmsOpreqState.NTMS_OPSTATE_COMPLETE;
    this.#store.table('opRequests').update(id, { state, completed: this.#clock.now() });
    this.#waiters.delete(id);
  }

  /** Removes answered requests whose purge time is over (MS-RSMP 2.2.4.26). */
  purge(beforeMs: number): void {
    const requests = this.#store.table('opRequests');
    const answered = [NtmsOpreqState.NTMS_OPSTATE_COMPLETE, NtmsOpreqState.NTMS_OPSTATE_REFUSED];
    for (const row of requests.list({ state: answered })) {
      if ((row.completed ?? row.submitted) < beforeMs) requests.remove(row.id);
    }
  }

  /** The library request that raised it ended otherwise: the question is void and its record goes (O6). */
  withdrawFor(libRequest: string): void {
    for (const row of this.#store.table('opRequests').list({ libRequest })) {
      if (!openStates.includes(row.state)) continue;
      this.#waiters.delete(row.id);
      this.#store.table('opRequests').remove(row.id);
    }
  }

  /** At service start: requests raised for a pending call are void, since the call is gone (state-machines section 5). */
  withdrawOrphans(): void {
    for (const row of this.open()) {
      if (row.libRequest !== null) this.#store.table('opRequests').remove(row.id);
    }
  }

  open(): OpRequestRow[] {
    return this.#store.table('opRequests').list({ state: openStates });
  }

  #insert(task: OperatorTask): OpRequestRow {
    return this.#store.table('opRequests').insert({
      request: task.command,
      submitted: this.#clock.now(),
      state: NtmsOpreqState.NTMS_OPSTATE_SUBMITTED,
      message: task.message,
      arg1Type: task.arg1?.type ?? NtmsObjectsTypes.NTMS_UNKNOWN,
      arg1: task.arg1?.id ?? null,
      arg2Type: task.arg2?.type ?? NtmsObjectsTypes.NTMS_UNKNOWN,
      arg2: task.arg2?.id ?? null,
      application: RAISED_BY,
      computer: this.#computer,
      libRequest: task.libRequest ?? null,
    });
  }

  #openTwin(task: OperatorTask): OpRequestRow | undefined {
    return this.open().find(
      (row) =>
        row.request === task.command &&
        row.message === task.message &&
        row.arg1 === (task.arg1?.id ?? null) &&
        row.libRequest === (task.libRequest ?? null),
    );
  }
}
