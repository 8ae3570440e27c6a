import { randomUUID } from 'node:crypto';
import { initialTransition, transition } from 'xstate';
import type { Clock } from '../../devices/clock.js';
import { operatorRequestMachine } from '../../machines/operator-request.js';
import type { OperatorRequestEvent, OperatorRequestStart } from '../../machines/operator-request.js';
import { NtmsObjectsTypes, NtmsOpreqCommand, NtmsOpreqState } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { OpRequestRow } from '../objects/rows.js';
import type { RequestOrigin } from './library-requests.js';
import { valueOf } from './state-projection.js';

/** What the library, or an application, asks of a person. */
export interface OperatorTask {
  readonly command: NtmsOpreqCommand;
  readonly message: string;
  readonly arg1?: { readonly type: NtmsObjectsTypes; readonly id: string };
  readonly arg2?: { readonly type: NtmsObjectsTypes; readonly id: string };
  /** The library request that waits for it; it goes when that request ends. */
  readonly libRequest?: string;
  /** A call without a library request waits for it (an allocation): whoever raises it withdraws it when the call ends. */
  readonly forPendingCall?: boolean;
}

export type OperatorAnswer = 'complete' | 'refused';

/** How a request ended for those who wait: `removed` when its record went without an answer. */
export type OperatorEnd = OperatorAnswer | 'removed';

/** The label on requests that the library raises itself (MS-RSMP note 11). */
export const RAISED_BY = 'Removable Storage';

const openStates: readonly number[] = [
  NtmsOpreqState.NTMS_OPSTATE_SUBMITTED,
  NtmsOpreqState.NTMS_OPSTATE_ACTIVE,
  NtmsOpreqState.NTMS_OPSTATE_INPROGRESS,
];

/** Whether nobody has to do anything for it any more. */
export function isAnswered(row: OpRequestRow): boolean {
  return !openStates.includes(row.state);
}

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

  /** Submits a request of the library; the same one, still open, is not submitted twice. */
  raise(task: OperatorTask, onAnswer?: (answer: OperatorAnswer) => void): OpRequestRow {
    const row =
      this.#openTwin(task) ?? this.#insert(task, { application: RAISED_BY, user: '', computer: this.#computer });
    if (onAnswer !== undefined) this.#waiters.set(row.id, onAnswer);
    return row;
  }

  /** Submits a request of an application; each call makes one. `id` is made unless given. */
  submit(task: OperatorTask, origin: RequestOrigin, id?: string): OpRequestRow {
    return this.#insert(task, origin, id);
  }

  /** A person did what was asked, or declined (O4, O5). Answering a finished request changes nothing. */
  answer(id: string, answer: OperatorAnswer): OpRequestRow {
    const row = this.#store.table('opRequests').require(id);
    if (isAnswered(row)) return row;
    const answered = this.#tell(row, { type: answer === 'complete' ? 'SATISFIED' : 'REFUSED' });
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

  /** A console shows the request to a person (O2). */
  readByConsole(id: string): OpRequestRow {
    return this.#tell(this.#store.table('opRequests').require(id), { type: 'READ_BY_CONSOLE' });
  }

  /** A person took the request on (O3). */
  acknowledge(id: string): OpRequestRow {
    const row = this.#store.table('opRequests').require(id);
    return isAnswered(row) ? row : this.#tell(row, { type: 'ACKNOWLEDGED' });
  }

  /** What was asked for is seen to be done; nobody has to say so. */
  settle(id: string): void {
    const row = this.#store.table('opRequests').require(id);
    if (isAnswered(row)) return;
    this.#tell(row, { type: 'SATISFIED' });
    this.#waiters.delete(id);
  }

  /** Hears once how the request ends, after the commit; one that has ended is told at once. The result stops it. */
  onEnd(id: string, listener: (end: OperatorEnd) => void): () => void {
    const look = (): OperatorEnd | undefined => {
      const row = this.#store.table('opRequests').get(id);
      return row === undefined ? 'removed' : endOf(row);
    };
    const now = look();
    if (now !== undefined) {
      listener(now);
      return () => undefined;
    }
    const stop = this.#store.onChange((change) => {
      if (change.table !== 'opRequests' || change.id !== id) return;
      const end = look();
      if (end === undefined) return;
      stop();
      listener(end);
    });
    return stop;
  }

  /** The call that waited for it has ended without an answer: the question is void and its record goes (O6). */
  withdraw(id: string): void {
    const row = this.#store.table('opRequests').get(id);
    if (row === undefined || isAnswered(row)) return;
    this.#waiters.delete(id);
    this.#store.table('opRequests').remove(id);
  }

  /** The same for all requests that a library request raised. */
  withdrawFor(libRequest: string): void {
    for (const row of this.#store.table('opRequests').list({ libRequest })) this.withdraw(row.id);
  }

  /** At service start: requests raised for a pending call are void, since the call is gone (state-machines section 5). */
  withdrawOrphans(): void {
    for (const row of this.open()) if (isForPendingCall(row)) this.withdraw(row.id);
  }

  open(): OpRequestRow[] {
    return this.#store.table('opRequests').list({ state: openStates });
  }

  /** Removes answered requests (O7); those that are open, or unknown, are left alone. */
  remove(ids: readonly string[]): void {
    this.#store.transaction(() => {
      for (const id of ids) {
        const row = this.#store.table('opRequests').get(id);
        if (row !== undefined && endOf(row) !== undefined) this.#store.table('opRequests').remove(id);
      }
    });
  }

  /** Removes answered requests whose purge time is over (MS-RSMP 2.2.4.26). */
  purge(flags: { readonly keepAll: boolean; readonly keepRefused: boolean }, beforeMs: number): void {
    if (flags.keepAll) return;
    const { NTMS_OPSTATE_COMPLETE: complete, NTMS_OPSTATE_REFUSED: refused } = NtmsOpreqState;
    const state = flags.keepRefused ? [complete] : [complete, refused];
    for (const row of this.#store.table('opRequests').list({ state })) {
      if ((row.completed ?? row.submitted) < beforeMs) this.#store.table('opRequests').remove(row.id);
    }
  }

  /** Asks the machine, and writes the state that it is in afterwards. */
  #tell(row: OpRequestRow, event: OperatorRequestEvent): OpRequestRow {
    const [before] = initialTransition(operatorRequestMachine, {
      requestId: row.id,
      initial: startStates[row.state] ?? 'unknown',
      forPendingCall: isForPendingCall(row),
    });
    const [after] = transition(operatorRequestMachine, before, event);
    const state = valueOf(after.tags, NtmsOpreqState) ?? row.state;
    if (state === row.state) return row;
    const patch = openStates.includes(state) ? { state } : { state, completed: this.#clock.now() };
    return this.#store.table('opRequests').update(row.id, patch);
  }

  #insert(task: OperatorTask, { application, user, computer }: RequestOrigin, id: string = randomUUID()): OpRequestRow {
    return this.#store.table('opRequests').insert({
      id,
      request: task.command,
      submitted: this.#clock.now(),
      state: NtmsOpreqState.NTMS_OPSTATE_SUBMITTED,
      message: task.message,
      arg1Type: task.arg1?.type ?? NtmsObjectsTypes.NTMS_UNKNOWN,
      arg1: task.arg1?.id ?? null,
      arg2Type: task.arg2?.type ?? NtmsObjectsTypes.NTMS_UNKNOWN,
      arg2: task.arg2?.id ?? null,
      ...{ application, user, computer },
      libRequest: task.libRequest ?? null,
      forPendingCall: task.forPendingCall ?? false,
    });
  }

  #openTwin(task: OperatorTask): OpRequestRow | undefined {
    return this.open().find(
      (row) =>
        row.application === RAISED_BY &&
        row.request === task.command &&
        row.message === task.message &&
        row.arg1 === (task.arg1?.id ?? null) &&
        row.libRequest === (task.libRequest ?? null),
    );
  }
}

function isForPendingCall(row: OpRequestRow): boolean {
  return row.forPendingCall || row.libRequest !== null;
}

function endOf({ state }: OpRequestRow): OperatorAnswer | undefined {
  if (state === NtmsOpreqState.NTMS_OPSTATE_COMPLETE) return 'complete';
  return state === NtmsOpreqState.NTMS_OPSTATE_REFUSED ? 'refused' : undefined;
}

const startStates: Readonly<Record<number, OperatorRequestStart>> = {
  [NtmsOpreqState.NTMS_OPSTATE_UNKNOWN]: 'unknown',
  [NtmsOpreqState.NTMS_OPSTATE_SUBMITTED]: 'submitted',
  [NtmsOpreqState.NTMS_OPSTATE_ACTIVE]: 'active',
  [NtmsOpreqState.NTMS_OPSTATE_INPROGRESS]: 'inProgress',
  [NtmsOpreqState.NTMS_OPSTATE_REFUSED]: 'refused',
  [NtmsOpreqState.NTMS_OPSTATE_COMPLETE]: 'complete',
};
