import { ScsiStatus } from '../../../scsi/status.js';
import * as pdu from '../../../transport/iscsi/pdu.js';
import type { ScsiTaskResult } from '../../../transport/scsi-target.js';
import { dataOutWanted } from './data-out-residual.js';
import type { IscsiTask } from './iscsi-task.js';
import type { SessionConnection } from './session-connection.js';
import { ScsiResponseCode } from './target-protocol-values.js';

/**
 * Sends a command's data-in, cut to what the initiator takes, and its status: within the last Data-In when it is GOOD, else
 * in a SCSI Response with the sense data (RFC 7143 11.4, 11.7).
 */
export function sendResult(connection: SessionConnection, task: IscsiTask, result: ScsiTaskResult): void {
  const { initiatorTaskTag } = task;
  const residual = residualOf(task, result);
  // A copy: a part of a large block that waits for a slow reader would keep all of the block in memory.
  const data = result.dataIn.length > task.dataInLength ? result.dataIn.slice(0, task.dataInLength) : result.dataIn;
  const collapse = result.status === ScsiStatus.GOOD && data.length > 0;
  const dataPdus = sendDataIn(connection, task, data, collapse ? residual : undefined);
  if (collapse) return;
  // Spelled out: this is done for each command, and spreading costs more than all the rest of it.
  const { statSn, expCmdSn, maxCmdSn } = connection.takeSerials();
  const { overflow, underflow, residualCount } = residual;
  connection.send(
    pdu.scsiResponse.encode({
      overflow,
      underflow,
      response: ScsiResponseCode.completed,
      status: result.status,
      initiatorTaskTag,
      statSn,
      expCmdSn,
      maxCmdSn,
      expDataSn: dataPdus + (task.collector?.r2tCount ?? 0),
      residualCount,
    }),
    result.sense.length === 0 ? undefined : withLength(result.sense),
  );
}

/** The device failed in a way that has no SCSI status. */
export function sendTargetFailure(connection: SessionConnection, task: IscsiTask): void {
  const { initiatorTaskTag } = task;
  connection.send(
    pdu.scsiResponse.encode({
      response: ScsiResponseCode.targetFailure,
      status: 0,
      initiatorTaskTag,
      ...connection.takeSerials(),
    }),
  );
}

interface Residual {
  readonly overflow: boolean;
  readonly underflow: boolean;
  readonly residualCount: number;
}

const NO_RESIDUAL: Residual = { overflow: false, underflow: false, residualCount: 0 };

/** How much less or more than expected the device had for the initiator, or wanted of it. */
function residualOf(task: IscsiTask, result: ScsiTaskResult): Residual {
  const surplus =
    task.dataOutLength > 0
      ? (dataOutWanted(task.cdb) ?? task.dataOutLength) - task.dataOutLength
      : result.dataIn.length - task.dataInLength;
  if (surplus === 0) return NO_RESIDUAL;
  return { overflow: surplus > 0, underflow: surplus < 0, residualCount: Math.abs(surplus) };
}

/** Gives the number of PDUs. The final bit ends a burst, and with it the data. */
function sendDataIn(
  connection: SessionConnection,
  task: IscsiTask,
  data: Uint8Array,
  status: Residual | undefined,
): number {
  const { maxSegmentToInitiator, maxBurstLength } = connection.parameters;
  const { initiatorTaskTag } = task;
  let dataSn = 0;
  for (let offset = 0; offset < data.length; dataSn++) {
    const burstEnd = Math.min((Math.floor(offset / maxBurstLength) + 1) * maxBurstLength, data.length);
    const end = Math.min(offset + maxSegmentToInitiator, burstEnd);
    const hasStatus = status !== undefined && end === data.length;
    const { statSn, expCmdSn, maxCmdSn } = hasStatus ? connection.takeSerials() : connection.serials();
    const { overflow, underflow, residualCount } = hasStatus ? status : NO_RESIDUAL;
    connection.send(
      pdu.dataIn.encode({
        final: end === burstEnd,
        overflow,
        underflow,
        hasStatus,
        initiatorTaskTag,
        statSn,
        expCmdSn,
        maxCmdSn,
        dataSn,
        bufferOffset: offset,
        residualCount,
      }),
      end - offset === data.length ? data : data.subarray(offset, end),
    );
    offset = end;
  }
  return dataSn;
}

/** Sense data as it travels: behind its length in two bytes. */
function withLength(sense: Uint8Array): Uint8Array {
  const data = new Uint8Array(2 + sense.length);
  data[0] = sense.length >> 8;
  data[1] = sense.length & 0xff;
  data.set(sense, 2);
  return data;
}
