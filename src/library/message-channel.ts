import {
  NtmsLmState,
  NtmsObjectsTypes,
  NtmsOpreqCommand,
  NtmsOpRequestFlags,
  NtmsUITypes,
} from '../objects/ntmsapi/index.js';
import type { ObjectChange } from '../objects/object-changes.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { LibRequestRow, OpRequestRow } from '../objects/rows.js';
import { RAISED_BY, isAnswered } from './operator-requests.js';
import type { Messenger, RSM_MESSAGE } from './messenger.js';
import type { UiDestinations, UiScope } from './ui-destinations.js';

/** Which open session a library request or an operator request was made by, as far as anybody knows. */
export type SessionOf = (requestId: string) => string | undefined;

/** Operator requests that tell of trouble; the others are about media. */
const errorCommands: readonly number[] = [
  NtmsOpreqCommand.NTMS_OPREQ_DEVICESERVICE,
  NtmsOpreqCommand.NTMS_OPREQ_CLEANER,
];

/**
 * Tells the plugged-in messengers what people should see: operator requests, progress and failure of library requests, each
 * to the destinations that are listed for the session, the library and the computer concerned. It reads what was committed,
 * so nobody who raises or answers a request has to think of it.
 */
export class MessageChannel {
  readonly #store: ObjectStore;
  readonly #messengers: readonly Messenger[];
  readonly #destinations: UiDestinations;
  readonly #onFault: (text: string) => void;
  readonly #sessions: SessionOf[] = [];
  /** The state that was told last, by library request; until its record goes. */
  readonly #told = new Map<string, number>();
  readonly #stop: () => void;

  constructor(options: {
    readonly store: ObjectStore;
    readonly messengers: readonly Messenger[];
    readonly destinations: UiDestinations;
    /** A messenger that failed; people may want to know why they hear nothing. */
    readonly onFault: (text: string) => void;
  }) {
    this.#store = options.store;
    this.#messengers = options.messengers;
    this.#destinations = options.destinations;
    this.#onFault = options.onFault;
    // Whoever submits a request notes its session after the commit; the message is made when that is done.
    this.#stop =
      this.#messengers.length === 0
        ? () => undefined
        : this.#store.onChange((change) => queueMicrotask(() => this.#changed(change)));
  }

  /** Sessions have lists of their own; whoever keeps sessions says which of them made a request. */
  addSessions(sessionOf: SessionOf): void {
    this.#sessions.push(sessionOf);
  }

  stop(): void {
    this.#stop();
  }

  #changed({ table, operation, id }: ObjectChange): void {
    try {
      if (table === 'opRequests') this.#operatorRequest(id, operation);
      if (table === 'libRequests') this.#libraryRequest(id);
    } catch (error) {
      // The database may be closed by now.
      this.#onFault(`a message about request ${id} could not be made: ${String(error)}`);
    }
  }

  #operatorRequest(id: string, operation: ObjectChange['operation']): void {
    const row = this.#store.table('opRequests').get(id);
    if (row === undefined || isAnswered(row)) {
      this.#each((messenger) => messenger.RecallMessage(id));
      return;
    }
    if (operation !== 'insert' || this.#isSilent()) return;
    const type = errorCommands.includes(row.request) ? NtmsUITypes.NTMS_UITYPE_ERR : NtmsUITypes.NTMS_UITYPE_REQ;
    const cause = row.libRequest ?? id;
    this.#send(messageOfOperatorRequest(row), type, cause, this.#libraryConcerned(row));
  }

  #libraryRequest(id: string): void {
    const row = this.#store.table('libRequests').get(id);
    if (row === undefined) return void this.#told.delete(id);
    const { library, state } = row;
    if (this.#told.get(id) === state) return;
    this.#told.set(id, state);
    const failed = state === NtmsLmState.NTMS_LM_FAILED;
    this.#send(messageOfLibraryRequest(row), NtmsUITypes.NTMS_UITYPE_INFO, id, library);
    if (failed) this.#send(messageOfLibraryRequest(row), NtmsUITypes.NTMS_UITYPE_ERR, id, library);
  }

  #send(message: RSM_MESSAGE, type: NtmsUITypes, cause: string, library: string | undefined): void {
    const session = this.#sessions.map((sessionOf) => sessionOf(cause)).find((found) => found !== undefined);
    const scopes: readonly UiScope[] = [
      ...(session === undefined ? [] : [{ session }]),
      ...(library === undefined ? [] : [{ object: library }]),
      { object: this.#store.wellKnown.computer },
    ];
    const names = new Map(
      scopes.flatMap((scope) => this.#destinations.list(scope, type)).map((name) => [name.toLowerCase(), name]),
    );
    if (names.size === 0) return;
    this.#each((messenger) => messenger.SendMessage(message, [...names.values()]));
  }

  /** The library that a request to the operator is about, by its arguments. */
  #libraryConcerned({ arg1Type, arg1, arg2Type, arg2, libRequest }: OpRequestRow): string | undefined {
    const tables = this.#store;
    const libraryOf = (type: number, id: string | null): string | undefined => {
      if (id === null) return undefined;
      switch (type) {
        case NtmsObjectsTypes.NTMS_LIBRARY:
          return id;
        case NtmsObjectsTypes.NTMS_DRIVE:
          return tables.table('drives').get(id)?.library;
        case NtmsObjectsTypes.NTMS_CHANGER:
          return tables.table('changers').get(id)?.library;
        case NtmsObjectsTypes.NTMS_STORAGESLOT:
          return tables.table('slots').get(id)?.library;
        case NtmsObjectsTypes.NTMS_IEDOOR:
          return tables.table('doors').get(id)?.library;
        case NtmsObjectsTypes.NTMS_IEPORT:
          return tables.table('ports').get(id)?.library;
        case NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA:
          return tables.table('physicalMedia').get(id)?.currentLibrary;
        default:
          return undefined;
      }
    };
    const asked = libRequest === null ? undefined : tables.table('libRequests').get(libRequest)?.library;
    return libraryOf(arg2Type, arg2) ?? libraryOf(arg1Type, arg1) ?? asked;
  }

  /** The administrator wants no alerts about operator requests. */
  #isSilent(): boolean {
    const { opRequestFlags } = this.#store.table('computers').require(this.#store.wellKnown.computer);
    return (opRequestFlags & NtmsOpRequestFlags.NTMS_OPREQFLAGS_NOALERTS) !== 0;
  }

  #each(work: (messenger: Messenger) => void | Promise<void>): void {
    for (const messenger of this.#messengers) {
      void (async () => work(messenger))().catch((error: unknown) =>
        this.#onFault(`a messenger failed: ${error instanceof Error ? error.message : String(error)}`),
      );
    }
  }
}

function messageOfOperatorRequest(row: OpRequestRow): RSM_MESSAGE {
  return {
    lpguidOperation: row.id,
    dwNtmsType: NtmsObjectsTypes.NTMS_OPREQUEST,
    dwState: row.state,
    dwFlags: 0,
    dwPriority: 0,
    dwErrorCode: 0,
    lpszComputerName: row.computer,
    lpszApplication: row.application || RAISED_BY,
    lpszUser: row.user,
    lpszTimeSubmitted: new Date(row.submitted).toISOString(),
    lpszMessage: row.message,
  };
}

function messageOfLibraryRequest(row: LibRequestRow): RSM_MESSAGE {
  return {
    lpguidOperation: row.id,
    dwNtmsType: NtmsObjectsTypes.NTMS_LIBREQUEST,
    dwState: row.state,
    dwFlags: 0,
    dwPriority: row.priority,
    dwErrorCode: row.errorCode,
    lpszComputerName: row.computer,
    lpszApplication: row.application,
    lpszUser: row.user,
    lpszTimeSubmitted: new Date(row.timeQueued).toISOString(),
    lpszMessage: row.errorDetail,
  };
}
