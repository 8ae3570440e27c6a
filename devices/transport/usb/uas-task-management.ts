import type { Clock } from '../../clock.js';
import { responseName, taskManagementUnit, UasResponseCode } from './information-units.js';
import type { UasTaskManagementFunction } from './information-units.js';
import type { UasLane } from './uas-lane.js';
import type { UasTags } from './uas-tags.js';
import { wordsOf, type FailedTransfer } from './usb-failure.js';
import type { UsbInterface } from './usb-interface.js';

/** How a task management function ended (UAS-3 6.3.6). */
export type TaskManagementOutcome =
  | { readonly kind: 'response'; readonly responseCode: number }
  | { readonly kind: 'timeout' }
  /** The device did not take the request, or answered it with something that is no RESPONSE IU. */
  | { readonly kind: 'refused'; readonly message: string }
  /** The path went away, or was given up. */
  | { readonly kind: 'ended' };

export interface TaskManagementRequest {
  readonly function: UasTaskManagementFunction;
  readonly logicalUnitNumber: Uint8Array;
  /** For ABORT TASK. */
  readonly managedTag?: number;
}

/** Task management functions under way, by tag: sent on the command pipe, answered on the status pipe. */
export class UasTaskManagement {
  readonly #usb: UsbInterface;
  readonly #commandEndpoint: number;
  readonly #lane: UasLane;
  readonly #tags: UasTags;
  readonly #clock: Clock;
  readonly #onSent: () => void;
  #ended = false;
  readonly #waiting = new Map<number, (outcome: TaskManagementOutcome) => void>();

  constructor(parts: {
    readonly usb: UsbInterface;
    readonly commandEndpoint: number;
    readonly lane: UasLane;
    readonly tags: UasTags;
    readonly clock: Clock;
    /** An answer is expected from now on. */
    readonly onSent: () => void;
  }) {
    this.#usb = parts.usb;
    this.#commandEndpoint = parts.commandEndpoint;
    this.#lane = parts.lane;
    this.#tags = parts.tags;
    this.#clock = parts.clock;
    this.#onSent = parts.onSent;
  }

  /** How many wait for their answer. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** Always settles, latest after `timeoutMs`. A tag that got no answer is not used again. */
  perform(request: TaskManagementRequest, timeoutMs: number): Promise<TaskManagementOutcome> {
    if (this.#ended) return Promise.resolve({ kind: 'ended' });
    const tag = this.#tags.take();
    if (tag === undefined) {
      return Promise.resolve({ kind: 'refused', message: 'all tags are taken by tasks that the device does not end' });
    }
    return new Promise((resolve) => {
      const cancel = this.#clock.after(timeoutMs, () => this.settle(tag, { kind: 'timeout' }));
      this.#waiting.set(tag, (outcome) => {
        cancel();
        if (outcome.kind === 'response') this.#tags.giveBack(tag);
        resolve(outcome);
      });
      void this.#send(taskManagementUnit.encode({ ...request, tag }), tag, timeoutMs);
    });
  }

  /** False when no function with this tag waits. */
  settle(tag: number, outcome: TaskManagementOutcome): boolean {
    const waiting = this.#waiting.get(tag);
    this.#waiting.delete(tag);
    waiting?.(outcome);
    return waiting !== undefined;
  }

  /** All end now, and all that come after. */
  end(): void {
    this.#ended = true;
    for (const tag of this.#waiting.keys()) this.settle(tag, { kind: 'ended' });
  }

  async #send(unit: Uint8Array, tag: number, timeoutMs: number): Promise<void> {
    await this.#lane.run(async () => {
      if (!this.#waiting.has(tag)) return;
      this.#onSent();
      const transfer = await this.#usb.bulkOut(this.#commandEndpoint, unit, timeoutMs);
      if (transfer.kind === 'stall') await this.#usb.clearHalt(this.#commandEndpoint);
      if (transfer.kind !== 'done') this.settle(tag, notSent(transfer));
    });
  }
}

/** Whether the function did what it was asked for. */
export function isDone(outcome: TaskManagementOutcome): boolean {
  if (outcome.kind !== 'response') return false;
  return (
    outcome.responseCode === UasResponseCode.TASK_MANAGEMENT_FUNCTION_COMPLETE ||
    outcome.responseCode === UasResponseCode.TASK_MANAGEMENT_FUNCTION_SUCCEEDED
  );
}

/** The outcome for people. */
export function outcomeText(outcome: TaskManagementOutcome): string {
  switch (outcome.kind) {
    case 'response':
      return responseName(outcome.responseCode);
    case 'timeout':
      return 'no answer';
    case 'refused':
      return outcome.message;
    case 'ended':
      return 'the path ended';
  }
}

function notSent(transfer: FailedTransfer): TaskManagementOutcome {
  if (transfer.kind === 'timeout') return { kind: 'timeout' };
  if (transfer.kind === 'disconnected') return { kind: 'ended' };
  return { kind: 'refused', message: `the request ${wordsOf(transfer)}` };
}
