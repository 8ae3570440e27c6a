import { int32Le, layout, optional, uint8, uint64Le, uintLe, type Input, type Value } from '../../scsi/layout.js';

/**
 * `struct sg_io_hdr`, interface 3 (linux include/scsi/sg.h), as 64-bit little-endian programs lay it out: what a program hands
 * to ioctl SG_IO, and what the kernel hands back in the same bytes. Pointers are addresses in that program's memory.
 */
const sgIoHeader = layout('sg_io_hdr', 88, {
  /** `S` for a command; anything else is another interface. */
  interfaceId: optional(int32Le(0), 0x53),
  dxferDirection: int32Le(4),
  cmdLen: uint8(8),
  /** Room for sense data, in bytes. */
  mxSbLen: optional(uint8(9), 0),
  /** Not 0: `dxferp` points to that many pairs of address and length. */
  iovecCount: optional(uintLe(10, 2), 0),
  dxferLen: optional(uintLe(12, 4), 0),
  dxferp: optional(uint64Le(16), 0n),
  cmdp: uint64Le(24),
  sbp: optional(uint64Le(32), 0n),
  /** Milliseconds; the largest value means none. */
  timeout: optional(uintLe(40, 4), 0),
  flags: optional(uintLe(44, 4), 0),
  packId: optional(int32Le(48), 0),
  usrPtr: optional(uint64Le(56), 0n),
  /** From here on the kernel writes. SAM status. */
  status: optional(uint8(64), 0),
  /** The status as SCSI-1 counted: without its lowest bit. */
  maskedStatus: optional(uint8(65), 0),
  msgStatus: optional(uint8(66), 0),
  /** Bytes of sense data that were written. */
  sbLenWr: optional(uint8(67), 0),
  hostStatus: optional(uintLe(68, 2), 0),
  driverStatus: optional(uintLe(70, 2), 0),
  /** How much less was moved than `dxferLen` says. */
  resid: optional(int32Le(72), 0),
  /** Milliseconds that the command took. */
  duration: optional(uintLe(76, 4), 0),
  info: optional(uintLe(80, 4), 0),
});

export type SgIoHeader = Value<typeof sgIoHeader>;
export type SgIoHeaderInput = Input<typeof sgIoHeader>;

export const sgIoHeaderLength = sgIoHeader.length;

/** Throws `SHORT_DATA`. Any 88 bytes are a header; whether it makes sense is for the reader to judge. */
export const decodeSgIoHeader = (bytes: Uint8Array): SgIoHeader => sgIoHeader.decode(bytes);
/** Throws `OUT_OF_RANGE`. */
export const encodeSgIoHeader = (header: SgIoHeaderInput): Uint8Array => sgIoHeader.encode(header);

/** Values of `dxferDirection`. */
export const DxferDirection = {
  NONE: -1,
  TO_DEV: -2,
  FROM_DEV: -3,
  /** As FROM_DEV, after the kernel has taken what is in the buffer. */
  TO_FROM_DEV: -4,
  UNKNOWN: -5,
} as const;
export type DxferDirection = (typeof DxferDirection)[keyof typeof DxferDirection];

/** The largest `timeout`, which the kernel takes for none. */
export const noTimeout = 0xffff_ffff;

/** `hostStatus`: what became of a command on its way (linux include/scsi/scsi_status.h, `DID_`). */
export const HostStatus = {
  OK: 0x00,
  NO_CONNECT: 0x01,
  BUS_BUSY: 0x02,
  TIME_OUT: 0x03,
  BAD_TARGET: 0x04,
  ABORT: 0x05,
  PARITY: 0x06,
  ERROR: 0x07,
  RESET: 0x08,
  BAD_INTR: 0x09,
  PASSTHROUGH: 0x0a,
  SOFT_ERROR: 0x0b,
  IMM_RETRY: 0x0c,
  REQUEUE: 0x0d,
  TRANSPORT_DISRUPTED: 0x0e,
  TRANSPORT_FAILFAST: 0x0f,
  TARGET_FAILURE: 0x10,
  NEXUS_FAILURE: 0x11,
  ALLOC_FAILURE: 0x12,
  MEDIUM_ERROR: 0x13,
  TRANSPORT_MARGINAL: 0x14,
} as const;
export type HostStatus = (typeof HostStatus)[keyof typeof HostStatus];

/** The kernel's name of a host status, or its number. */
export function hostStatusName(hostStatus: number): string {
  const found = Object.entries(HostStatus).find(([, value]) => value === hostStatus);
  return found === undefined ? `host status ${hostStatus.toString(16).padStart(2, '0')}h` : `DID_${found[0]}`;
}

/** `driverStatus`, its low four bits: what the kernel's own drivers had to say. */
export const DriverStatus = {
  OK: 0x00,
  BUSY: 0x01,
  SOFT: 0x02,
  MEDIA: 0x03,
  ERROR: 0x04,
  INVALID: 0x05,
  TIMEOUT: 0x06,
  HARD: 0x07,
  /** No failure: sense data are there. */
  SENSE: 0x08,
} as const;
export type DriverStatus = (typeof DriverStatus)[keyof typeof DriverStatus];

/** The high bits of `driverStatus` are a suggestion of old kernels. */
export const driverStatusMask = 0x0f;

/** `info`, bit 0: something in the answer needs a look. */
export const sgInfoCheck = 0x01;

const iovec = layout('sg_iovec', 16, { address: uint64Le(0), length: uint64Le(8) });
export const iovecLength = iovec.length;

/** The list behind `dxferp` when `iovecCount` is not 0. Throws `SHORT_DATA`. */
export function decodeIovecs(bytes: Uint8Array, count: number): readonly Value<typeof iovec>[] {
  return Array.from({ length: count }, (_, at) => iovec.decode(bytes, at * iovec.length));
}
