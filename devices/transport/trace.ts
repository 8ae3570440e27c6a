import type { Clock } from '../clock.js';
import { commandName } from '../scsi/command-table.js';
import { OperationCode, PeripheralDeviceType } from '../scsi/opcodes.js';
import { ScsiStatus } from '../scsi/status.js';
import type {
  CompletedCommand,
  ScsiCommand,
  ScsiTransport,
  TransportFailure,
  TransportFailureCode,
  TransportResult,
} from './scsi-transport.js';
import { TransportError } from './scsi-transport.js';

/** Data of one direction in a trace line. */
export interface TracedData {
  /** As it was, in bytes. */
  readonly length: number;
  /** The first bytes, in hex. */
  readonly hex: string;
  /** Present when `hex` is not all of it. */
  readonly truncated?: true;
}

/** One line of a trace, as JSON. */
export interface TraceLine {
  /** When the event began: ISO 8601, UTC. */
  readonly time: string;
  readonly event: 'command' | 'open' | 'reset' | 'close';
  readonly transport: string;
  readonly durationMs: number;
  readonly correlationId?: string;
  readonly lun?: number;
  /** The CDB in hex, and the name of its command for the kind of device that its INQUIRY data showed. */
  readonly cdb?: string;
  readonly command?: string;
  readonly timeoutMs?: number;
  readonly dataOut?: TracedData;
  readonly dataIn?: TracedData;
  /** SAM status code, a number. */
  readonly status?: number;
  /** In hex; absent when there was none. */
  readonly sense?: string;
  readonly failure?: TransportFailureCode;
  readonly executed?: TransportFailure['executed'];
  readonly message?: string;
}

export interface TraceTransportOptions {
  readonly transport: ScsiTransport;
  readonly clock: Clock;
  /** Takes one line of JSON, without a newline. */
  readonly write: (line: string) => void;
  /** How many bytes of data of each direction a line shows. */
  readonly dataBytes?: number;
}

/** Writes down every command that passes through to another transport, and changes nothing. */
export class TraceTransport implements ScsiTransport {
  readonly name: string;
  readonly maxInFlight: number;
  /** Asks the inner transport; absent where that one has no reset. */
  readonly resetLogicalUnit?: (lun: number, timeoutMs: number) => Promise<TransportFailure | undefined>;
  readonly #inner: ScsiTransport;
  readonly #clock: Clock;
  readonly #write: (line: string) => void;
  readonly #dataBytes: number;
  /** By logical unit; what a unit is can only be learned by looking on. */
  readonly #deviceTypes = new Map<number, number>();

  constructor(options: TraceTransportOptions) {
    const inner = options.transport;
    this.name = inner.name;
    this.maxInFlight = inner.maxInFlight;
    this.#inner = inner;
    this.#clock = options.clock;
    this.#write = options.write;
    this.#dataBytes = options.dataBytes ?? 256;
    if (inner.resetLogicalUnit !== undefined) {
      this.resetLogicalUnit = async (lun, timeoutMs) => {
        const startMs = this.#clock.now();
        const failure = await inner.resetLogicalUnit?.(lun, timeoutMs);
        this.#line('reset', startMs, { lun, timeoutMs, ...(failure && failureFields(failure)) });
        return failure;
      };
    }
  }

  async open(): Promise<void> {
    const startMs = this.#clock.now();
    try {
      await this.#inner.open();
    } catch (cause) {
      this.#line(
        'open',
        startMs,
        cause instanceof TransportError ? failureFields(cause.failure) : { message: String(cause) },
      );
      throw cause;
    }
    this.#line('open', startMs, {});
  }

  async execute(command: ScsiCommand): Promise<TransportResult> {
    const startMs = this.#clock.now();
    const result = await this.#inner.execute(command);
    if (result.kind === 'completed') this.#learnDeviceType(command, result);
    this.#line('command', startMs, {
      ...(command.correlationId !== undefined && { correlationId: command.correlationId }),
      lun: command.lun,
      cdb: hex(command.cdb),
      command: commandName(this.#deviceTypes.get(command.lun) ?? PeripheralDeviceType.UNKNOWN, command.cdb),
      timeoutMs: command.timeoutMs,
      ...this.#traced('dataOut', command.dataOut),
      ...(result.kind === 'completed'
        ? {
            ...this.#traced('dataIn', result.dataIn),
            status: result.status,
            ...(result.sense.length > 0 && { sense: hex(result.sense) }),
          }
        : failureFields(result.failure)),
    });
    return result;
  }

  async close(): Promise<void> {
    const startMs = this.#clock.now();
    await this.#inner.close();
    this.#line('close', startMs, {});
  }

  #learnDeviceType(command: ScsiCommand, result: CompletedCommand): void {
    const [opcode, flags = 0] = command.cdb;
    const isStandardInquiry = opcode === OperationCode.INQUIRY && (flags & 1) === 0;
    const first = result.dataIn[0];
    if (!isStandardInquiry || result.status !== ScsiStatus.GOOD || first === undefined) return;
    const { peripheralQualifier, peripheralDeviceType } = {
      peripheralQualifier: first >> 5,
      peripheralDeviceType: first & 0x1f,
    };
    if (peripheralQualifier === 0) this.#deviceTypes.set(command.lun, peripheralDeviceType);
  }

  #traced(direction: 'dataIn' | 'dataOut', bytes: Uint8Array | undefined): Partial<TraceLine> {
    if (bytes === undefined || bytes.length === 0) return {};
    const isWhole = bytes.length <= this.#dataBytes;
    const shown = hex(bytes.subarray(0, this.#dataBytes));
    return { [direction]: { length: bytes.length, hex: shown, ...(!isWhole && { truncated: true }) } };
  }

  #line(event: TraceLine['event'], startMs: number, rest: Partial<TraceLine>): void {
    const line: TraceLine = {
      time: new Date(startMs).toISOString(),
      event,
      transport: this.name,
      durationMs: this.#clock.now() - startMs,
      ...rest,
    };
    this.#write(JSON.stringify(line));
  }
}

function failureFields(failure: TransportFailure): Partial<TraceLine> {
  return { failure: failure.code, executed: failure.executed, message: failure.message };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase();
}
