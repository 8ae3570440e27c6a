import { SystemClock, type Clock } from '../../clock.js';
import type { ChapOptions } from './chap.js';
import { CommandWindow } from './command-window.js';
import type { IscsiConnection } from './connection.js';
import { establish } from './establish.js';
import { IscsiError, protocolError } from './iscsi-error.js';
import { DEFAULT_INITIATOR_NAME, defaultOffer, randomIsid } from './iscsi-transport.js';
import * as pdu from './pdu.js';
import { parsePortal } from './portal.js';
import { IscsiOpcode, LogoutReason, RESERVED_TAG, rejectReasonText } from './protocol-values.js';
import { decodeTextKeys, encodeTextKeys, type TextKey } from './text-keys.js';

export interface DiscoveredTarget {
  readonly name: string;
  /** `address:port,portal-group-tag`, as sent; empty when the target is where it was asked. */
  readonly addresses: readonly string[];
}

export interface DiscoveryOptions {
  readonly portal: string;
  readonly chap?: ChapOptions | undefined;
  readonly initiatorName?: string | undefined;
  /** Bounds each of: connecting, logging in, asking. Default 10 s. */
  readonly timeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}

const TEXT_TAG = 2;
const LOGOUT_TAG = 3;
/** A portal with thousands of targets stays far below this. */
const MAX_LIST_BYTES = 4 * 1024 * 1024;

/** Asks a portal for its targets: a discovery session with SendTargets=All (RFC 7143). Rejects with {@link IscsiError}. */
export async function discoverTargets(options: DiscoveryOptions): Promise<DiscoveredTarget[]> {
  const clock = options.clock ?? new SystemClock();
  const timeoutMs = options.timeoutMs ?? 10_000;
  const { connection, loggedIn } = await establish({
    clock,
    portal: parsePortal(options.portal),
    timeouts: { connectTimeoutMs: timeoutMs, loginTimeoutMs: timeoutMs },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    login: {
      initiatorName: options.initiatorName ?? DEFAULT_INITIATOR_NAME,
      target: undefined,
      chap: options.chap,
      isid: randomIsid(),
      offer: defaultOffer,
    },
  });
  const giveUp = (): void =>
    connection.fail(new IscsiError('ISCSI_CONNECTION_LOST', `No list of targets within ${timeoutMs} ms`));
  const cancelTimer = clock.after(timeoutMs, giveUp);
  options.signal?.addEventListener('abort', giveUp, { once: true });
  try {
    return targetsOf(await sendTargets(connection, new CommandWindow(loggedIn)));
  } finally {
    cancelTimer();
    options.signal?.removeEventListener('abort', giveUp);
    connection.end();
  }
}

/** One text exchange, in as many PDUs as the answer takes, then a logout that nobody waits for. */
async function sendTargets(connection: IscsiConnection, window: CommandWindow): Promise<readonly TextKey[]> {
  const parts: Uint8Array[] = [];
  let text = encodeTextKeys([['SendTargets', 'All']]);
  let lun: Uint8Array | undefined;
  let targetTransferTag: number = RESERVED_TAG;
  for (let bytes = 0; ;) {
    connection.send(
      pdu.textRequest.encode({
        lun,
        initiatorTaskTag: TEXT_TAG,
        targetTransferTag,
        cmdSn: window.take(),
        expStatSn: window.expStatSn,
      }),
      text,
    );
    const { header, data } = await textResponse(connection, window);
    bytes += data.length;
    if (bytes > MAX_LIST_BYTES) throw protocolError(`the list of targets exceeds ${MAX_LIST_BYTES} bytes`);
    parts.push(data);
    if (header.final) break;
    if (header.targetTransferTag === RESERVED_TAG) throw protocolError('an unfinished text response without a tag');
    ({ lun, targetTransferTag } = header);
    text = new Uint8Array(0);
  }
  connection.send(
    pdu.logoutRequest.encode({
      immediate: true,
      reason: LogoutReason.closeSession,
      initiatorTaskTag: LOGOUT_TAG,
      cmdSn: window.cmdSn,
      expStatSn: window.expStatSn,
    }),
  );
  return decodeTextKeys(Buffer.concat(parts));
}

async function textResponse(
  connection: IscsiConnection,
  window: CommandWindow,
): Promise<{ header: ReturnType<typeof pdu.textResponse.decode>; data: Uint8Array }> {
  for (;;) {
    const received = await connection.receive();
    if (received.opcode === IscsiOpcode.nopIn) {
      const { targetTransferTag, lun } = pdu.nopIn.decode(received.bhs);
      if (targetTransferTag === RESERVED_TAG) continue;
      const { cmdSn, expStatSn } = window;
      connection.send(
        pdu.nopOut.encode({
          immediate: true,
          lun,
          initiatorTaskTag: RESERVED_TAG,
          targetTransferTag,
          cmdSn,
          expStatSn,
        }),
      );
      continue;
    }
    if (received.opcode === IscsiOpcode.reject) {
      const { reason } = pdu.reject.decode(received.bhs);
      throw new IscsiError('ISCSI_LOGIN_REFUSED', `The target rejected SendTargets: ${rejectReasonText(reason)}`);
    }
    if (received.opcode !== IscsiOpcode.textResponse) {
      throw protocolError(`opcode ${received.opcode.toString(16)}h came where a text response was due`);
    }
    const header = pdu.textResponse.decode(received.bhs);
    window.observe(header.expCmdSn, header.maxCmdSn);
    window.acknowledge(header.statSn);
    return { header, data: received.data };
  }
}

/** TargetName begins a record, the TargetAddress keys after it belong to it. */
function targetsOf(keys: readonly TextKey[]): DiscoveredTarget[] {
  const targets: { name: string; addresses: string[] }[] = [];
  for (const [key, value] of keys) {
    if (key === 'TargetName') targets.push({ name: value, addresses: [] });
    if (key === 'TargetAddress') {
      const target = targets.at(-1);
      if (target === undefined) throw protocolError('a TargetAddress before any TargetName');
      target.addresses.push(value);
    }
  }
  return targets;
}
