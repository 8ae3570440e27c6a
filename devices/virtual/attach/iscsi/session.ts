import type { Clock } from '../../../clock.js';
import * as pdu from '../../../transport/iscsi/pdu.js';
import type { ReceivedPdu } from '../../../transport/iscsi/pdu-parser.js';
import { IscsiOpcode, RESERVED_TAG } from '../../../transport/iscsi/protocol-values.js';
import type { ScsiTarget } from '../../../transport/scsi-target.js';
import { IscsiAttachError, PeerFault } from './attach-error.js';
import { isBidirectional, type ScsiCommandHeader } from './command-pdu.js';
import { CommandWindow } from './command-window.js';
import type { DataOutRoom } from './data-out-room.js';
import type { InspectedSession } from './inspect-session.js';
import { IscsiTask } from './iscsi-task.js';
import type { IscsiTargetLimits } from './limits.js';
import type { AdmittedInitiator } from './login-phase.js';
import type { OperationalParameters, SessionType } from './operational-keys.js';
import type { SessionConnection } from './session-connection.js';
import {
  LogoutResponse,
  RejectReason,
  SNACK_OPCODE,
  TargetLogoutReason,
  TargetTaskManagement,
} from './target-protocol-values.js';
import { manageTasks, type TaskManagementContext } from './task-management.js';
import { taskOfCommand } from './task-of-command.js';
import { TaskSet } from './task-set.js';

export interface SessionContext {
  readonly target: ScsiTarget;
  readonly clock: Clock;
  readonly limits: IscsiTargetLimits;
  readonly room: DataOutRoom;
  sessions(): Iterable<TargetSession>;
  luns(): Promise<readonly number[] | undefined>;
  onError(error: IscsiAttachError): void;
  onEnded(session: TargetSession): void;
}

interface HeldRequest {
  readonly connection: SessionConnection;
  readonly received: ReceivedPdu;
}

/** One session in full feature phase, over one or more connections: an I_T nexus, unless it is for discovery only. */
export class TargetSession {
  readonly type: SessionType;
  readonly initiatorName: string;
  readonly isid: Uint8Array;
  readonly tsih: number;
  /** The SCSI initiator port name (RFC 7143 4.4.2). */
  readonly nexus: string;
  /** Agreed in the leading login; what is a connection's own is in the connection. */
  readonly parameters: OperationalParameters;
  readonly tasks: TaskSet;
  readonly #context: SessionContext;
  readonly #window: CommandWindow<IscsiTask | HeldRequest>;
  readonly #connections = new Map<number, SessionConnection>();
  #nextTransferTag = 0;
  #managing = 0;
  #ended = false;

  constructor(admitted: AdmittedInitiator, tsih: number, cmdSn: number, context: SessionContext) {
    this.#context = context;
    this.type = admitted.sessionType;
    this.initiatorName = admitted.initiatorName;
    this.isid = admitted.isid;
    this.tsih = tsih;
    this.nexus = portName(admitted.initiatorName, admitted.isid);
    this.parameters = admitted.parameters;
    this.#window = new CommandWindow(cmdSn, context.limits.commandWindow);
    this.tasks = new TaskSet({
      target: context.target,
      room: context.room,
      onUnderWay: (count) => this.#window.open(count),
      onFailure: (cause, task) => this.#deviceFailed(cause, task),
    });
  }

  get expCmdSn(): number {
    return this.#window.expCmdSn;
  }

  get maxCmdSn(): number {
    return this.#window.maxCmdSn;
  }

  get connections(): readonly SessionConnection[] {
    return [...this.#connections.values()];
  }

  hasConnection(connectionId: number): boolean {
    return this.#connections.has(connectionId);
  }

  /** Takes a connection in. One with the same id is replaced: its tasks end, the session goes on (RFC 7143 6.3.4). */
  join(connection: SessionConnection): void {
    const former = this.#connections.get(connection.connectionId);
    this.#connections.set(connection.connectionId, connection);
    if (former === undefined) return;
    this.#forget(former);
    former.drop();
  }

  /** A connection has ended; with the last one the session ends. */
  leave(connection: SessionConnection): void {
    if (this.#connections.get(connection.connectionId) !== connection) return;
    this.#connections.delete(connection.connectionId);
    this.#forget(connection);
    if (this.#connections.size === 0) this.end();
  }

  /** Ends the session now: no task has a response any more, the nexus is gone. Its connections are closed. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const connections = this.connections;
    this.#connections.clear();
    this.tasks.abortWhere(() => true);
    this.#context.onEnded(this);
    if (this.type === 'Normal') this.#context.target.nexusLost(this.nexus);
    for (const connection of connections) connection.leaveQuietly();
  }

  /** Deals with one PDU. Throws {@link PeerFault} or a codec's error; the connection ends by it. */
  receive(connection: SessionConnection, received: ReceivedPdu): void {
    switch (received.opcode) {
      case IscsiOpcode.scsiCommand:
        this.#command(connection, received);
        break;
      case IscsiOpcode.dataOut:
        this.#dataOut(connection, received);
        break;
      case IscsiOpcode.nopOut:
      case IscsiOpcode.taskManagementRequest:
      case IscsiOpcode.textRequest:
      case IscsiOpcode.logoutRequest:
        this.#request(connection, received);
        break;
      case SNACK_OPCODE:
        // Nothing is sent again at error recovery level 0.
        connection.reject(RejectReason.snackReject, received.bhs);
        break;
      default:
        throw new PeerFault(
          'PROTOCOL',
          `opcode ${received.opcode.toString(16)}h has no place in a session`,
          received.opcode === IscsiOpcode.loginRequest ? RejectReason.protocolError : RejectReason.commandNotSupported,
        );
    }
  }

  inspect(): InspectedSession {
    return {
      type: this.type,
      initiatorName: this.initiatorName,
      isid: hexOf(this.isid),
      tsih: this.tsih,
      nexus: this.nexus,
      connections: this.connections.map((connection) => connection.inspect()),
      tasks: this.tasks.size,
      expCmdSn: this.expCmdSn,
      maxCmdSn: this.maxCmdSn,
    };
  }

  #command(connection: SessionConnection, received: ReceivedPdu): void {
    const header = pdu.scsiCommand.decode(received.bhs);
    const turn = header.immediate ? 'due' : this.#window.judge(header.cmdSn);
    if (turn === 'ignored') return;
    const reason = this.#whyRejected(header);
    if (reason !== undefined) {
      // A rejected command has used its number up, or every later one would wait for it.
      if (!header.immediate) this.#window.skip(header.cmdSn);
      this.#performDue();
      connection.reject(reason, received.bhs);
      return;
    }
    const task = this.#taskOf(connection, header, received);
    this.tasks.add(task);
    this.#requestData(task);
    if (turn === 'early') {
      this.#window.hold(header.cmdSn, task);
      return;
    }
    if (!header.immediate) this.#window.advance();
    this.tasks.takeTurn(task);
    this.#performDue();
  }

  #taskOf(connection: SessionConnection, header: ScsiCommandHeader, received: ReceivedPdu): IscsiTask {
    const { limits, room } = this.#context;
    try {
      return taskOfCommand(header, received, {
        connection,
        nexus: this.nexus,
        terms: this.parameters,
        room,
        maxTransferBytes: limits.maxTransferBytes,
        takeTransferTag: () => this.#takeTransferTag(),
      });
    } catch (error) {
      // Its connection ends; other connections of the session do not wait for this number.
      if (!header.immediate) this.#window.skip(header.cmdSn);
      throw error;
    }
  }

  #whyRejected(header: ScsiCommandHeader): number | undefined {
    if (this.type === 'Discovery') return RejectReason.protocolError;
    if (this.tasks.find(header.initiatorTaskTag) !== undefined) return RejectReason.taskInProgress;
    if (header.initiatorTaskTag === RESERVED_TAG) return RejectReason.invalidPduField;
    if (isBidirectional(header)) return RejectReason.commandNotSupported;
    const { maxImmediateCommands } = this.#context.limits;
    if (header.immediate && this.tasks.immediates >= maxImmediateCommands) return RejectReason.tooManyImmediate;
    return undefined;
  }

  #dataOut(connection: SessionConnection, received: ReceivedPdu): void {
    const header = pdu.dataOut.decode(received.bhs);
    const task = this.tasks.find(header.initiatorTaskTag);
    // Data of a command that was aborted or answered already is still under way.
    if (task?.collector === undefined) return;
    if (task.connection !== connection) {
      const message = 'data-out came over another connection than its command';
      throw new PeerFault('PROTOCOL', message, RejectReason.protocolError);
    }
    task.collector.receive(header, received.data);
    this.#requestData(task);
    this.tasks.dataArrived(task);
  }

  #requestData(task: IscsiTask): void {
    if (task.collector === undefined || task.collector.complete) return;
    for (const request of task.collector.requests()) {
      task.connection.send(
        pdu.readyToTransfer.encode({
          ...request,
          lun: task.lunAddress,
          initiatorTaskTag: task.initiatorTaskTag,
          ...task.connection.serials(),
        }),
      );
    }
  }

  #request(connection: SessionConnection, received: ReceivedPdu): void {
    // All requests have their CmdSN at the same place.
    const { immediate, cmdSn } = pdu.nopOut.decode(received.bhs);
    if (immediate) {
      this.#perform(connection, received);
      return;
    }
    const turn = this.#window.judge(cmdSn);
    if (turn === 'early') this.#window.hold(cmdSn, { connection, received });
    if (turn !== 'due') return;
    this.#window.advance();
    this.#window.open(this.tasks.underWay);
    this.#perform(connection, received);
    this.#performDue();
  }

  #performDue(): void {
    for (let due = this.#window.takeDue(); due !== undefined; due = this.#window.takeDue()) {
      if (due instanceof IscsiTask) {
        if (!due.isAborted) this.tasks.takeTurn(due);
      } else {
        this.#performHeld(due);
      }
    }
    this.#window.open(this.tasks.underWay);
  }

  /** What is wrong with a held request ends its own connection, not that of whoever filled the gap before it. */
  #performHeld({ connection, received }: HeldRequest): void {
    try {
      this.#perform(connection, received);
    } catch (error) {
      connection.fail(error, received.bhs);
    }
  }

  #perform(connection: SessionConnection, received: ReceivedPdu): void {
    switch (received.opcode) {
      case IscsiOpcode.nopOut:
        connection.answerNop(received);
        break;
      case IscsiOpcode.taskManagementRequest:
        void this.#manage(connection, pdu.taskManagementRequest.decode(received.bhs));
        break;
      case IscsiOpcode.textRequest:
        connection.answerText(received);
        break;
      default:
        this.#logout(connection, received);
    }
  }

  async #manage(
    connection: SessionConnection,
    request: ReturnType<typeof pdu.taskManagementRequest.decode>,
  ): Promise<void> {
    const context = this.#context;
    let response: number = FUNCTION_REJECTED;
    // Neither the command window nor anything else keeps an initiator from asking for ever more of these.
    const isOneTooMany = this.#managing >= context.limits.maxImmediateCommands;
    this.#managing += 1;
    try {
      if (!isOneTooMany) response = await manageTasks(request, this.#taskManagement());
    } catch (cause) {
      context.onError(new IscsiAttachError('TARGET_FAILURE', `task management failed: ${String(cause)}`, { cause }));
    }
    this.#managing -= 1;
    this.#performDue();
    const { initiatorTaskTag } = request;
    connection.send(pdu.taskManagementResponse.encode({ response, initiatorTaskTag, ...connection.takeSerials() }));
    if (request.function !== TargetTaskManagement.targetColdReset || response !== 0) return;
    // As after power-on: nobody is logged in.
    for (const session of [...context.sessions()]) session.end();
  }

  #taskManagement(): TaskManagementContext {
    const context = this.#context;
    return {
      target: context.target,
      luns: () => context.luns(),
      tasks: this.tasks,
      allTasks: () => [...context.sessions()].map((session) => session.tasks),
      skip: (cmdSn) => this.#window.skip(cmdSn),
    };
  }

  #logout(connection: SessionConnection, received: ReceivedPdu): void {
    const { reason, connectionId, initiatorTaskTag } = pdu.logoutRequest.decode(received.bhs);
    const leaving = reason === TargetLogoutReason.closeSession ? connection : this.#connections.get(connectionId);
    let response: number = LogoutResponse.closed;
    if (reason === TargetLogoutReason.removeForRecovery) response = LogoutResponse.recoveryNotSupported;
    else if (leaving === undefined) response = LogoutResponse.connectionNotFound;
    else if (reason > TargetLogoutReason.removeForRecovery) {
      connection.reject(RejectReason.invalidPduField, received.bhs);
      return;
    }
    connection.send(
      pdu.logoutResponse.encode({
        response,
        initiatorTaskTag,
        ...connection.takeSerials(),
        time2Wait: this.parameters.defaultTime2Wait,
      }),
    );
    if (response !== LogoutResponse.closed || leaving === undefined) return;
    if (reason === TargetLogoutReason.closeSession) {
      this.end();
      return;
    }
    leaving.leaveQuietly();
    this.leave(leaving);
  }

  #forget(connection: SessionConnection): void {
    this.#window.skipHeld((held) => held.connection === connection);
    this.tasks.abortWhere((task) => task.connection === connection);
    this.#performDue();
  }

  #deviceFailed(cause: unknown, task: IscsiTask): void {
    const what = `the device failed over a command for LUN ${task.lun}: ${String(cause)}`;
    this.#context.onError(new IscsiAttachError('TARGET_FAILURE', what, { cause, remote: task.connection.remote }));
  }

  #takeTransferTag(): number {
    const tag = this.#nextTransferTag;
    this.#nextTransferTag = tag + 1 === RESERVED_TAG ? 0 : tag + 1;
    return tag;
  }
}

const FUNCTION_REJECTED = 255;
/** `<iSCSI name>,i,0x<ISID>`, as SPC's TransportID and persistent reservations have it. */
export function portName(initiatorName: string, isid: Uint8Array): string {
  return `${initiatorName},i,${hexOf(isid)}`;
}

function hexOf(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}
