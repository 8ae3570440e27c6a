import { encodeSense, type SenseInput } from '../../../devices/scsi/sense.js';
import { ScsiStatus } from '../../../devices/scsi/status.js';
import type {
  ScsiCommand,
  ScsiTransport,
  TransportFailure,
  TransportResult,
} from '../../../devices/transport/scsi-transport.js';
import { TransportError } from '../../../devices/transport/scsi-transport.js';

/** Answers a command, or leaves it to the behaviour below with undefined. */
export type Behaviour = (command: ScsiCommand) => TransportResult | undefined | Promise<TransportResult | undefined>;

/** A transport whose device is made of behaviours, the newest asked first. What nobody answers ends with GOOD. */
export class ScriptedTransport implements ScsiTransport {
  readonly name = 'test://device';
  readonly maxInFlight = 1;
  readonly sent: ScsiCommand[] = [];
  opened = 0;
  inFlight = 0;
  mostInFlight = 0;
  /** Failures of the next calls of `open`, oldest first. */
  readonly openFailures: TransportFailure[] = [];
  #behaviours: Behaviour[] = [];

  constructor(...behaviours: Behaviour[]) {
    this.#behaviours = behaviours;
  }

  /** Puts a behaviour above all others. */
  push(behaviour: Behaviour): void {
    this.#behaviours.unshift(behaviour);
  }

  /** Answers the next command with this operation code once (any command without one), before everything else. */
  once(opcode: number | undefined, answer: TransportResult | ((command: ScsiCommand) => TransportResult)): void {
    const behaviour: Behaviour = (command) => {
      if (opcode !== undefined && command.cdb[0] !== opcode) return undefined;
      this.#behaviours = this.#behaviours.filter((other) => other !== behaviour);
      return typeof answer === 'function' ? answer(command) : answer;
    };
    this.push(behaviour);
  }

  /** The operation codes sent so far. */
  get opcodes(): number[] {
    return this.sent.map(({ cdb }) => cdb[0] ?? -1);
  }

  count(opcode: number): number {
    return this.opcodes.filter((other) => other === opcode).length;
  }

  async open(): Promise<void> {
    this.opened++;
    const failure = this.openFailures.shift();
    if (failure !== undefined) throw new TransportError(failure);
  }

  async execute(command: ScsiCommand): Promise<TransportResult> {
    this.sent.push(command);
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    try {
      for (const behaviour of this.#behaviours) {
        const result = await behaviour(command);
        if (result !== undefined) return result;
      }
      return good();
    } finally {
      this.inFlight--;
    }
  }

  async close(): Promise<void> {}
}

/** GOOD, with data cut to what a device would send. */
export function good(data: Uint8Array = new Uint8Array(), allocationLength = data.length): TransportResult {
  return completed(ScsiStatus.GOOD, data.slice(0, allocationLength));
}

export function status(code: number): TransportResult {
  return completed(code, new Uint8Array());
}

export function checkCondition(sense: SenseInput, data: Uint8Array = new Uint8Array()): TransportResult {
  return { kind: 'completed', status: ScsiStatus.CHECK_CONDITION, dataIn: data, sense: encodeSense(sense) };
}

export function lost(
  code: TransportFailure['code'],
  executed: TransportFailure['executed'] = 'unknown',
): TransportResult & { kind: 'failed' } {
  return { kind: 'failed', failure: { code, executed, message: `The test lost it (${code}).` } };
}

function completed(code: number, dataIn: Uint8Array): TransportResult {
  return { kind: 'completed', status: code, dataIn, sense: new Uint8Array() };
}
