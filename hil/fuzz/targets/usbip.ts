import {
  exportedDevice,
  exportedInterface,
  importRequest,
  operationHeader,
  OperationCode,
  submitCommand,
  submitReply,
  unlinkCommand,
  unlinkReply,
  UsbipDirection,
} from '../../../devices/transport/usbip/usbip-pdu.js';
import { parseRequestHeader, UsbipRequestReader } from '../../../devices/transport/usbip/usbip-requests.js';
import { fixtures } from '../fixtures.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { inputOf } from '../input-reader.js';

/** Bus 1, device 2, as the server here has it. */
export const DEVICE_ID = 0x1_0002;

/** What comes over a USB/IP connection. */
export function usbipTargets(): FuzzTarget[] {
  return [
    {
      name: 'usbip-client-stream',
      seeds: () => [clientStream(), ...fixtures(/usbip\/(import|list)-request/)],
      take: readInPieces,
      codes: ['USBIP_PROTOCOL'],
      cost: 'parser',
    },
    {
      name: 'usbip-request-header',
      seeds: () => [submit(1, 2, UsbipDirection.OUT, 31), unlink(2, 1)],
      take: (bytes) => parseRequestHeader(bytes),
      codes: ['USBIP_PROTOCOL', 'SHORT_DATA'],
      cost: 'parser',
    },
    {
      name: 'usbip-replies',
      seeds: () => fixtures(/usbip\//),
      take: (bytes) => {
        for (const one of [operationHeader, importRequest, exportedInterface, submitReply, unlinkReply]) {
          if (bytes.length >= one.length) decodeQuietly(() => one.decode(bytes));
        }
        return exportedDevice.decode(bytes);
      },
      codes: ['SHORT_DATA', 'CONTRADICTION'],
      cost: 'parser',
    },
  ];
}

export function submit(
  sequenceNumber: number,
  endpoint: number,
  direction: UsbipDirection,
  transferLength: number,
  setup?: Uint8Array,
): Uint8Array {
  const header = { sequenceNumber, deviceId: DEVICE_ID, endpoint, direction, transferLength };
  return submitCommand.encode({ ...header, ...(setup === undefined ? {} : { setup }) });
}

export function unlink(sequenceNumber: number, unlinkSequenceNumber: number): Uint8Array {
  return unlinkCommand.encode({ sequenceNumber, deviceId: DEVICE_ID, unlinkSequenceNumber });
}

export function importOf(busId: string): Uint8Array {
  return importRequest.encode({ code: OperationCode.REQUEST_IMPORT, busId });
}

function clientStream(): Uint8Array {
  return inputOf(
    importOf('1-1'),
    submit(1, 0, UsbipDirection.IN, 18, Uint8Array.of(0x80, 6, 0, 1, 0, 0, 18, 0)),
    submit(2, 2, UsbipDirection.OUT, 31),
    new Uint8Array(31),
    submit(3, 1, UsbipDirection.IN, 36),
    unlink(4, 3),
  );
}

/** Where the reads end, the bytes themselves say, so that a found input stays found. */
function readInPieces(bytes: Uint8Array): void {
  const reader = new UsbipRequestReader();
  let isImported = false;
  for (let at = 0; at < bytes.length;) {
    const length = 1 + ((bytes[at] ?? 0) % 61);
    reader.push(bytes.subarray(at, at + length));
    at += length;
    if (!isImported) isImported = reader.nextOperation()?.kind === 'import';
    if (isImported) while (reader.nextRequest() !== undefined);
  }
}

function decodeQuietly(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'CONTRADICTION')) throw error;
  }
}
