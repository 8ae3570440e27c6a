import type { AdmittedInitiator } from './login-phase.js';
import { LoginRefusal } from './login-refusal.js';
import { TargetSession, type SessionContext } from './session.js';
import { LoginStatus } from './target-protocol-values.js';

const LARGEST_TSIH = 0xffff;

/** The sessions of one target. */
export class SessionTable {
  readonly #context: Omit<SessionContext, 'sessions' | 'onEnded'>;
  readonly #sessions = new Map<number, TargetSession>();
  #lastTsih = 0;

  constructor(context: Omit<SessionContext, 'sessions' | 'onEnded'>) {
    this.#context = context;
  }

  all(): readonly TargetSession[] {
    return [...this.#sessions.values()];
  }

  /**
   * The session of an initiator that has proved who it is: a new one, or with a TSIH the one to join. A new session of the
   * same initiator port ends the former one first (session reinstatement, RFC 7143 6.3.5). Throws {@link LoginRefusal}.
   */
  admit(initiator: AdmittedInitiator, cmdSn: number): TargetSession {
    if (initiator.tsih !== 0) return this.#joined(initiator);
    this.#find(initiator)?.end();
    const { maxSessions } = this.#context.limits;
    if (this.#sessions.size >= maxSessions) {
      throw new LoginRefusal(LoginStatus.outOfResources, `there are ${maxSessions} sessions already, the most allowed`);
    }
    const session = new TargetSession(initiator, this.#takeTsih(), cmdSn, {
      ...this.#context,
      sessions: () => this.#sessions.values(),
      onEnded: (ended) => this.#sessions.delete(ended.tsih),
    });
    this.#sessions.set(session.tsih, session);
    return session;
  }

  #joined(initiator: AdmittedInitiator): TargetSession {
    const session = this.#sessions.get(initiator.tsih);
    if (session === undefined || session !== this.#find(initiator)) {
      throw new LoginRefusal(LoginStatus.sessionDoesNotExist, `the initiator has no session ${initiator.tsih}`);
    }
    const { maxConnections } = session.parameters;
    const isMore = !session.hasConnection(initiator.connectionId) && session.connections.length >= maxConnections;
    if (isMore) {
      throw new LoginRefusal(LoginStatus.tooManyConnections, `the session may have ${maxConnections} connections`);
    }
    return session;
  }

  #find(initiator: AdmittedInitiator): TargetSession | undefined {
    return this.all().find(
      (session) =>
        session.type === initiator.sessionType &&
        session.initiatorName === initiator.initiatorName &&
        Buffer.compare(session.isid, initiator.isid) === 0,
    );
  }

  #takeTsih(): number {
    do this.#lastTsih = this.#lastTsih === LARGEST_TSIH ? 1 : this.#lastTsih + 1;
    while (this.#sessions.has(this.#lastTsih));
    return this.#lastTsih;
  }
}
