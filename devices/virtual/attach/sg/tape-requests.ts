import { int32Le, layout, optional, uint64Le, uintLe, type Input, type Value } from '../../../scsi/layout.js';

/** ioctl requests of tape drives (linux include/uapi/linux/mtio.h), as 64-bit programs number them. */
export const TapeRequest = {
  /** An operation and how often. */
  MTIOCTOP: 0x4008_6d01,
  MTIOCGET: 0x8030_6d02,
  MTIOCPOS: 0x8008_6d03,
} as const;
export type TapeRequest = (typeof TapeRequest)[keyof typeof TapeRequest];

/** Operations of MTIOCTOP. */
export const TapeOperation = {
  MTRESET: 0,
  MTFSF: 1,
  MTBSF: 2,
  MTFSR: 3,
  MTBSR: 4,
  MTWEOF: 5,
  MTREW: 6,
  MTOFFL: 7,
  MTNOP: 8,
  MTRETEN: 9,
  /** Backward over filemarks, then to the end side of the last one; and forward, to the beginning side. */
  MTBSFM: 10,
  MTFSFM: 11,
  MTEOM: 12,
  MTERASE: 13,
  MTSETBLK: 20,
  MTSETDENSITY: 21,
  MTSEEK: 22,
  MTLOCK: 28,
  MTUNLOCK: 29,
  MTLOAD: 30,
  MTUNLOAD: 31,
  MTCOMPRESSION: 32,
  /** MTWEOF that does not wait for the medium. */
  MTWEOFI: 35,
} as const;
export type TapeOperation = (typeof TapeOperation)[keyof typeof TapeOperation];

const operation = layout('mtop', 8, { operation: uintLe(0, 2), count: int32Le(4) });
export const tapeOperationLength = operation.length;
export const decodeTapeOperation = (bytes: Uint8Array): Value<typeof operation> => operation.decode(bytes);

const status = layout('mtget', 48, {
  type: uint64Le(0),
  /** What the last operation left undone; the bytes hold a signed number. */
  residue: optional(uint64Le(8), 0n),
  /** Density code in the highest byte of 32 bits, block length below. */
  deviceRegister: uintLe(16, 6),
  generalStatus: uintLe(24, 6),
  errorRegister: optional(uint64Le(32), 0n),
  /** Filemarks before the position, and blocks since; -1 when nobody knows. */
  fileNumber: int32Le(40),
  blockNumber: int32Le(44),
});
export const encodeTapeStatus = (value: Input<typeof status>): Uint8Array => status.encode(value);

/** MT_ISSCSI2: the `type` of every drive that st serves. */
export const scsi2Type = 0x72n;

/** Bits of `generalStatus`. */
export const GeneralStatus = {
  EOF: 0x8000_0000,
  BOT: 0x4000_0000,
  EOT: 0x2000_0000,
  EOD: 0x0800_0000,
  WRITE_PROTECTED: 0x0400_0000,
  ONLINE: 0x0100_0000,
  /** No medium. */
  DOOR_OPEN: 0x0004_0000,
  IMMEDIATE_REPORT: 0x0001_0000,
} as const;
export type GeneralStatus = (typeof GeneralStatus)[keyof typeof GeneralStatus];
