import type { ScsiCommand, TransportFailure, TransportResult } from '../../devices/transport/scsi-transport.js';

/** Which transport the guest makes. */
export type CarriedTransportPlan =
  | {
      readonly kind: 'usb';
      readonly vendorId: number;
      readonly productId: number;
      readonly serialNumber?: string;
      readonly protocol: 'auto' | 'bulk-only' | 'uas';
      /** How long a command waits for a device that is gone. */
      readonly reconnectMs?: number;
    }
  | { readonly kind: 'sg'; readonly path: string };

/** What the bench asks of the guest, one JSON line each; `transport` is a name of the bench's own choice. */
export type CarryOrder = { readonly id: number; readonly transport: string } & (
  | { readonly do: 'make'; readonly plan: CarriedTransportPlan }
  | { readonly do: 'open' | 'close' }
  | { readonly do: 'execute'; readonly command: CarriedCommand }
  | { readonly do: 'reset'; readonly lun: number; readonly timeoutMs: number }
  /** Aborts the command that was ordered under this id. */
  | { readonly do: 'abort'; readonly order: number }
);

/** The end of an order, or what a transport told by itself. */
export type CarryAnswer =
  { readonly id: number; readonly result: CarriedResult } | { readonly transport: string; readonly notice: string };

export type CarriedResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'opened'; readonly name: string; readonly maxInFlight: number; readonly protocol: string | null }
  | { readonly kind: 'refused'; readonly failure: TransportFailure }
  | { readonly kind: 'completed'; readonly status: number; readonly dataIn: string; readonly sense: string };

/** A {@link ScsiCommand} with its bytes in base64. */
export interface CarriedCommand {
  readonly lun: number;
  readonly cdb: string;
  readonly dataInLength?: number;
  readonly dataOut?: string;
  readonly timeoutMs: number;
}

export function carriedCommand({ lun, cdb, dataInLength, dataOut, timeoutMs }: ScsiCommand): CarriedCommand {
  return {
    lun,
    cdb: toText(cdb),
    timeoutMs,
    ...(dataInLength === undefined ? {} : { dataInLength }),
    ...(dataOut === undefined ? {} : { dataOut: toText(dataOut) }),
  };
}

export function commandOf({ cdb, dataOut, ...rest }: CarriedCommand, signal: AbortSignal): ScsiCommand {
  return { ...rest, cdb: toBytes(cdb), signal, ...(dataOut === undefined ? {} : { dataOut: toBytes(dataOut) }) };
}

export function carriedResult(result: TransportResult): CarriedResult {
  if (result.kind === 'failed') return { kind: 'refused', failure: withoutCause(result.failure) };
  const { status, dataIn, sense } = result;
  return { kind: 'completed', status, dataIn: toText(dataIn), sense: toText(sense) };
}

export function resultOf(carried: CarriedResult): TransportResult | undefined {
  if (carried.kind === 'refused') return { kind: 'failed', failure: carried.failure };
  if (carried.kind !== 'completed') return undefined;
  const { status, dataIn, sense } = carried;
  return { kind: 'completed', status, dataIn: toBytes(dataIn), sense: toBytes(sense) };
}

/** The cause may be anything; its words travel in the message. */
export function withoutCause({ code, executed, message }: TransportFailure): TransportFailure {
  return { code, executed, message };
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function toBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
