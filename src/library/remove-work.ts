import { NtmsLmOperation } from '../objects/ntmsapi/index.js';
import type { Needs, Turn, WorkEnd, WorkItem } from './work-item.js';

/** NTMS_LM_REMOVE: withdraws another request. It needs nothing and goes before everything else. */
export class RemoveWork implements WorkItem {
  readonly operationCode = NtmsLmOperation.NTMS_LM_REMOVE;
  readonly order = 0;
  readonly priority = 0;
  readonly timeQueued: number;
  readonly requestIds: readonly [string];
  readonly #remove: () => void;

  constructor(requestId: string, options: { readonly remove: () => void; readonly timeQueued: number }) {
    this.requestIds = [requestId];
    this.timeQueued = options.timeQueued;
    this.#remove = options.remove;
  }

  needs(): Needs {
    return { claim: [] };
  }

  async run(turn: Turn): Promise<WorkEnd> {
    turn.begin();
    this.#remove();
    return 'passed';
  }
}
