import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { NtmsError } from '../objects/ntms-error.js';

/** Who is behind a session; copied into every request that it makes. */
export interface SessionIdentity {
  /** The operating system's user. */
  readonly user: string;
  readonly groups: readonly string[];
  /** Passes every access check (MS-RSMP note 85: administrators of the server). */
  readonly administrator: boolean;
  readonly computer: string;
  /** The label that OpenNtmsSession was given; `RSM` when none. */
  readonly application: string;
}

/** A session as its holder sees it: an opaque handle with what was asked through it. */
export interface NtmsSession {
  readonly id: string;
  readonly identity: SessionIdentity;
  /** The library requests and operator requests made through this session, oldest first. */
  readonly requestIds: readonly string[];
  /** Aborts when the session is closed, with ERROR_CANCELLED; what waits on its behalf ends then. */
  readonly closed: AbortSignal;
}

interface OpenSession extends NtmsSession {
  readonly requestIds: string[];
  /** Those of them that end when the session does. */
  readonly endingWithSession: string[];
  readonly closing: AbortController;
}

/** The sessions that are open. A handle is good from `open` to `close`, and only in the process that opened it. */
export class SessionTable {
  readonly #open = new Map<NtmsSession, OpenSession>();

  open(identity: SessionIdentity): NtmsSession {
    const closing = new AbortController();
    const { signal: closed } = closing;
    // As many calls as a client likes may wait on one session: each listens, and none is a leak.
    setMaxListeners(0, closed);
    const session: OpenSession = { id: randomUUID(), identity, requestIds: [], endingWithSession: [], closing, closed };
    this.#open.set(session, session);
    return session;
  }

  /** The open session behind a handle; anything else is ERROR_INVALID_HANDLE. */
  require(handle: NtmsSession | null | undefined): NtmsSession {
    return this.#find(handle);
  }

  /**
   * Keeps what a session asked for.
   * @param ends mounts and dismounts end with their session, an inventory goes on without it (MS-RSMP 3.2.5.2.5.3)
   */
  note(handle: NtmsSession, requestIds: readonly string[], ends: 'with-session' | 'by-itself'): void {
    const session = this.#find(handle);
    session.requestIds.push(...requestIds);
    if (ends === 'with-session') session.endingWithSession.push(...requestIds);
  }

  /** The session that made a request and is still open. */
  ownerOf(requestId: string): string | undefined {
    for (const session of this.#open.values()) if (session.requestIds.includes(requestId)) return session.id;
    return undefined;
  }

  /** Ends the session. Returns the requests that end with it; cancelling them is the caller's. */
  close(handle: NtmsSession | null | undefined): readonly string[] {
    const session = this.#find(handle);
    this.#open.delete(session);
    session.closing.abort(new NtmsError('ERROR_CANCELLED', 'the session was closed'));
    return session.endingWithSession;
  }

  #find(handle: NtmsSession | null | undefined): OpenSession {
    const session = handle === null || handle === undefined ? undefined : this.#open.get(handle);
    if (session === undefined) {
      throw new NtmsError(
        'ERROR_INVALID_HANDLE',
        handle === null || handle === undefined ? 'hSession is missing' : 'hSession is not an open session',
      );
    }
    return session;
  }
}
