import { layout, optional, uint64Le, type Value } from '../../../scsi/layout.js';

/**
 * What umockdev's preloaded library and the process behind a device's socket tell each other (umockdev 0.16 and later): three
 * 64-bit numbers, little-endian here, and memory as plain bytes behind some of them.
 */
const message = layout('umockdev message', 24, {
  kind: uint64Le(0),
  first: optional(uint64Le(8), 0n),
  second: optional(uint64Le(16), 0n),
});

export type UmockdevMessage = Value<typeof message>;
export const umockdevMessageLength = message.length;

/** `kind`. */
export const MessageKind = {
  /** From the program: ioctl; request number, argument. */
  IOCTL: 1n,
  /** To it: the call has ended; its result and errno. */
  DONE: 3n,
  /** To it: send so many bytes from this address. */
  READ_MEMORY: 5n,
  /** To it: keep the bytes that follow at this address; address, length. */
  WRITE_MEMORY: 6n,
  /** From the program: read(2) or write(2); address and length of its buffer. */
  READ: 7n,
  WRITE: 8n,
} as const;
export type MessageKind = (typeof MessageKind)[keyof typeof MessageKind];

/** Throws `SHORT_DATA`. */
export const decodeUmockdevMessage = (bytes: Uint8Array): UmockdevMessage => message.decode(bytes);

export function encodeUmockdevMessage(kind: MessageKind, first: bigint, second: bigint): Uint8Array {
  // A result of -1 is a negative number in the same 64 bits.
  return message.encode({ kind, first: BigInt.asUintN(64, first), second: BigInt.asUintN(64, second) });
}
