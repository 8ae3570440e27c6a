import { AdditionalSense } from '../scsi/asc-ascq.js';
import { OperationCode } from '../scsi/opcodes.js';
import {
  BufferMode,
  bufferHeaderLength,
  encodeBufferDescriptor,
  encodeBufferHeader,
  encodeEchoBufferDescriptor,
  parseReadBufferCdb,
  parseWriteBufferCdb,
} from '../scsi/spc/read-write-buffer.js';
import { illegalRequest, invalidFieldInCdb } from './check-condition.js';
import type { Command, CommandTable } from './device-server.js';
import type { NexusState } from './nexus-table.js';
import { cutTo } from './primary-commands.js';

/** The data buffer, number 0, and each nexus's echo buffer. */
const CAPACITY = 0x1_0000;
const ECHO_CAPACITY = 0x1000;

/**
 * READ BUFFER and WRITE BUFFER (SPC-4): one buffer for testing the path to the unit, and an echo buffer for each nexus.
 * Other modes, microcode above all, are refused.
 */
export function bufferCommands(): CommandTable {
  // Most units never see the command: the bytes are made with the first.
  let buffer: Uint8Array | undefined;
  const content = (): Uint8Array => (buffer ??= new Uint8Array(CAPACITY));
  const echoes = new WeakMap<NexusState, Uint8Array>();

  const readBuffer: Command = {
    run({ cdb }, nexus) {
      const { mode, bufferId, bufferOffset, allocationLength } = parseReadBufferCdb(cdb);
      switch (mode) {
        case BufferMode.COMBINED_HEADER_AND_DATA: {
          checkBuffer(bufferId, bufferOffset);
          const data = new Uint8Array(bufferHeaderLength + CAPACITY - bufferOffset);
          data.set(encodeBufferHeader(CAPACITY));
          data.set(content().subarray(bufferOffset), bufferHeaderLength);
          return cutTo(allocationLength, data);
        }
        case BufferMode.DATA:
          checkBuffer(bufferId, bufferOffset);
          return content().slice(bufferOffset, bufferOffset + allocationLength);
        case BufferMode.DESCRIPTOR: {
          // A buffer that there is not has no capacity (SPC-4).
          const bufferCapacity = bufferId === 0 ? CAPACITY : 0;
          return cutTo(allocationLength, encodeBufferDescriptor({ offsetBoundary: 0, bufferCapacity }));
        }
        case BufferMode.ECHO_BUFFER: {
          const echo = echoes.get(nexus);
          if (echo === undefined) throw illegalRequest(AdditionalSense.COMMAND_SEQUENCE_ERROR);
          return cutTo(allocationLength, echo.slice());
        }
        case BufferMode.ECHO_BUFFER_DESCRIPTOR:
          return cutTo(
            allocationLength,
            encodeEchoBufferDescriptor({ overwrittenSupported: true, bufferCapacity: ECHO_CAPACITY }),
          );
        default:
          throw invalidFieldInCdb(1, 4);
      }
    },
  };

  const writeBuffer: Command = {
    run({ cdb, dataOut }, nexus) {
      const { mode, modeSpecific, bufferId, bufferOffset, parameterListLength } = parseWriteBufferCdb(cdb);
      if (modeSpecific !== 0) throw invalidFieldInCdb(1, 7);
      if (dataOut.length < parameterListLength) throw illegalRequest(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
      const list = dataOut.subarray(0, parameterListLength);
      switch (mode) {
        case BufferMode.COMBINED_HEADER_AND_DATA: {
          checkBuffer(bufferId, bufferOffset);
          if (list.length === 0) return undefined;
          if (list.length < bufferHeaderLength) throw illegalRequest(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
          write(content(), bufferOffset, list.subarray(bufferHeaderLength));
          return undefined;
        }
        case BufferMode.DATA:
          checkBuffer(bufferId, bufferOffset);
          write(content(), bufferOffset, list);
          return undefined;
        case BufferMode.ECHO_BUFFER:
          if (list.length > ECHO_CAPACITY) throw invalidFieldInCdb(6);
          if (list.length > 0) echoes.set(nexus, list.slice());
          return undefined;
        default:
          throw invalidFieldInCdb(1, 4);
      }
    },
  };

  return new Map([
    [OperationCode.READ_BUFFER, readBuffer],
    [OperationCode.WRITE_BUFFER, writeBuffer],
  ]);
}

function checkBuffer(bufferId: number, bufferOffset: number): void {
  if (bufferId !== 0) throw invalidFieldInCdb(2);
  if (bufferOffset >= CAPACITY) throw invalidFieldInCdb(3);
}

function write(buffer: Uint8Array, offset: number, data: Uint8Array): void {
  if (offset + data.length > buffer.length) throw invalidFieldInCdb(6);
  buffer.set(data, offset);
}
