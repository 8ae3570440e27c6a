import { BenchError } from './bench-error.js';
import type { LineChannel } from './line-channel.js';

interface Answer {
  readonly return?: unknown;
  readonly error?: { readonly class: string; readonly desc: string };
  readonly event?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly id?: number;
  readonly QMP?: unknown;
}

/** What QEMU told by itself: `DEVICE_DELETED` with `{ device: 'changer' }`. */
export interface QemuEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** QEMU's machine protocol (QEMU documentation, QMP): JSON commands, answers by id, events in between. */
export class QemuMonitor {
  readonly #channel: LineChannel;
  readonly #waiting = new Map<number, (answer: Answer | undefined) => void>();
  readonly #listeners = new Set<(event: QemuEvent | undefined) => void>();
  #nextId = 1;

  constructor(channel: LineChannel) {
    this.#channel = channel;
    channel.onLine((line) => this.#take(JSON.parse(line) as Answer));
    channel.onEnd(() => {
      for (const settle of this.#waiting.values()) settle(undefined);
      for (const listener of this.#listeners) listener(undefined);
      this.#waiting.clear();
      this.#listeners.clear();
    });
    this.#channel.send(JSON.stringify({ execute: 'qmp_capabilities' }));
  }

  /** Rejects with `COMMAND_FAILED` when QEMU refuses, with `GUEST_DIED` when it is gone. */
  async execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const id = this.#nextId++;
    const answer = await new Promise<Answer | undefined>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#channel.send(JSON.stringify({ execute: command, arguments: args, id }));
    });
    if (answer === undefined) throw new BenchError('GUEST_DIED', `QEMU ended before it answered ${command}`);
    if (answer.error !== undefined) {
      throw new BenchError('COMMAND_FAILED', `QEMU refused ${command}: ${answer.error.desc}`);
    }
    return answer.return;
  }

  /** Takes a device out of the guest; resolves when it is gone. */
  async removeDevice(id: string): Promise<void> {
    const gone = this.#next(({ event, data }) => event === 'DEVICE_DELETED' && data['device'] === id);
    // Whether it was refused is told by the command; the event must not become an unhandled rejection then.
    gone.catch(() => undefined);
    await this.execute('device_del', { id });
    await gone;
  }

  #next(wanted: (event: QemuEvent) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const listener = (event: QemuEvent | undefined): void => {
        if (event !== undefined && !wanted(event)) return;
        this.#listeners.delete(listener);
        if (event === undefined) reject(new BenchError('GUEST_DIED', 'QEMU ended while an event was awaited'));
        else resolve();
      };
      this.#listeners.add(listener);
    });
  }

  #take(answer: Answer): void {
    if (answer.event !== undefined) {
      for (const listener of this.#listeners) listener({ event: answer.event, data: answer.data ?? {} });
      return;
    }
    if (answer.id === undefined) return;
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }
}
