import { NtmsError } from '../objects/ntms-error.js';
import { NtmsMediaState, NtmsObjectsTypes, NtmsOpreqCommand } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import { asNtmsError } from './library-failure.js';
import type { LibraryRequests } from './library-requests.js';
import type { WantedMount } from './mount-plan.js';
import type { OperatorAnswer, OperatorRequests } from './operator-requests.js';

const { NTMS_MEDIASTATE_IDLE: IDLE, NTMS_MEDIASTATE_OPREQ: OPREQ } = NtmsMediaState;

export interface OfflineMount {
  readonly media: readonly [WantedMount, ...WantedMount[]];
  /** Those of the media that a person has to bring. */
  readonly offline: readonly string[];
  readonly priority: number;
}

interface Pending extends OfflineMount {
  readonly resolve: (drives: string[] | Promise<string[]>) => void;
  readonly reject: (error: NtmsError) => void;
  /** Operator requests not answered yet, by medium. */
  readonly asked: Map<string, string>;
}

/** Gives the mount to the library that all its media are in; undefined when there is none. */
type Resume = (media: OfflineMount['media'], priority: number) => Promise<string[]> | undefined;

/** Mounts that wait for a person to bring cartridges in (MS-RSMP 3.2.5.2.2.1): one MOVEMEDIA request for each of them. */
export class OfflineMounts {
  readonly #requests: LibraryRequests;
  readonly #store: ObjectStore;
  readonly #operatorRequests: OperatorRequests;
  readonly #resume: Resume;
  readonly #isHere: (mediumId: string) => boolean;
  readonly #onFault: (error: unknown) => void;
  readonly #pending = new Set<Pending>();

  constructor(options: {
    readonly store: ObjectStore;
    readonly requests: LibraryRequests;
    readonly operatorRequests: OperatorRequests;
    readonly resume: Resume;
    /** Whether a cartridge is in a library that runs. */
    readonly isHere: (mediumId: string) => boolean;
    readonly onFault: (error: unknown) => void;
  }) {
    this.#store = options.store;
    this.#requests = options.requests;
    this.#operatorRequests = options.operatorRequests;
    this.#resume = options.resume;
    this.#isHere = options.isHere;
    this.#onFault = options.onFault;
  }

  /** Asks for the media. Throws what the database throws; then nothing waits. */
  add(mount: OfflineMount): Promise<string[]> {
    let settle: Pick<Pending, 'resolve' | 'reject'> | undefined;
    const finished = new Promise<string[]>((resolve, reject) => {
      settle = { resolve, reject };
    });
    if (settle === undefined) throw new Error('a promise did not run its executor');
    const pending: Pending = { ...mount, ...settle, asked: new Map() };
    this.#store.transaction(() => {
      for (const medium of mount.offline) this.#ask(pending, medium);
      const names = mount.offline.map((id) => this.#store.table('physicalMedia').require(id).name);
      for (const { requestId } of mount.media) this.#requests.wait(requestId, `${names.join(', ')} to be brought in`);
    });
    this.#pending.add(pending);
    return finished;
  }

  cancel(requestId: string, error: NtmsError): void {
    for (const pending of [...this.#pending]) {
      if (pending.media.some((wanted) => wanted.requestId === requestId)) this.#end(pending, error);
    }
  }

  cancelAll(error: NtmsError): void {
    for (const pending of [...this.#pending]) this.#end(pending, error);
  }

  #ask(pending: Pending, mediumId: string): void {
    const medium = this.#store.table('physicalMedia').require(mediumId);
    const [{ requestId }] = pending.media;
    // One that others have in use already shows what they do with it.
    if (medium.mediaState === IDLE) this.#store.table('physicalMedia').update(mediumId, { mediaState: OPREQ });
    const { id } = this.#operatorRequests.raise(
      {
        command: NtmsOpreqCommand.NTMS_OPREQ_MOVEMEDIA,
        message: `Bring ${medium.name} into a library and run an inventory; a mount waits for it`,
        arg1: { type: NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA, id: mediumId },
        libRequest: requestId,
      },
      (answer) => this.#answered(pending, mediumId, answer),
    );
    pending.asked.set(mediumId, id);
  }

  #answered(pending: Pending, mediumId: string, answer: OperatorAnswer): void {
    pending.asked.delete(mediumId);
    if (answer === 'refused') {
      const { name } = this.#store.table('physicalMedia').require(mediumId);
      this.#end(pending, new NtmsError('ERROR_REQUEST_REFUSED', `the operator declined to bring ${name}`));
      return;
    }
    if (pending.asked.size > 0 || this.#resumed(pending) || !this.#pending.has(pending)) return;
    // "Done", but the cartridge is not there: ask again (state-machines section 5, proposal).
    const missing = pending.offline.filter((medium) => !this.#isHere(medium));
    // All are here, but not in one library.
    for (const medium of missing.length > 0 ? missing : pending.offline) this.#ask(pending, medium);
  }

  /** True when the mount has gone on, or cannot. */
  #resumed(pending: Pending): boolean {
    try {
      const drives = this.#resume(pending.media, pending.priority);
      if (drives === undefined) return false;
      this.#pending.delete(pending);
      pending.resolve(drives);
      this.#store.transaction(() => this.#awaitNoMore(pending));
    } catch (error) {
      this.#end(pending, asNtmsError(error));
    }
    return true;
  }

  #end(pending: Pending, error: NtmsError): void {
    this.#pending.delete(pending);
    const reason = { symbol: error.symbol, detail: error.detail };
    const withdrawn = error.symbol === 'ERROR_CANCELLED' || error.symbol === 'ERROR_TIMEOUT';
    const event = withdrawn
      ? ({ type: 'CANCEL_REQUESTED' } as const)
      : ({ type: 'FAILED', win32: error.code } as const);
    const ids = pending.media.map(({ requestId }) => requestId);
    try {
      this.#store.transaction(() => {
        this.#awaitNoMore(pending);
        for (const id of ids) this.#operatorRequests.withdrawFor(id);
        this.#requests.endAll(ids, event, reason);
      });
    } catch (fault) {
      this.#onFault(fault);
    }
    for (const id of ids) this.#requests.announce(id);
    pending.reject(error);
  }

  /** Its media are idle again, apart from those that another mount waits for, or that are in use by now. */
  #awaitNoMore({ offline }: Pending): void {
    for (const id of offline) {
      const awaited = [...this.#pending].some((other) => other.offline.includes(id));
      const state = this.#store.table('physicalMedia').get(id)?.mediaState;
      if (state === OPREQ && !awaited) this.#store.table('physicalMedia').update(id, { mediaState: IDLE });
    }
  }
}
