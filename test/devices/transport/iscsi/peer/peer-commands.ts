import { decodeLun } from '../../../../../devices/transport/lun.js';
import * as pdu from '../../../../../devices/transport/iscsi/pdu.js';
import type { ReceivedPdu } from '../../../../../devices/transport/iscsi/pdu-parser.js';
import {
  IscsiOpcode,
  RESERVED_TAG,
  TaskManagementFunction,
} from '../../../../../devices/transport/iscsi/protocol-values.js';
import type { ScsiTarget, ScsiTaskResult } from '../../../../../devices/transport/scsi-target.js';
import type { Behaviour, PeerConnection } from './peer-connection.js';
import { OutgoingDataCollector } from './peer-data-out.js';

type Command = ReturnType<typeof pdu.scsiCommand.decode>;

/** Full feature phase as a target should do it: commands go to `target`, without one they get GOOD. */
export function serveCommands(target: ScsiTarget | undefined): Behaviour {
  const collectors = new Map<number, OutgoingDataCollector>();
  const begin = (command: Command, cdb: Uint8Array, dataOut: Uint8Array, connection: PeerConnection): void => {
    collectors.delete(command.initiatorTaskTag);
    void perform(target, command, cdb, dataOut, connection);
  };
  return (received, connection) => {
    switch (received.opcode) {
      case IscsiOpcode.scsiCommand: {
        const command = pdu.scsiCommand.decode(received.bhs);
        countCommand(command, connection);
        const cdb = wholeCdb(command.cdb, received);
        connection.tasks.set(command.initiatorTaskTag, new AbortController());
        if (!command.write) begin(command, cdb, new Uint8Array(0), connection);
        else {
          const collector = new OutgoingDataCollector(command, connection, (dataOut) =>
            begin(command, cdb, dataOut, connection),
          );
          collectors.set(command.initiatorTaskTag, collector);
          collector.immediate(received.data);
        }
        return true;
      }
      case IscsiOpcode.dataOut: {
        const header = pdu.dataOut.decode(received.bhs);
        const collector = collectors.get(header.initiatorTaskTag);
        if (collector === undefined) connection.violation(`Data-Out for task ${header.initiatorTaskTag} without need`);
        collector?.receive(header, received.data);
        return true;
      }
      case IscsiOpcode.taskManagementRequest:
        void manage(target, received, connection);
        return true;
      case IscsiOpcode.nopOut: {
        const { initiatorTaskTag, lun } = pdu.nopOut.decode(received.bhs);
        if (initiatorTaskTag !== RESERVED_TAG) {
          connection.send(pdu.nopIn.encode({ lun, initiatorTaskTag, ...connection.takeSerials() }), received.data);
        }
        return true;
      }
      case IscsiOpcode.logoutRequest: {
        const { initiatorTaskTag } = pdu.logoutRequest.decode(received.bhs);
        connection.send(pdu.logoutResponse.encode({ initiatorTaskTag, ...connection.takeSerials() }));
        connection.socket.end();
        return true;
      }
      default:
        return false;
    }
  };
}

/** Takes note of a command's number, and of one that is out of order or beyond the window. */
export function countCommand(command: { cmdSn: number; immediate: boolean }, connection: PeerConnection): void {
  if (command.immediate) return;
  const { expCmdSn, maxCmdSn } = connection.commandSerials;
  if (command.cmdSn !== expCmdSn) connection.violation(`CmdSN ${command.cmdSn} came, ${expCmdSn} was due`);
  if (((command.cmdSn - maxCmdSn) | 0) > 0) connection.violation(`CmdSN ${command.cmdSn} is beyond ${maxCmdSn}`);
  connection.expCmdSn = (command.cmdSn + 1) >>> 0;
}

/** Sends data in as many Data-In PDUs as the initiator's limit asks for, the last with the status when it is GOOD. */
export function sendResult(command: Command, result: ScsiTaskResult, connection: PeerConnection): void {
  const { initiatorTaskTag } = command;
  connection.tasks.delete(initiatorTaskTag);
  const wanted = command.read ? command.expectedDataTransferLength : 0;
  const data = result.dataIn.subarray(0, wanted);
  const residual = {
    overflow: result.dataIn.length > wanted,
    underflow: command.read && result.dataIn.length < wanted,
    residualCount: command.read ? Math.abs(wanted - result.dataIn.length) : 0,
  };
  const withStatus = result.status === 0 && data.length > 0;
  let dataSn = 0;
  for (let offset = 0; offset < data.length; dataSn++) {
    const end = Math.min(offset + connection.initiatorMaxSegment, data.length);
    const last = end === data.length;
    const hasStatus = last && withStatus;
    connection.send(
      pdu.dataIn.encode({
        final: last,
        hasStatus,
        initiatorTaskTag,
        ...(hasStatus ? { ...residual, ...connection.takeSerials() } : connection.serials),
        dataSn,
        bufferOffset: offset,
      }),
      data.subarray(offset, end),
    );
    offset = end;
  }
  if (withStatus) return;
  const sense = result.sense.length === 0 ? result.sense : Buffer.concat([lengthOf(result.sense), result.sense]);
  connection.send(
    pdu.scsiResponse.encode({
      ...residual,
      status: result.status,
      initiatorTaskTag,
      ...connection.takeSerials(),
      expDataSn: dataSn,
    }),
    sense,
  );
}

async function perform(
  target: ScsiTarget | undefined,
  command: Command,
  cdb: Uint8Array,
  dataOut: Uint8Array,
  connection: PeerConnection,
): Promise<void> {
  const aborted = connection.tasks.get(command.initiatorTaskTag);
  const nothing = new Uint8Array(0);
  const result = await (target?.execute({
    nexus: `peer:${connection.socket.remotePort ?? 0}`,
    lun: decodeLun(command.lun) ?? -1,
    cdb,
    dataOut,
    ...(aborted === undefined ? {} : { signal: aborted.signal }),
  }) ?? Promise.resolve({ status: 0, dataIn: nothing, sense: nothing }));
  // A task that was aborted has no response.
  if (aborted?.signal.aborted !== true) sendResult(command, result, connection);
}

async function manage(
  target: ScsiTarget | undefined,
  received: ReceivedPdu,
  connection: PeerConnection,
): Promise<void> {
  const request = pdu.taskManagementRequest.decode(received.bhs);
  let response = 0;
  if (request.function === TaskManagementFunction.abortTask) {
    const task = connection.tasks.get(request.referencedTaskTag);
    connection.tasks.delete(request.referencedTaskTag);
    task?.abort();
    response = task === undefined ? 1 : 0;
  } else if (request.function === TaskManagementFunction.logicalUnitReset) {
    await target?.resetLogicalUnit?.(decodeLun(request.lun) ?? -1);
  }
  const { initiatorTaskTag } = request;
  connection.send(pdu.taskManagementResponse.encode({ response, initiatorTaskTag, ...connection.takeSerials() }));
}

/** The CDB as it was given: 16 bytes, and the rest from an extended CDB segment. */
function wholeCdb(first: Uint8Array, received: ReceivedPdu): Uint8Array {
  if (received.ahs.length === 0) return first.subarray(0, standardLength(first[0] ?? 0));
  const length = (received.ahs[0] ?? 0) * 256 + (received.ahs[1] ?? 0) - 1;
  return Buffer.concat([first, received.ahs.subarray(4, 4 + length)]);
}

/** iSCSI does not say how long a CDB is; the vendor specific ones of the test target have ten bytes. */
function standardLength(opcode: number): number {
  return [6, 10, 10, 16, 16, 12, 10, 10][opcode >> 5] ?? 16;
}

function lengthOf(sense: Uint8Array): Uint8Array {
  return Uint8Array.of(sense.length >> 8, sense.length & 0xff);
}
