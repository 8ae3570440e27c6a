import { randomUUID } from 'node:crypto';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsObjectsTypes, NtmsOpreqCommand } from '../objects/ntmsapi/index.js';
import type { ObjectChange } from '../objects/object-changes.js';
import type { TableName } from '../objects/object-kinds.js';
import type { Allocation, AllocationOrder } from './allocation-order.js';
import { asNtmsError } from './library-failure.js';
import type { ManagerParts } from './manager-parts.js';
import type { OperatorAnswer } from './operator-requests.js';

interface Waiting {
  /** Stands in its operator request where a library request's identifier would stand. */
  readonly id: string;
  readonly order: AllocationOrder;
  readonly resolve: (allocation: Allocation) => void;
  readonly reject: (error: NtmsError) => void;
  /** The operator request that was raised last. */
  asked: string;
  release: () => void;
}

/** Gives the allocation, or undefined when there is still no medium. Throws NtmsError when new media could not help. */
type Attempt = (order: AllocationOrder) => Allocation | undefined;

/** Objects whose change may mean that there is a medium now. */
const watched: ReadonlySet<TableName> = new Set(['sides', 'physicalMedia', 'mediaPools', 'libraries', 'mediaTypes']);

/**
 * Allocations that wait for media: each asks a person by one NEWMEDIA request, and each is tried again when that is
 * answered or when anything about media has changed, in the order in which they came.
 */
export class WaitingAllocations {
  readonly #parts: ManagerParts;
  readonly #attempt: Attempt;
  readonly #waiting = new Set<Waiting>();
  #retryDue = false;
  #retrying = false;
  #unsubscribe: (() => void) | undefined;

  constructor(parts: ManagerParts, attempt: Attempt) {
    this.#parts = parts;
    this.#attempt = attempt;
  }

  /** Asks for media. Rejects with what the database says when the question cannot be stored; then nothing waits. */
  add(order: AllocationOrder, wait: NonNullable<AllocationOrder['wait']>): Promise<Allocation> {
    const { timeoutMs, signal } = wait;
    return new Promise<Allocation>((resolve, reject) => {
      if (signal.aborted) throw cancelled(signal.reason);
      const waiting: Waiting = { id: randomUUID(), order, resolve, reject, asked: '', release: () => undefined };
      this.#ask(waiting);
      const onAbort = (): void => this.#end(waiting, cancelled(signal.reason));
      signal.addEventListener('abort', onAbort);
      const late = new NtmsError('ERROR_TIMEOUT', `no medium turned up within ${timeoutMs} ms`);
      const stopTimer =
        timeoutMs === undefined ? undefined : this.#parts.clock.after(timeoutMs, () => this.#end(waiting, late));
      waiting.release = () => {
        signal.removeEventListener('abort', onAbort);
        stopTimer?.();
      };
      this.#waiting.add(waiting);
      this.#unsubscribe ??= this.#parts.store.onChange((change) => this.#changed(change));
    });
  }

  /** Tries all that wait, the oldest first. */
  retry(): void {
    this.#retryDue = false;
    if (this.#retrying) return;
    this.#retrying = true;
    try {
      for (const waiting of [...this.#waiting]) this.#try(waiting);
    } finally {
      this.#retrying = false;
    }
  }

  stop(error: NtmsError): void {
    for (const waiting of [...this.#waiting]) this.#end(waiting, error);
  }

  /** Several changes of one transaction make one attempt. */
  #changed({ table, operation }: ObjectChange): void {
    // What is gone brings no medium; but for a pool that is gone nobody can wait any more.
    const matters = watched.has(table) && (operation !== 'delete' || table === 'mediaPools');
    if (!matters || this.#retryDue) return;
    this.#retryDue = true;
    queueMicrotask(() => this.retry());
  }

  #try(waiting: Waiting): void {
    if (!this.#waiting.has(waiting)) return;
    try {
      const allocation = this.#parts.store.transaction(() => {
        const found = this.#attempt(waiting.order);
        // What was asked for is there; nobody has to say so.
        if (found !== undefined) this.#settle(waiting.asked);
        return found;
      });
      if (allocation === undefined) return;
      this.#forget(waiting);
      waiting.resolve(allocation);
    } catch (error) {
      this.#end(waiting, asNtmsError(error));
    }
  }

  #settle(operatorRequest: string): void {
    const { store, operatorRequests } = this.#parts;
    if (store.table('opRequests').get(operatorRequest) !== undefined) operatorRequests.settle(operatorRequest);
  }

  #ask(waiting: Waiting): void {
    const { store, operatorRequests } = this.#parts;
    const pool = store.table('mediaPools').require(waiting.order.pool);
    const type = pool.mediaType === null ? undefined : store.table('mediaTypes').get(pool.mediaType);
    const { id } = operatorRequests.raise(
      {
        command: NtmsOpreqCommand.NTMS_OPREQ_NEWMEDIA,
        message:
          `Bring new media${type === undefined ? '' : ` of type ${type.name}`} for pool ${pool.name}: ` +
          'put them into a library and make them available; an allocation waits for them',
        arg1: { type: NtmsObjectsTypes.NTMS_MEDIA_POOL, id: pool.id },
        // Unique, or two calls that wait for the same pool would share one question.
        libRequest: waiting.id,
        forPendingCall: true,
      },
      (answer) => this.#answered(waiting, answer),
    );
    waiting.asked = id;
  }

  #answered(waiting: Waiting, answer: OperatorAnswer): void {
    if (!this.#waiting.has(waiting)) return;
    if (answer === 'refused') {
      this.#end(waiting, new NtmsError('ERROR_CANCELLED', 'the operator declined to bring new media'));
      return;
    }
    this.#try(waiting);
    if (!this.#waiting.has(waiting)) return;
    try {
      // "Done", but there is nothing to be had: ask again.
      this.#ask(waiting);
    } catch (error) {
      this.#end(waiting, asNtmsError(error));
    }
  }

  /** The question is void, so its record goes (state-machines O6). */
  #end(waiting: Waiting, error: NtmsError): void {
    if (!this.#waiting.has(waiting)) return;
    this.#forget(waiting);
    try {
      this.#parts.operatorRequests.withdraw(waiting.asked);
    } catch (fault) {
      this.#parts.notice(`the operator request of an allocation could not be withdrawn: ${String(fault)}`);
    }
    waiting.reject(error);
  }

  #forget(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    waiting.release();
    if (this.#waiting.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }
}

function cancelled(reason: unknown): NtmsError {
  return reason instanceof NtmsError
    ? reason
    : new NtmsError('ERROR_CANCELLED', 'nobody waits for the medium any more');
}
