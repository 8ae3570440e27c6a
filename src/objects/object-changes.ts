import type { NtmsObjectsTypes } from './ntmsapi/index.js';
import type { TableName } from './object-kinds.js';

/** One committed change of one row. */
export interface ObjectChange {
  readonly operation: 'insert' | 'update' | 'delete';
  /** NTMS_UNKNOWN for rows that are no objects of the API: the move journal and access lists. */
  readonly kind: NtmsObjectsTypes;
  readonly id: string;
  readonly table: TableName;
}

export type ChangeListener = (change: ObjectChange) => void;

/**
 * Tells listeners what was committed, in the order in which it was done. A listener may write to the store: what that
 * changes is told after everything that came before it. A listener that throws does not undo the commit and does not
 * keep the news from the others; its error becomes a process warning.
 */
export class ChangePublisher {
  readonly #listeners = new Set<{ readonly listener: ChangeListener }>();
  readonly #waiting: ObjectChange[] = [];
  #publishing = false;

  /** Returns the function that ends the subscription. */
  subscribe(listener: ChangeListener): () => void {
    const subscription = { listener };
    this.#listeners.add(subscription);
    return () => {
      this.#listeners.delete(subscription);
    };
  }

  publish(changes: readonly ObjectChange[]): void {
    this.#waiting.push(...changes);
    if (this.#publishing) return;
    this.#publishing = true;
    try {
      // The list grows while a listener writes.
      for (const change of this.#waiting) this.#tell(change);
    } finally {
      this.#waiting.length = 0;
      this.#publishing = false;
    }
  }

  #tell(change: ObjectChange): void {
    for (const subscription of this.#listeners) {
      try {
        subscription.listener(change);
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }
}
