import type { Clock } from '../../../clock.js';
import type { ScsiTarget, ScsiTaskResult } from '../../../transport/scsi-target.js';
import type { HostPower } from './host-power.js';

/** A logical unit as the host's SCSI layer would have it: under an address, shared by all programs. */
export interface SgUnit {
  readonly target: ScsiTarget;
  /** All programs of a host are one initiator to the device. */
  readonly nexus: string;
  readonly host: number;
  readonly channel: number;
  readonly id: number;
  readonly lun: number;
  readonly peripheralDeviceType: number;
  readonly clock: Clock;
  /** Data that programs' commands may have in memory at once. */
  readonly budget: MemoryBudget;
  /** The target threw instead of answering. */
  readonly onTargetFailure: (cause: unknown) => void;
  readonly power: HostPower;
}

/** Everything under way at once stays below a bound, however many programs ask. */
export class MemoryBudget {
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** False: that much is not left. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#mostBytes) return false;
    this.#bytes += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#bytes -= bytes;
  }
}

export type UnitOutcome =
  | { readonly kind: 'answered'; readonly result: ScsiTaskResult }
  /** The time was up; the command was aborted. */
  | { readonly kind: 'timeout' }
  | { readonly kind: 'failed' };

/** Runs one command; a program that ends meanwhile changes nothing, as with the kernel. `timeoutMs` undefined: no limit. */
export function runOnUnit(
  unit: SgUnit,
  task: { readonly cdb: Uint8Array; readonly dataOut: Uint8Array },
  timeoutMs: number | undefined,
): Promise<UnitOutcome> {
  const { target, nexus, lun, clock, power } = unit;
  if (power.isOff) return Promise.resolve({ kind: 'failed' });
  return new Promise((resolve) => {
    const stop = new AbortController();
    const ends: (() => void)[] = [];
    const settle = (outcome: UnitOutcome): void => {
      for (const end of ends) end();
      resolve(outcome);
    };
    ends.push(power.whenOff(() => settle({ kind: 'failed' })));
    if (timeoutMs !== undefined) {
      const onTimeout = (): void => {
        settle({ kind: 'timeout' });
        stop.abort(new Error(`the program gave the command ${timeoutMs} ms`));
      };
      ends.push(clock.after(timeoutMs, onTimeout));
    }
    const run = async (): Promise<ScsiTaskResult> => target.execute({ nexus, lun, ...task, signal: stop.signal });
    run().then(
      (result) => settle({ kind: 'answered', result }),
      (cause: unknown) => {
        if (!stop.signal.aborted) unit.onTargetFailure(cause);
        settle({ kind: 'failed' });
      },
    );
  });
}
