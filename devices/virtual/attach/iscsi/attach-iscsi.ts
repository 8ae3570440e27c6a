import { createServer, type AddressInfo, type Server } from 'node:net';
import { hostname } from 'node:os';
import type { Clock } from '../../../clock.js';
import { DEFAULT_PORT, formatPortal } from '../../../transport/iscsi/portal.js';
import { AsyncEvent } from '../../../transport/iscsi/protocol-values.js';
import type { ScsiTarget } from '../../../transport/scsi-target.js';
import type { Attachment } from '../attachment.js';
import { IscsiAttachError } from './attach-error.js';
import type { ChapAccounts } from './chap-target.js';
import { DataOutRoom } from './data-out-room.js';
import type { InspectedSession } from './inspect-session.js';
import { defaultLimits, type IscsiTargetLimits } from './limits.js';
import { reportedLuns } from './reported-luns.js';
import { SessionTable } from './session-table.js';
import { TargetConnection } from './target-connection.js';

export interface AttachIscsiOptions {
  readonly target: ScsiTarget;
  readonly clock: Clock;
  /** LUNs that a target reset reaches and that a logical unit reset may name. Default: what REPORT LUNS says. */
  readonly luns?: readonly number[];
  /** Where to listen. Default 127.0.0.1: iSCSI without IPsec belongs on no open network. */
  readonly host?: string;
  /** Default 3260; 0 takes a free one. */
  readonly port?: number;
  /** Default `iqn.2026-11.test.openrsm:autoloader`. */
  readonly targetName?: string;
  readonly targetAlias?: string;
  readonly chap?: ChapAccounts;
  readonly limits?: Partial<IscsiTargetLimits>;
  /** `host:port` that SendTargets tells, where initiators reach this machine under another address. */
  readonly advertisedPortal?: string;
  /** Hears why a connection ended other than by a logout. */
  readonly onError?: (error: IscsiAttachError) => void;
}

export interface IscsiAttachment extends Attachment {
  readonly kind: 'iscsi';
  /** Where it listens, `host:port`. */
  readonly portal: string;
  readonly targetName: string;
  sessions(): InspectedSession[];
  /** TCP connections, those included that have not logged in. */
  readonly connectionCount: number;
  /** Cuts all connections, as a broken network would. */
  dropConnections(): void;
}

export const DEFAULT_TARGET_NAME = 'iqn.2026-11.test.openrsm:autoloader';
const TIME2WAIT_SECONDS = 2;

/**
 * Serves a target over iSCSI (RFC 7143, error recovery level 0). Rejects with {@link IscsiAttachError} `OPTION` or `LISTEN`.
 */
export async function attachIscsi(options: AttachIscsiOptions): Promise<IscsiAttachment> {
  const { target, clock, host = '127.0.0.1', port = DEFAULT_PORT } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const targetName = checkedName(options.targetName ?? DEFAULT_TARGET_NAME);
  checkAccounts(options.chap);
  const onError = (error: IscsiAttachError): void => options.onError?.(error);
  const sessions = new SessionTable({
    target,
    clock,
    limits,
    room: new DataOutRoom(limits.maxBufferedBytes),
    luns: () => (options.luns === undefined ? reportedLuns(target) : Promise.resolve(options.luns)),
    onError,
  });
  const terms = {
    targetName,
    targetAlias: options.targetAlias,
    advertisedPortal: options.advertisedPortal,
    chap: options.chap,
    limits,
  };
  const connections = new Set<TargetConnection>();
  let noticeEnd: () => void = () => undefined;
  const server = createServer((socket) => {
    if (connections.size >= limits.maxConnections) {
      const remote = formatPortal({ host: socket.remoteAddress ?? '?', port: socket.remotePort ?? 0 });
      socket.on('error', () => undefined);
      socket.destroy();
      const message = `${remote} was turned away: there are ${limits.maxConnections} connections, the most allowed`;
      onError(new IscsiAttachError('TOO_MANY', message, { remote }));
      return;
    }
    const onClosed = (closed: TargetConnection): void => {
      connections.delete(closed);
      if (connections.size === 0) noticeEnd();
    };
    connections.add(new TargetConnection(socket, { clock, limits, terms, sessions, onError, onClosed }));
  });
  await listen(server, host, port);
  server.on('error', (cause) => onError(new IscsiAttachError('LISTEN', cause.message, { cause })));
  const portal = formatPortal({ host, port: (server.address() as AddressInfo).port });
  const isEverywhere = host === '0.0.0.0' || host === '::';
  const reached = options.advertisedPortal ?? (isEverywhere ? portal.replace(/.*(?=:)/, hostname()) : portal);

  const allEnded = (withinMs: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(withinMs, resolve);
      noticeEnd = (): void => {
        cancel();
        resolve();
      };
      if (connections.size === 0) noticeEnd();
    });
  const shutDown = async (): Promise<void> => {
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
    const loggedIn = [...connections].filter(({ session }) => session !== undefined);
    if (loggedIn.length > 0 && limits.shutdownGraceMs > 0) {
      const parameter3 = Math.ceil(limits.shutdownGraceMs / 1000);
      for (const connection of loggedIn) connection.announce(AsyncEvent.logoutRequested, { parameter3 });
      await allEnded(limits.shutdownGraceMs);
    }
    for (const connection of connections) {
      if (connection.session !== undefined) {
        connection.announce(AsyncEvent.allConnectionsWillDrop, { parameter2: TIME2WAIT_SECONDS });
      }
      connection.leaveQuietly();
    }
    for (const session of sessions.all()) session.end();
    // One turn for the last words; who does not read them now never will.
    await new Promise((resolve) => setImmediate(resolve));
    for (const connection of connections) connection.drop();
    await stopped;
  };
  let closing: Promise<void> | undefined;
  return {
    kind: 'iscsi',
    portal,
    targetName,
    howToConnect: [
      ...(options.chap === undefined ? [] : [chapFirst(options.chap)]),
      `iscsiadm -m discovery -t sendtargets -p ${reached}`,
      `iscsiadm -m node -T ${targetName} -p ${reached} --login`,
    ],
    sessions: () => sessions.all().map((session) => session.inspect()),
    get connectionCount() {
      return connections.size;
    },
    dropConnections: () => {
      for (const connection of connections) connection.drop();
    },
    close: () => (closing ??= shutDown()),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'the port is in use; choose another one' : cause.message;
      reject(new IscsiAttachError('LISTEN', `Cannot listen at ${formatPortal({ host, port })}: ${why}`, { cause }));
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

/** The secret itself is not printed. */
function chapFirst({ user }: ChapAccounts): string {
  const keys = 'discovery.sendtargets.auth and node.session.auth';
  return `in /etc/iscsi/iscsid.conf, for ${keys} alike: authmethod = CHAP, username = ${user}, password = the secret`;
}

/** iSCSI names are compared in lower case. */
function checkedName(name: string): string {
  if (/^(?:iqn|eui|naa)\.[^\s\0=,]+$/i.test(name) && Buffer.byteLength(name) <= 223) return name.toLowerCase();
  throw new IscsiAttachError('OPTION', `"${name}" is no iSCSI name; write one like ${DEFAULT_TARGET_NAME}`);
}

function checkAccounts(chap: ChapAccounts | undefined): void {
  if (chap === undefined) return;
  const accounts = chap.mutual === undefined ? [chap] : [chap, chap.mutual];
  if (accounts.some(({ user, secret }) => user === '' || secret === '')) {
    throw new IscsiAttachError('OPTION', 'CHAP needs a user and a secret');
  }
  // RFC 7143 12.1.3: or one side's answers would serve as the other's.
  if (chap.mutual?.secret === chap.secret) {
    throw new IscsiAttachError('OPTION', 'The mutual CHAP secret must differ from the first; use another one');
  }
}
