import type { Clock } from '../../clock.js';
import { IscsiConnection } from './connection.js';
import { IscsiError } from './iscsi-error.js';
import { login, type LoggedIn, type LoginOptions } from './login.js';
import { formatPortal, type Portal } from './portal.js';

export interface PathTimeouts {
  readonly connectTimeoutMs: number;
  readonly loginTimeoutMs: number;
}

/** More hops than this are two targets sending each other's initiators in a circle. */
const MAX_REDIRECTIONS = 4;

/**
 * Connects and logs in, following redirections. Every attempt begins at the configured portal again, also after a
 * permanent redirection: the configuration is what people read. Rejects with {@link IscsiError}.
 */
export async function establish(options: {
  readonly clock: Clock;
  readonly portal: Portal;
  readonly timeouts: PathTimeouts;
  readonly login: LoginOptions;
  readonly signal?: AbortSignal;
}): Promise<{ connection: IscsiConnection; loggedIn: LoggedIn }> {
  const { clock, timeouts, signal } = options;
  let { portal } = options;
  for (let redirections = 0; redirections <= MAX_REDIRECTIONS; redirections++) {
    const connection = await IscsiConnection.open(portal, {
      clock,
      timeoutMs: timeouts.connectTimeoutMs,
      maxRecvDataSegmentLength: options.login.offer.maxRecvDataSegmentLength,
      ...(signal === undefined ? {} : { signal }),
    });
    const outcome = await boundedLogin(connection, options);
    if (outcome.kind === 'logged-in') return { connection, loggedIn: outcome };
    connection.end();
    portal = outcome.portal;
  }
  throw new IscsiError(
    'ISCSI_LOGIN_REFUSED',
    `The target redirected the login more than ${MAX_REDIRECTIONS} times, last to ${formatPortal(portal)}`,
  );
}

async function boundedLogin(
  connection: IscsiConnection,
  { clock, timeouts, signal, login: options }: Parameters<typeof establish>[0],
): ReturnType<typeof login> {
  const where = formatPortal(connection.portal);
  const cancelTimer = clock.after(timeouts.loginTimeoutMs, () =>
    connection.fail(
      new IscsiError('ISCSI_CONNECT', `${where} did not finish the login within ${timeouts.loginTimeoutMs} ms`),
    ),
  );
  const onAbort = (): void => connection.fail(new IscsiError('ISCSI_CLOSED', 'The path was closed during the login'));
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await login(connection, options);
  } catch (error) {
    connection.fail(
      error instanceof IscsiError ? error : new IscsiError('ISCSI_CONNECT', String(error), { cause: error }),
    );
    throw error;
  } finally {
    cancelTimer();
    signal?.removeEventListener('abort', onAbort);
  }
}
