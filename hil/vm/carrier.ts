import type {
  ScsiCommand,
  ScsiTransport,
  TransportFailure,
  TransportResult,
} from '../../devices/transport/scsi-transport.js';
import { TransportError } from '../../devices/transport/scsi-transport.js';
import { BenchError } from './bench-error.js';
import {
  carriedCommand,
  resultOf,
  type CarriedResult,
  type CarriedTransportPlan,
  type CarryAnswer,
  type CarryOrder,
} from './carried-messages.js';
import type { GuestMachine } from './guest-machine.js';
import { LineChannel } from './line-channel.js';
import type { Bench } from './part.js';

type Order = CarryOrder extends infer Each ? (Each extends CarryOrder ? Omit<Each, 'id'> : never) : never;

/**
 * One process in the guest with our transports in it, and its far end here: whatever uses a {@link CarriedTransport} runs at
 * full speed on this machine, while each command goes through the guest's kernel and nothing else.
 */
export class Carrier {
  /** What the transports told a person, `name: words`. */
  readonly notices: string[] = [];
  readonly #channel: LineChannel;
  readonly #waiting = new Map<number, (result: CarriedResult | BenchError) => void>();
  #nextId = 1;
  #transports = 0;
  #ended: BenchError | undefined;

  private constructor(channel: LineChannel) {
    this.#channel = channel;
    channel.onLine((line) => this.#take(JSON.parse(line) as CarryAnswer));
    channel.onEnd(() =>
      this.#end(new BenchError('GUEST_DIED', 'the process in the guest that carries commands has ended')),
    );
  }

  /**
   * Starts the process, as root or as the user with that number; it ends with the part, by itself when the guest does. Rejects
   * when it does not come up.
   */
  static async start(bench: Bench, guest: GuestMachine, userId?: number): Promise<Carrier> {
    const channel = await LineChannel.onLoopback();
    bench.atEnd(() => Promise.resolve(channel.close()));
    const user = userId === undefined ? '' : `setpriv --reuid=${userId} --regid=${userId} --clear-groups `;
    const program = `${user}${process.execPath} ${bench.projectRoot}/dist/hil/vm/guest/carry-commands.js`;
    const running = guest.run(`exec ${program} 10.0.2.2 ${channel.port}`, 600);
    const failed = running.then(
      ({ status, stderr }) => {
        throw new BenchError(
          'COMMAND_FAILED',
          `${program} ended with status ${status}: ${stderr.trim().slice(-1_500)}`,
        );
      },
      (error: unknown) => {
        throw error;
      },
    );
    failed.catch(() => undefined);
    const carrier = new Carrier(channel);
    await Promise.race([channel.connected(), failed]);
    failed.catch((error: unknown) => carrier.#end(error instanceof BenchError ? error : undefined));
    return carrier;
  }

  /** A transport in the guest; it is not open yet. */
  async make(plan: CarriedTransportPlan): Promise<CarriedTransport> {
    const transport = `${plan.kind}${++this.#transports}`;
    const made = await this.order({ do: 'make', transport, plan });
    if (made.kind === 'refused') throw new TransportError(made.failure);
    return new CarriedTransport(this, transport);
  }

  /** Rejects with `GUEST_DIED` only. */
  order(order: Order, onSent?: (id: number) => void): Promise<CarriedResult> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (result) => (result instanceof BenchError ? reject(result) : resolve(result)));
      this.#channel.send(JSON.stringify({ ...order, id }));
      onSent?.(id);
    });
  }

  #take(answer: CarryAnswer): void {
    if ('notice' in answer) {
      this.notices.push(`${answer.transport}: ${answer.notice}`);
      return;
    }
    this.#waiting.get(answer.id)?.(answer.result);
    this.#waiting.delete(answer.id);
  }

  #end(error: BenchError | undefined): void {
    this.#ended ??= error ?? new BenchError('GUEST_DIED', 'the guest has ended');
    for (const settle of this.#waiting.values()) settle(this.#ended);
    this.#waiting.clear();
  }
}

/** A transport that lives in the guest. */
export class CarriedTransport implements ScsiTransport {
  name: string;
  maxInFlight = 1;
  /** `bulk-only` or `uas`, when the transport has such a thing and is open. */
  protocol: string | null = null;
  readonly #carrier: Carrier;
  readonly #id: string;

  constructor(carrier: Carrier, id: string) {
    this.#carrier = carrier;
    this.#id = id;
    this.name = id;
  }

  async open(): Promise<void> {
    const opened = await this.#carrier.order({ do: 'open', transport: this.#id });
    if (opened.kind === 'refused') throw new TransportError(opened.failure);
    if (opened.kind !== 'opened') return;
    this.name = opened.name;
    this.maxInFlight = opened.maxInFlight;
    this.protocol = opened.protocol;
  }

  async execute(command: ScsiCommand): Promise<TransportResult> {
    const { signal } = command;
    let sent = 0;
    const abort = (): void => {
      this.#carrier.order({ do: 'abort', transport: this.#id, order: sent }).catch(() => undefined);
    };
    const order = { do: 'execute', transport: this.#id, command: carriedCommand(command) } as const;
    try {
      const ended = this.#carrier.order(order, (id) => (sent = id));
      if (signal?.aborted === true) abort();
      else signal?.addEventListener('abort', abort, { once: true });
      return resultOf(await ended) ?? guestGone('the guest gave an answer that is no result');
    } catch (error) {
      return guestGone(error instanceof Error ? error.message : String(error));
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async resetLogicalUnit(lun: number, timeoutMs: number): Promise<TransportFailure | undefined> {
    const ended = await this.#carrier.order({ do: 'reset', transport: this.#id, lun, timeoutMs });
    return ended.kind === 'refused' ? ended.failure : undefined;
  }

  async close(): Promise<void> {
    await this.#carrier.order({ do: 'close', transport: this.#id }).catch(() => undefined);
  }
}

function guestGone(message: string): TransportResult {
  return { kind: 'failed', failure: { code: 'disconnected', executed: 'unknown', message } };
}
