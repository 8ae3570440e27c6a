import koffi from 'koffi';

import { senseRoom, type SgIoRequest } from './sg-calls.js';
import { DxferDirection, encodeSgIoHeader, sgIoHeaderLength } from './sg-io-header.js';

/** Where each part lies in one allocation; the data come last. */
const cdbAt = 96;
const senseAt = 352;
const dataAt = 608;

/**
 * Memory for one command, outside of the garbage collector's reach: the kernel writes to these addresses while JavaScript goes
 * on. It is kept for the next command of the same file.
 */
export class CallBuffers {
  #pointer: unknown;
  #address = 0n;
  #bytes = new Uint8Array(0);

  /** Puts a command together; the address of its header. */
  fill({ cdb, dataInLength, dataOut, timeoutMs }: SgIoRequest): unknown {
    const dataLength = Math.max(dataInLength, dataOut.length);
    this.#reserve(dataAt + dataLength);
    const header = encodeSgIoHeader({
      dxferDirection: directionOf(dataInLength, dataOut.length),
      cmdLen: cdb.length,
      cmdp: this.#address + BigInt(cdbAt),
      mxSbLen: senseRoom,
      sbp: this.#address + BigInt(senseAt),
      dxferLen: dataLength,
      dxferp: dataLength === 0 ? 0n : this.#address + BigInt(dataAt),
      timeout: timeoutMs,
    });
    this.#bytes.set(header, 0);
    this.#bytes.set(cdb, cdbAt);
    if (dataOut.length > 0) this.#bytes.set(dataOut, dataAt);
    // What a device does not send shall not be what another command left.
    else this.#bytes.fill(0, dataAt, dataAt + dataLength);
    return this.#pointer;
  }

  /** The address of a C `int`. */
  fillInt(value: number): unknown {
    this.#reserve(dataAt);
    new DataView(this.#bytes.buffer).setInt32(0, value, true);
    return this.#pointer;
  }

  get header(): Uint8Array {
    return this.#bytes.slice(0, sgIoHeaderLength);
  }

  sense(length: number): Uint8Array {
    return this.#bytes.slice(senseAt, senseAt + Math.min(length, senseRoom));
  }

  dataIn(length: number): Uint8Array {
    return this.#bytes.slice(dataAt, dataAt + length);
  }

  free(): void {
    if (this.#pointer !== undefined) koffi.free(this.#pointer);
    this.#pointer = undefined;
    this.#bytes = new Uint8Array(0);
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    this.free();
    this.#pointer = koffi.alloc('uint8_t', length);
    this.#address = koffi.address(this.#pointer);
    this.#bytes = new Uint8Array(koffi.view(this.#pointer, length));
  }
}

function directionOf(dataInLength: number, dataOutLength: number): DxferDirection {
  if (dataInLength > 0) return DxferDirection.FROM_DEV;
  return dataOutLength > 0 ? DxferDirection.TO_DEV : DxferDirection.NONE;
}
