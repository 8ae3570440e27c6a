import type { Errno } from './errno.js';

/** A piece of the calling program's memory. */
export interface MemoryBlock {
  readonly address: bigint;
  readonly length: number;
}

/** The memory of the program that waits in a call. */
export interface ProgramMemory {
  /**
   * The bytes of each block, in order. Rejects with {@link ProgramGoneError}. The caller bounds the lengths; an address that
   * is not the program's ends that program.
   */
  read(blocks: readonly MemoryBlock[]): Promise<readonly Uint8Array[]>;
}

/** How a call ends: what is written into the program's memory, then what the call returns. */
export interface CallAnswer {
  /** -1 goes with an `errno`. */
  readonly result: number;
  readonly errno?: Errno;
  readonly writes?: readonly { readonly address: bigint; readonly bytes: Uint8Array }[];
}

export const refused = (errno: Errno): CallAnswer => ({ result: -1, errno });

/** One open file of a device, as its driver sees it. */
export interface DriverFile {
  /** ioctl(2). */
  control(request: number, argument: bigint, memory: ProgramMemory): Promise<CallAnswer>;
  /** read(2) into `length` bytes at `address`. */
  read(address: bigint, length: bigint): Promise<CallAnswer>;
  /** write(2). */
  write(address: bigint, length: bigint, memory: ProgramMemory): Promise<CallAnswer>;
  /** close(2), or the program's end. Never rejects. */
  close(): Promise<void>;
}

/** The program ended in the middle of a call. */
export class ProgramGoneError extends Error {
  override readonly name = 'ProgramGoneError';
  readonly code = 'program-gone';
}
