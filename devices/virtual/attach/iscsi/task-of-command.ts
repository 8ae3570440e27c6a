import { AdditionalSense } from '../../../scsi/asc-ascq.js';
import { encodeSense, SenseKey } from '../../../scsi/sense.js';
import { ScsiStatus } from '../../../scsi/status.js';
import type { ReceivedPdu } from '../../../transport/iscsi/pdu-parser.js';
import type { ScsiTaskResult } from '../../../transport/scsi-target.js';
import { PeerFault } from './attach-error.js';
import { lunOf, wholeCdb, type ScsiCommandHeader } from './command-pdu.js';
import { DataOutCollector, type DataOutTerms } from './data-out-collector.js';
import type { DataOutRoom } from './data-out-room.js';
import { IscsiTask } from './iscsi-task.js';
import type { SessionConnection } from './session-connection.js';
import { RejectReason } from './target-protocol-values.js';

export interface TaskOfCommandContext {
  readonly nexus: string;
  readonly connection: SessionConnection;
  readonly terms: DataOutTerms;
  readonly room: DataOutRoom;
  /** The most data-out that one command may bring, in bytes. */
  readonly maxTransferBytes: number;
  takeTransferTag(): number;
}

/**
 * Makes the task of a SCSI Command PDU, with the room for its data-out and what came of it already. A command that there is
 * no room for becomes a task with its answer. Throws {@link PeerFault}; no room is taken then.
 */
export function taskOfCommand(
  header: ScsiCommandHeader,
  { ahs, data }: ReceivedPdu,
  context: TaskOfCommandContext,
): IscsiTask {
  const { read, write, expectedDataTransferLength, initiatorTaskTag, cmdSn, immediate } = header;
  const task = new IscsiTask({
    connection: context.connection,
    nexus: context.nexus,
    initiatorTaskTag,
    cmdSn,
    immediate,
    lunAddress: header.lun,
    lun: lunOf(header.lun),
    cdb: wholeCdb(header, ahs),
    dataInLength: read ? expectedDataTransferLength : 0,
    dataOutLength: write ? expectedDataTransferLength : 0,
  });
  if (task.dataOutLength > 0) {
    collectDataOut(task, data, header.final, context);
  } else if (data.length > 0) {
    throw new PeerFault('PROTOCOL', 'data came with a command that sends none', RejectReason.protocolError);
  }
  return task;
}

function collectDataOut(task: IscsiTask, data: Uint8Array, final: boolean, context: TaskOfCommandContext): void {
  const { room, terms, maxTransferBytes } = context;
  if (task.dataOutLength > maxTransferBytes) {
    task.refusal = TOO_LONG;
    return;
  }
  // Before anything is allocated for it.
  if (!room.take(task.dataOutLength)) {
    task.refusal = BUSY;
    return;
  }
  try {
    const collector = new DataOutCollector(task.dataOutLength, terms, () => context.takeTransferTag());
    collector.begin(data, final);
    task.collector = collector;
    task.reservedBytes = task.dataOutLength;
  } catch (error) {
    room.release(task.dataOutLength);
    throw error;
  }
}

const NOTHING = new Uint8Array(0);
const BUSY: ScsiTaskResult = { status: ScsiStatus.BUSY, dataIn: NOTHING, sense: NOTHING };
const TOO_LONG: ScsiTaskResult = {
  status: ScsiStatus.CHECK_CONDITION,
  dataIn: NOTHING,
  sense: encodeSense({ key: SenseKey.ILLEGAL_REQUEST, ...AdditionalSense.INVALID_FIELD_IN_CDB }),
};
