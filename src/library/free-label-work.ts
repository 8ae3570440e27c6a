import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation, NtmsPartitionState } from '../objects/ntmsapi/index.js';
import type { SideRow } from '../objects/rows.js';
import type { LibraryContext } from './library-context.js';
import { MountWork } from './mount-work.js';
import { partOfTurn, putBack } from './put-back.js';
import type { Missing, Needs, Turn, WorkEnd, WorkItem } from './work-item.js';

/** Nothing else in the queue is less urgent. */
const LOWEST_PRIORITY = -15;

/**
 * Mounts a cartridge of the free pool for its free label and brings it home. The mount itself writes the label; a side that
 * waited for it (UNPREPARED) is AVAILABLE then. Rejects when the label is not on the medium afterwards.
 */
export class FreeLabelWork implements WorkItem {
  readonly operationCode = NtmsLmOperation.NTMS_LM_WRITESCRATCH;
  readonly order = 0;
  readonly priority = LOWEST_PRIORITY;
  readonly timeQueued: number;
  readonly requestIds: readonly [string];
  readonly #context: LibraryContext;
  readonly #side: SideRow;
  readonly #mount: MountWork;

  constructor(
    context: LibraryContext,
    wanted: { readonly requestId: string; readonly side: SideRow },
    timeQueued: number,
  ) {
    const { requestId, side } = wanted;
    this.#context = context;
    this.#side = side;
    this.requestIds = [requestId];
    this.timeQueued = timeQueued;
    this.#mount = new MountWork(context, [{ requestId, side: side.id, medium: side.physicalMedia, drive: null }], {
      priority: LOWEST_PRIORITY,
      timeQueued,
      recovers: false,
    });
  }

  /** When somebody else mounted the cartridge meanwhile, or took it away, there is nothing to do here. */
  needs(kept: ReadonlySet<string>): Needs | Missing {
    return this.#isWanted() ? this.#mount.needs(kept) : { claim: [] };
  }

  async run(turn: Turn): Promise<WorkEnd> {
    const { store } = this.#context;
    store.transaction(() => turn.begin());
    if (!this.#isWanted()) return 'passed';
    await this.#mount.run(partOfTurn(turn.signal));
    const [requestId] = this.requestIds;
    const [drive = ''] = this.#mount.drives;
    await putBack(this.#context, { requestId, medium: this.#side.physicalMedia, drive, timeQueued: this.timeQueued });
    if (this.#isWanted()) {
      const { message = 'the mount did not write it', writeProtected = false } = this.#mount.freeLabelTrouble ?? {};
      const symbol = writeProtected ? 'ERROR_WRITE_PROTECT' : 'ERROR_INVALID_STATE';
      throw new NtmsError(symbol, `the free label was not written: ${message}`);
    }
    return 'passed';
  }

  #isWanted(): boolean {
    const { store, id: library } = this.#context;
    const side = store.table('sides').get(this.#side.id);
    const medium = store.table('physicalMedia').get(this.#side.physicalMedia);
    return side?.state === NtmsPartitionState.NTMS_PARTSTATE_UNPREPARED && medium?.currentLibrary === library;
  }
}
