import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { bits, flag, layout, optional, uint8, uint16, uint24, type Input, type Value } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** MODE of READ BUFFER and WRITE BUFFER (SPC-4), as far as it is used here. */
export const BufferMode = {
  COMBINED_HEADER_AND_DATA: 0x00,
  DATA: 0x02,
  /** READ BUFFER only. */
  DESCRIPTOR: 0x03,
  ECHO_BUFFER: 0x0a,
  /** READ BUFFER only. */
  ECHO_BUFFER_DESCRIPTOR: 0x0b,
} as const;
export type BufferMode = (typeof BufferMode)[keyof typeof BufferMode];

/** READ BUFFER(10) (SPC-4). */
const readBuffer = cdbLayout('READ BUFFER', OperationCode.READ_BUFFER, 10, {
  mode: bits(1, 4, 0),
  bufferId: optional(uint8(2), 0),
  bufferOffset: optional(uint24(3), 0),
  allocationLength: uint24(6),
});

/** WRITE BUFFER (SPC-4). */
const writeBuffer = cdbLayout('WRITE BUFFER', OperationCode.WRITE_BUFFER, 10, {
  modeSpecific: optional(bits(1, 7, 5), 0),
  mode: bits(1, 4, 0),
  bufferId: optional(uint8(2), 0),
  bufferOffset: optional(uint24(3), 0),
  parameterListLength: uint24(6),
});

export type ReadBufferParams = CdbParams<typeof readBuffer>;
export const readBufferCdb = (params: ReadBufferParams): Uint8Array => readBuffer.build(params);
export const parseReadBufferCdb = (cdb: Uint8Array): CdbValue<typeof readBuffer> => readBuffer.parse(cdb);
export type WriteBufferParams = CdbParams<typeof writeBuffer>;
export const writeBufferCdb = (params: WriteBufferParams): Uint8Array => writeBuffer.build(params);
export const parseWriteBufferCdb = (cdb: Uint8Array): CdbValue<typeof writeBuffer> => writeBuffer.parse(cdb);

const header = layout('READ BUFFER header', 4, { bufferCapacity: uint24(1) });
export const encodeBufferHeader = (bufferCapacity: number): Uint8Array => header.encode({ bufferCapacity });
export const decodeBufferHeader = (bytes: Uint8Array): Value<typeof header> => header.decode(bytes);
export const bufferHeaderLength = header.length;

/** Offsets must be multiples of 2 to the power of `offsetBoundary`; FFh: only offset 0. */
const descriptor = layout('READ BUFFER descriptor', 4, { offsetBoundary: uint8(0), bufferCapacity: uint24(1) });
export type BufferDescriptor = Value<typeof descriptor>;
export const encodeBufferDescriptor = (value: Input<typeof descriptor>): Uint8Array => descriptor.encode(value);
export const decodeBufferDescriptor = (bytes: Uint8Array): BufferDescriptor => descriptor.decode(bytes);

const echoDescriptor = layout('echo buffer descriptor', 4, {
  /** EBOS: what one nexus echoes is never another one's, or the device says that it was overwritten. */
  overwrittenSupported: flag(0, 0),
  bufferCapacity: uint16(2),
});
export type EchoBufferDescriptor = Value<typeof echoDescriptor>;
export const encodeEchoBufferDescriptor = (value: Input<typeof echoDescriptor>): Uint8Array =>
  echoDescriptor.encode(value);
export const decodeEchoBufferDescriptor = (bytes: Uint8Array): EchoBufferDescriptor => echoDescriptor.decode(bytes);
