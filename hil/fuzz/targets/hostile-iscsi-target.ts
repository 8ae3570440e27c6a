import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { SimulatedClock } from '../../../devices/clock.js';
import { discoverTargets } from '../../../devices/transport/iscsi/discover-targets.js';
import { IscsiError } from '../../../devices/transport/iscsi/iscsi-error.js';
import { IscsiTransport } from '../../../devices/transport/iscsi/iscsi-transport.js';
import { ahsLengthOf, BHS_BYTES, dataSegmentLengthOf, paddingOf } from '../../../devices/transport/iscsi/pdu.js';
import { parsePortal } from '../../../devices/transport/iscsi/portal.js';
import { attachIscsi } from '../../../devices/virtual/attach/iscsi/index.js';
import { ALL_COMMANDS, drive, useTransport } from '../driven-transport.js';
import { turns, until } from '../event-loop.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { inputOf } from '../input-reader.js';
import { smallAutoloader } from '../small-autoloader.js';
import { editBytes, EditedMessages, MessageEdit } from '../edited-messages.js';

const SHORT_MS = 1_000;
const TARGET = 'iqn.2026-11.test.openrsm:autoloader';

/** A real iSCSI target whose answers are changed on their way to the initiator, as the input says. */
export function hostileIscsiTargets(): FuzzTarget[] {
  const target = (name: string, use: UseTarget): FuzzTarget => ({
    name,
    seeds,
    take: (input) => behindProxy(input, use),
    codes: [],
    cost: 'session',
  });
  return [target('hostile-iscsi-target', useInitiator), target('hostile-iscsi-discovery', discover)];
}

type UseTarget = (portal: string, isUnchanged: boolean) => Promise<void>;

async function useInitiator(portal: string, isUnchanged: boolean): Promise<void> {
  const clock = new SimulatedClock();
  const transport = new IscsiTransport({
    portal,
    target: TARGET,
    clock,
    connectTimeoutMs: SHORT_MS,
    loginTimeoutMs: SHORT_MS,
    logoutTimeoutMs: SHORT_MS,
    abortTimeoutMs: SHORT_MS,
    reconnect: { attempts: 2, firstDelayMs: 100, maxDelayMs: 100 },
    // Small segments, so that there is more than one PDU of data each way.
    offer: { maxRecvDataSegmentLength: 512, firstBurstLength: 512, immediateData: false, initialR2T: true },
  });
  const completed = await useTransport(transport, clock);
  if (isUnchanged && completed < ALL_COMMANDS) throw new Error(`only ${completed} commands reached a good device`);
  if (clock.pending > 0) throw new Error(`${clock.pending} timers are left after close`);
}

async function discover(portal: string): Promise<void> {
  const clock = new SimulatedClock();
  try {
    const targets = await drive('discovery', discoverTargets({ portal, clock, timeoutMs: SHORT_MS }), clock);
    for (const { name } of targets)
      if (typeof name !== 'string' || name === '') throw new Error('a target has no name');
  } catch (error) {
    if (!(error instanceof IscsiError)) throw error;
    if (error.message.length < 10) throw new Error(`"${error.message}" says nothing`, { cause: error });
  }
  await turns(5);
  // The last connection's end is seen a moment later.
  for (let ms = 0; clock.pending > 0 && ms < 10; ms++) await clock.advance(SHORT_MS);
  if (clock.pending > 0) throw new Error(`${clock.pending} timers are left after discovery`);
}

async function behindProxy(input: Uint8Array, use: UseTarget): Promise<void> {
  const small = await smallAutoloader();
  const { autoloader: target, clock, luns } = small;
  const attachment = await attachIscsi({ target, clock, luns, port: 0, limits: { shutdownGraceMs: 0 } });
  const proxy = new Proxy(attachment.portal, input);
  try {
    await use(await proxy.listen(), input.length <= 1);
    await until('the initiator has left', () => proxy.connections === 0);
  } finally {
    await proxy.close();
    await attachment.close();
    await target.close();
  }
}

/** Passes on what an initiator says, and edits what the target says; with an odd first byte only on the first connection. */
class Proxy {
  readonly #portal: string;
  readonly #input: Uint8Array;
  readonly #onlyFirst: boolean;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#pass(socket));
  #count = 0;
  connections = 0;

  constructor(portal: string, input: Uint8Array) {
    this.#portal = portal;
    this.#onlyFirst = ((input[0] ?? 0) & 1) === 1;
    this.#input = input.subarray(1);
  }

  listen(): Promise<string> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        resolve(`127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
      });
    });
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #pass(initiator: Socket): void {
    this.connections += 1;
    const isGood = this.#onlyFirst && this.#count > 0;
    this.#count += 1;
    const edited = new EditedMessages(isGood ? new Uint8Array(0) : this.#input);
    const split = new PduSplitter();
    const target = connect(parsePortal(this.#portal));
    for (const socket of [initiator, target]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    initiator.on('data', (chunk: Buffer) => target.write(chunk));
    initiator.on('close', () => {
      this.connections -= 1;
      target.destroy();
    });
    target.on('data', (chunk: Buffer) => {
      if (edited.ended !== undefined) return;
      for (const message of split.push(chunk).flatMap((one) => edited.push(one))) initiator.write(message);
      if (edited.ended === 'closed') initiator.end();
    });
    target.on('close', () => initiator.end());
  }
}

/** Cuts what the target says into PDUs. There are no digests: a changed PDU is to be looked at. */
class PduSplitter {
  #bytes: Buffer = Buffer.alloc(0);

  push(chunk: Uint8Array): Uint8Array[] {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const found: Uint8Array[] = [];
    while (this.#bytes.length >= BHS_BYTES) {
      const dataLength = dataSegmentLengthOf(this.#bytes);
      const length = BHS_BYTES + ahsLengthOf(this.#bytes) + dataLength + paddingOf(dataLength);
      if (this.#bytes.length < length) break;
      found.push(this.#bytes.subarray(0, length));
      this.#bytes = this.#bytes.subarray(length);
    }
    return found;
  }
}

/** The first PDU is the login response. */
function seeds(): Uint8Array[] {
  const fields = [0, 1, 3, 5, 7, 16, 20, 27, 31, 35, 36, 39, 43, 47, 50];
  const edits = [
    ...[0, 1, 2, 3].flatMap((message) => fields.map((at) => editBytes(MessageEdit.ADD, message, at, 1))),
    ...[0, 2].flatMap((message) => Object.values(MessageEdit).map((kind) => editBytes(kind, message, 20, 0xff, 48))),
  ];
  return [inputOf(0), ...edits.map((edit, index) => inputOf(index & 1, edit))];
}
