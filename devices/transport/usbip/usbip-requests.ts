import { ScsiFormatError } from '../../scsi/format-error.js';
import { ByteQueue } from './byte-queue.js';
import { UsbipError } from './usbip-error.js';
import {
  basicHeader,
  HEADER_BYTES,
  IMPORT_REQUEST_BYTES,
  importRequest,
  NOT_ISOCHRONOUS,
  OPERATION_BYTES,
  OperationCode,
  operationHeader,
  submitCommand,
  unlinkCommand,
  UsbipCommand,
  UsbipDirection,
  USBIP_VERSION,
  type SubmitCommand,
  type UnlinkCommand,
} from './usbip-pdu.js';

/** What a client asks first. */
export type UsbipOperation = { readonly kind: 'device list' } | { readonly kind: 'import'; readonly busId: string };

/** What a client asks after an import. */
export type UsbipRequest =
  | { readonly kind: 'submit'; readonly command: SubmitCommand; readonly data: Uint8Array }
  | { readonly kind: 'unlink'; readonly command: UnlinkCommand };

/** Larger transfers are refused before anything is kept for them. */
export const MAX_TRANSFER_BYTES = 16 * 1024 * 1024;
const HIGHEST_ENDPOINT = 15;

/**
 * Cuts what a client sends into requests. Nothing is kept beyond one header and one transfer's data. Its methods throw
 * {@link UsbipError} `USBIP_PROTOCOL`; the stream has no further use then.
 */
export class UsbipRequestReader {
  readonly #bytes = new ByteQueue();
  #operation: Uint8Array | undefined;
  /** The transfer whose data has not come whole. */
  #submit: { readonly command: SubmitCommand; readonly data: Uint8Array; filled: number } | undefined;

  /** Whether a message has begun and not ended. */
  get isWithinMessage(): boolean {
    return this.#bytes.length > 0 || this.#submit !== undefined;
  }

  push(chunk: Uint8Array): void {
    this.#bytes.push(chunk);
  }

  /** The first request of a connection; undefined until it is whole. */
  nextOperation(): UsbipOperation | undefined {
    this.#operation ??= this.#bytes.take(OPERATION_BYTES);
    if (this.#operation === undefined) return undefined;
    const code = operationCodeOf(this.#operation);
    if (code === OperationCode.REQUEST_DEVICE_LIST) return { kind: 'device list' };
    const rest = this.#bytes.take(IMPORT_REQUEST_BYTES - OPERATION_BYTES);
    return rest && { kind: 'import', busId: busIdOf(this.#operation, rest) };
  }

  /** The next request after the import; undefined until it is whole. */
  nextRequest(): UsbipRequest | undefined {
    if (this.#submit === undefined) {
      const header = this.#bytes.take(HEADER_BYTES);
      if (header === undefined) return undefined;
      const request = parseRequestHeader(header);
      if (request.kind === 'unlink') return request;
      const { command } = request;
      const length = command.direction === UsbipDirection.OUT ? command.transferLength : 0;
      const whole = this.#bytes.take(length);
      if (whole !== undefined) return { kind: 'submit', command, data: whole };
      // One buffer from the start: a client that sends byte by byte must not make us keep a list of single bytes.
      this.#submit = { command, data: new Uint8Array(length), filled: 0 };
    }
    const submit = this.#submit;
    submit.filled += this.#bytes.moveInto(submit.data, submit.filled);
    if (submit.filled < submit.data.length) return undefined;
    this.#submit = undefined;
    return { kind: 'submit', command: submit.command, data: submit.data };
  }
}

/** The 48 bytes of a request; its data follows. Throws {@link UsbipError}. */
export function parseRequestHeader(
  header: Uint8Array,
):
  | { readonly kind: 'submit'; readonly command: SubmitCommand }
  | { readonly kind: 'unlink'; readonly command: UnlinkCommand } {
  const { command: code } = basicHeader.decode(header);
  if (code === UsbipCommand.UNLINK) return { kind: 'unlink', command: unlinkCommand.decode(header) };
  if (code !== UsbipCommand.SUBMIT) throw broken(`${code} is no request (1 is a transfer, 2 its unlinking)`);
  const command = submitCommand.decode(header);
  const { direction, endpoint, transferLength, packetCount } = command;
  if (direction !== UsbipDirection.IN && direction !== UsbipDirection.OUT) throw broken(`${direction} is no direction`);
  if (endpoint > HIGHEST_ENDPOINT) throw broken(`${endpoint} is no endpoint number, the highest is 15`);
  if (packetCount !== 0 && packetCount !== NOT_ISOCHRONOUS) {
    throw broken(`an isochronous transfer of ${packetCount} packets; this device has no such endpoint`);
  }
  if (transferLength > MAX_TRANSFER_BYTES) {
    throw broken(`a transfer of ${transferLength} bytes; the limit is ${MAX_TRANSFER_BYTES}`);
  }
  return { kind: 'submit', command };
}

/** Throws {@link UsbipError} for another version, or what is no request. */
function operationCodeOf(bytes: Uint8Array): number {
  const { version, code } = operationHeader.decode(bytes);
  if (version !== USBIP_VERSION) {
    throw broken(`USB/IP version ${version.toString(16)}h; this side speaks ${USBIP_VERSION.toString(16)}h`);
  }
  if (code !== OperationCode.REQUEST_DEVICE_LIST && code !== OperationCode.REQUEST_IMPORT) {
    throw broken(`${code.toString(16)}h is no operation (8003h is an import, 8005h the device list)`);
  }
  return code;
}

function busIdOf(head: Uint8Array, rest: Uint8Array): string {
  try {
    return importRequest.decode(Buffer.concat([head, rest])).busId;
  } catch (cause) {
    if (!(cause instanceof ScsiFormatError)) throw cause;
    throw broken('a bus id without its closing zero byte', { cause });
  }
}

function broken(what: string, options?: ErrorOptions): UsbipError {
  return new UsbipError('USBIP_PROTOCOL', `The USB/IP client sent ${what}`, options);
}
