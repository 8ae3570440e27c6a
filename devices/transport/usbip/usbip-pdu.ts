import { ScsiFormatError } from '../../scsi/format-error.js';
import { layout, octets, optional, uint16, uint32, uint8, type Field, type Value } from '../../scsi/layout.js';

/**
 * USB/IP as the Linux kernel's Documentation/usb/usbip_protocol.rst has it, version 1.1.1: big-endian, one layout a message, for
 * both directions. A connection begins with one operation (list or import); after an import come requests of USB transfers.
 */
export const USBIP_VERSION = 0x0111;
/** The port that clients try by themselves. */
export const USBIP_PORT = 3240;

export const OperationCode = {
  REQUEST_DEVICE_LIST: 0x8005,
  REPLY_DEVICE_LIST: 0x0005,
  REQUEST_IMPORT: 0x8003,
  REPLY_IMPORT: 0x0003,
} as const;
export type OperationCode = (typeof OperationCode)[keyof typeof OperationCode];

/** Status of a reply: 0 for done, 1 for an error. */
export const OperationStatus = { OK: 0, ERROR: 1 } as const;
export type OperationStatus = (typeof OperationStatus)[keyof typeof OperationStatus];

export const UsbipCommand = { SUBMIT: 1, UNLINK: 2, SUBMIT_REPLY: 3, UNLINK_REPLY: 4 } as const;
export type UsbipCommand = (typeof UsbipCommand)[keyof typeof UsbipCommand];

export const UsbipDirection = { OUT: 0, IN: 1 } as const;
export type UsbipDirection = (typeof UsbipDirection)[keyof typeof UsbipDirection];

/** enum usb_device_speed of the kernel. */
export const UsbipSpeed = { low: 1, full: 2, high: 3, super: 5, superPlus: 6 } as const;

/** Status of a transfer: a negative errno of Linux, whatever system the server runs on. */
export const UsbipStatus = {
  DONE: 0,
  /** A stall. */
  EPIPE: -32,
  /** Unlinked. */
  ECONNRESET: -104,
  /** A short read where the client wanted none (URB_SHORT_NOT_OK). */
  EREMOTEIO: -121,
} as const;
export type UsbipStatus = (typeof UsbipStatus)[keyof typeof UsbipStatus];

/** transfer_flags: a short read is an error. */
export const URB_SHORT_NOT_OK = 0x0001;
/** number_of_packets of a transfer that is not isochronous; the kernel sends 0, too. */
export const NOT_ISOCHRONOUS = 0xffff_ffff;

export const OPERATION_BYTES = 8;
export const IMPORT_REQUEST_BYTES = 40;
export const HEADER_BYTES = 48;

/** Begins OP_REQ_* and OP_REP_*. */
export const operationHeader = layout('USB/IP operation', OPERATION_BYTES, {
  version: optional(uint16(0), USBIP_VERSION),
  code: uint16(2),
  status: optional(uint32(4), OperationStatus.OK),
});

/** OP_REQ_IMPORT */
export const importRequest = layout('USB/IP import request', IMPORT_REQUEST_BYTES, {
  version: optional(uint16(0), USBIP_VERSION),
  code: optional(uint16(2), OperationCode.REQUEST_IMPORT),
  status: optional(uint32(4), OperationStatus.OK),
  busId: zeroTerminated(8, 32),
});

/** One device of OP_REP_DEVLIST, and the body of OP_REP_IMPORT. */
export const exportedDevice = layout('USB/IP exported device', 312, {
  path: zeroTerminated(0, 256),
  busId: zeroTerminated(256, 32),
  busNumber: uint32(288),
  deviceNumber: uint32(292),
  /** {@link UsbipSpeed} */
  speed: uint32(296),
  vendorId: uint16(300),
  productId: uint16(302),
  deviceVersion: uint16(304),
  deviceClass: uint8(306),
  deviceSubClass: uint8(307),
  deviceProtocol: uint8(308),
  configurationValue: uint8(309),
  configurationCount: uint8(310),
  interfaceCount: uint8(311),
});
export type ExportedDevice = Value<typeof exportedDevice>;

/** Follows a device of OP_REP_DEVLIST, once for each interface. */
export const exportedInterface = layout('USB/IP exported interface', 4, {
  interfaceClass: uint8(0),
  interfaceSubClass: uint8(1),
  interfaceProtocol: uint8(2),
});
export type ExportedInterface = Value<typeof exportedInterface>;

/** usbip_header_basic; device id, direction and endpoint are 0 in what a server sends. */
const basic = {
  command: uint32(0),
  sequenceNumber: uint32(4),
  deviceId: optional(uint32(8), 0),
  direction: optional(uint32(12), 0),
  endpoint: optional(uint32(16), 0),
};

export const basicHeader = layout('USB/IP header', HEADER_BYTES, basic);

/** USBIP_CMD_SUBMIT; data to the device follows. */
export const submitCommand = layout('USBIP_CMD_SUBMIT', HEADER_BYTES, {
  ...basic,
  command: optional(uint32(0), UsbipCommand.SUBMIT),
  transferFlags: optional(uint32(20), 0),
  transferLength: uint32(24),
  startFrame: optional(uint32(28), 0),
  packetCount: optional(uint32(32), NOT_ISOCHRONOUS),
  interval: optional(uint32(36), 0),
  setup: optional(octets(40, 8), new Uint8Array(8)),
});
export type SubmitCommand = Value<typeof submitCommand>;

/** USBIP_CMD_UNLINK */
export const unlinkCommand = layout('USBIP_CMD_UNLINK', HEADER_BYTES, {
  ...basic,
  command: optional(uint32(0), UsbipCommand.UNLINK),
  unlinkSequenceNumber: uint32(20),
});
export type UnlinkCommand = Value<typeof unlinkCommand>;

/** USBIP_RET_SUBMIT; data from the device follows, `actualLength` bytes of it. */
export const submitReply = layout('USBIP_RET_SUBMIT', HEADER_BYTES, {
  ...basic,
  command: optional(uint32(0), UsbipCommand.SUBMIT_REPLY),
  status: signed32(20),
  actualLength: uint32(24),
  startFrame: optional(uint32(28), 0),
  packetCount: optional(uint32(32), NOT_ISOCHRONOUS),
  errorCount: optional(uint32(36), 0),
});

/** USBIP_RET_UNLINK; 0 when the transfer had ended before. */
export const unlinkReply = layout('USBIP_RET_UNLINK', HEADER_BYTES, {
  ...basic,
  command: optional(uint32(0), UsbipCommand.UNLINK_REPLY),
  status: signed32(20),
});

export function encodeDeviceList(
  devices: readonly { readonly device: ExportedDevice; readonly interfaces: readonly ExportedInterface[] }[],
): Uint8Array {
  const count = new Uint8Array(4);
  uint32(0).write(count, 0, devices.length);
  return Uint8Array.from(
    Buffer.concat([
      operationHeader.encode({ code: OperationCode.REPLY_DEVICE_LIST }),
      count,
      ...devices.flatMap(({ device, interfaces }) => [
        exportedDevice.encode({ ...device, interfaceCount: interfaces.length }),
        ...interfaces.map((one) => exportedInterface.encode(one)),
      ]),
    ]),
  );
}

/** Without a device: the import is refused. */
export function encodeImportReply(device: ExportedDevice | undefined): Uint8Array {
  const code = OperationCode.REPLY_IMPORT;
  if (device === undefined) return operationHeader.encode({ code, status: OperationStatus.ERROR });
  return Uint8Array.from(Buffer.concat([operationHeader.encode({ code }), exportedDevice.encode(device)]));
}

/** Text closed with a zero byte. */
function zeroTerminated(byte: number, size: number): Field<string> {
  return {
    byte,
    read(bytes, at) {
      const field = bytes.subarray(at, at + size);
      const end = field.indexOf(0);
      if (end === -1) {
        throw new ScsiFormatError('CONTRADICTION', 'USB/IP text', byte, `no zero byte closes its ${size} bytes`);
      }
      return Buffer.from(field.subarray(0, end)).toString('latin1');
    },
    write(bytes, at, value) {
      const text = Buffer.from(value, 'latin1');
      if (text.length >= size) throw new RangeError(`"${value}" is longer than ${size - 1} characters`);
      bytes.set(text, at);
    },
  };
}

/** Two's complement, as an errno comes. */
function signed32(byte: number): Field<number> {
  const unsigned = uint32(byte);
  return {
    byte,
    read: (bytes, at) => unsigned.read(bytes, at) | 0,
    write(bytes, at, value) {
      unsigned.write(bytes, at, value < 0 ? value + 2 ** 32 : value);
    },
  };
}
