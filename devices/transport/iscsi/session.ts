import type { Clock } from '../../clock.js';
import type { ScsiCommand, TransportFailure } from '../scsi-transport.js';
import { CommandWindow } from './command-window.js';
import type { IscsiConnection } from './connection.js';
import { IscsiError, protocolError } from './iscsi-error.js';
import { KeepAlive } from './keep-alive.js';
import type { LoggedIn } from './login.js';
import type { SessionParameters } from './negotiation.js';
import * as pdu from './pdu.js';
import type { ReceivedPdu } from './pdu-parser.js';
import {
  AsyncEvent,
  IscsiOpcode,
  LogoutReason,
  rejectReasonText,
  RESERVED_TAG,
  TaskManagementFunction,
  TaskManagementResponse,
} from './protocol-values.js';
import { ScsiTask } from './scsi-task.js';
import {
  outcomeText,
  PendingTaskManagement,
  type TaskManagementCall,
  type TaskManagementOutcome,
} from './task-management.js';
import { TaskQueue, type SessionResult } from './task-queue.js';
import { failedCommand, failureOf } from './transport-failure.js';

export interface SessionOptions {
  readonly clock: Clock;
  readonly maxInFlight: number;
  readonly abortTimeoutMs: number;
  readonly keepAliveIntervalMs: number;
  readonly keepAliveTimeoutMs: number;
  /** Hears of every asynchronous message before it is acted on. */
  readonly onAsyncEvent: ((event: IscsiAsyncEvent) => void) | undefined;
}

/** An asynchronous message; for a SCSI event `data` holds sense data behind its length (RFC 7143 11.9). */
export interface IscsiAsyncEvent {
  readonly event: number;
  readonly vendorCode: number;
  readonly parameters: readonly [number, number, number];
  readonly data: Uint8Array;
}

/** A target that asks for a logout "within 0 seconds" still gets a moment for what is under way. */
const SHORTEST_DRAIN_MS = 100;

/** One logged-in session with its one connection, in full feature phase. It ends once and is then replaced by another. */
export class IscsiSession {
  readonly parameters: SessionParameters;
  /** Resolves when the connection is gone; with the milliseconds that the target wants to be left alone. */
  readonly ended: Promise<{ error: IscsiError; waitMs: number }>;
  readonly #connection: IscsiConnection;
  readonly #options: SessionOptions;
  readonly #window: CommandWindow;
  readonly #queue: TaskQueue;
  readonly #taskManagement: PendingTaskManagement;
  readonly #keepAlive: KeepAlive;
  #nextTag = 0;
  #retired = false;
  #waitMs = 0;
  #cancelDrain: () => void = () => undefined;
  #logoutAnswered: (() => void) | undefined;
  #end: (end: { error: IscsiError; waitMs: number }) => void = () => undefined;

  constructor(connection: IscsiConnection, loggedIn: LoggedIn, options: SessionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.parameters = loggedIn.parameters;
    this.#window = new CommandWindow(loggedIn);
    this.#taskManagement = new PendingTaskManagement(options.clock);
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#queue = new TaskQueue({
      clock: options.clock,
      maxInFlight: options.maxInFlight,
      mayBegin: () => this.#window.open,
      begin: (task) =>
        task.begin((...parts) => this.#connection.send(...parts), this.#window.take(), this.#window.expStatSn),
      abort: (task) => this.#abortTask(task),
      // Only a new session clears the state of such a target.
      silent: () => this.#fail(`no answer to ABORT TASK within ${options.abortTimeoutMs} ms`),
      drained: () => this.#whenDrained(),
    });
    this.#keepAlive = new KeepAlive({
      clock: options.clock,
      intervalMs: options.keepAliveIntervalMs,
      timeoutMs: options.keepAliveTimeoutMs,
      ping: () => this.#sendNop(this.#takeTag(), RESERVED_TAG),
      dead: () => this.#fail(`no answer to a NOP-Out within ${options.keepAliveTimeoutMs} ms`),
    });
    connection.consume(
      (received) => this.#receive(received),
      (error) => this.#ended(error),
    );
  }

  /** Whether new commands may be given to this session. */
  get usable(): boolean {
    return !this.#retired && this.#connection.error === undefined;
  }

  /** Carries one command; `lun` is its encoded address. */
  execute(command: ScsiCommand, lun: Uint8Array): Promise<SessionResult> {
    return this.#queue.add(new ScsiTask(command, this.#takeTag(), lun, this.parameters));
  }

  /** LOGICAL UNIT RESET. All commands under way at that logical unit end as aborted when the target confirms. */
  async resetLogicalUnit(lun: Uint8Array, timeoutMs: number): Promise<TransportFailure | undefined> {
    const outcome = await this.#manage({ function: TaskManagementFunction.logicalUnitReset, lun }, timeoutMs);
    if (outcome === TaskManagementResponse.functionComplete) {
      this.#queue.finishLogicalUnit(
        lun,
        failedCommand('aborted', 'unknown', 'A LOGICAL UNIT RESET ended this command; read the state of the device'),
      );
      return undefined;
    }
    const message = `LOGICAL UNIT RESET failed: ${outcomeText(outcome)}`;
    if (outcome === 'timeout') return { code: 'timeout', executed: 'unknown', message };
    if (outcome === 'ended') return failureOf(this.#connection.error ?? protocolError(message), 'unknown');
    return { code: 'unsupported', executed: 'no', message };
  }

  /** Ends all commands with code `closed`, logs out within `timeoutMs`, ends the connection. */
  async close(timeoutMs: number): Promise<void> {
    this.#retire('closed', 0);
    this.#queue.finishAll((begun) =>
      failedCommand('closed', begun ? 'unknown' : 'no', 'The iSCSI path was closed while the command waited'),
    );
    await this.#logout(timeoutMs);
  }

  #receive(received: ReceivedPdu): void {
    this.#keepAlive.heard();
    switch (received.opcode) {
      case IscsiOpcode.scsiResponse:
        this.#scsiResponse(received);
        break;
      case IscsiOpcode.dataIn:
        this.#dataIn(received);
        break;
      case IscsiOpcode.readyToTransfer:
        this.#readyToTransfer(received);
        break;
      case IscsiOpcode.taskManagementResponse: {
        const header = pdu.taskManagementResponse.decode(received.bhs);
        this.#observe(header, true);
        this.#taskManagement.settle(header.initiatorTaskTag, header.response);
        break;
      }
      case IscsiOpcode.nopIn:
        this.#nopIn(received);
        break;
      case IscsiOpcode.asyncMessage:
        this.#asyncMessage(received);
        break;
      case IscsiOpcode.reject:
        this.#reject(received);
        break;
      case IscsiOpcode.logoutResponse:
        this.#observe(pdu.logoutResponse.decode(received.bhs), true);
        this.#logoutAnswered?.();
        break;
      default:
        throw protocolError(`opcode ${received.opcode.toString(16)}h has no place in a session`);
    }
    this.#queue.pump();
  }

  #scsiResponse(received: ReceivedPdu): void {
    const header = pdu.scsiResponse.decode(received.bhs);
    this.#observe(header, true);
    const task = this.#queue.underWay(header.initiatorTaskTag);
    if (task !== undefined) this.#queue.finish(task, task.respond(header, received.data));
  }

  #dataIn(received: ReceivedPdu): void {
    const header = pdu.dataIn.decode(received.bhs);
    this.#observe(header, header.hasStatus);
    const task = this.#queue.underWay(header.initiatorTaskTag);
    const result = task?.receive(header, received.data);
    if (task !== undefined && result !== undefined) this.#queue.finish(task, result);
  }

  #readyToTransfer(received: ReceivedPdu): void {
    const header = pdu.readyToTransfer.decode(received.bhs);
    // An R2T carries the StatSN that comes next; it has none of its own.
    this.#observe(header, false);
    const task = this.#queue.underWay(header.initiatorTaskTag);
    task?.transfer((...parts) => this.#connection.send(...parts), header, this.#window.expStatSn);
  }

  #nopIn(received: ReceivedPdu): void {
    const header = pdu.nopIn.decode(received.bhs);
    // Only the answer to a NOP-Out of ours has a StatSN of its own.
    this.#observe(header, header.initiatorTaskTag !== RESERVED_TAG);
    if (header.targetTransferTag !== RESERVED_TAG) this.#sendNop(RESERVED_TAG, header.targetTransferTag, header.lun);
  }

  #asyncMessage(received: ReceivedPdu): void {
    const header = pdu.asyncMessage.decode(received.bhs);
    this.#observe(header, true);
    const { event, vendorCode, parameter1, parameter2, parameter3 } = header;
    const data = new Uint8Array(received.data);
    this.#options.onAsyncEvent?.({ event, vendorCode, parameters: [parameter1, parameter2, parameter3], data });
    switch (event) {
      case AsyncEvent.logoutRequested:
      case AsyncEvent.renegotiationRequested:
        // New parameters are what the next login negotiates anyway.
        this.#retire('logout', parameter3 * 1000);
        break;
      case AsyncEvent.connectionWillDrop:
      case AsyncEvent.allConnectionsWillDrop:
        this.#waitMs = parameter2 * 1000;
        this.#retire('drop', 0);
        break;
      default:
        // SCSI events and vendors' own are for the listener.
        break;
    }
  }

  #reject(received: ReceivedPdu): void {
    const header = pdu.reject.decode(received.bhs);
    this.#observe(header, true);
    if (received.data.length < pdu.BHS_BYTES) throw protocolError('a Reject without the header that it rejects');
    const rejected = pdu.basicHeader.decode(received.data);
    const reason = rejectReasonText(header.reason);
    if (rejected.opcode === IscsiOpcode.taskManagementRequest) {
      this.#taskManagement.settle(rejected.initiatorTaskTag, 'rejected');
      return;
    }
    if (rejected.opcode === IscsiOpcode.logoutRequest) {
      this.#logoutAnswered?.();
      return;
    }
    // Only a rejected command ends its task; for other PDUs the target still owes a response (RFC 7143 11.17).
    const task =
      rejected.opcode === IscsiOpcode.scsiCommand ? this.#queue.underWay(rejected.initiatorTaskTag) : undefined;
    if (task?.cmdSn === undefined) return;
    this.#queue.finish(task, failedCommand('protocol', 'no', `The target rejected the command PDU: ${reason}`));
    // A hole in the command numbers would hold up every later command for ever.
    if (!this.#window.hasReceived(task.cmdSn)) throw protocolError(`a command was rejected and not counted: ${reason}`);
  }

  #observe(header: { statSn: number; expCmdSn: number; maxCmdSn: number }, hasStatSn: boolean): void {
    this.#window.observe(header.expCmdSn, header.maxCmdSn);
    if (hasStatSn) this.#window.acknowledge(header.statSn);
  }

  /** Asks the target to forget a task. */
  async #abortTask(task: ScsiTask): Promise<'answered' | 'silent'> {
    const outcome = await this.#manage(
      {
        function: TaskManagementFunction.abortTask,
        lun: task.lun,
        referencedTaskTag: task.initiatorTaskTag,
        refCmdSn: task.cmdSn ?? 0,
      },
      this.#options.abortTimeoutMs,
    );
    return outcome === 'timeout' ? 'silent' : 'answered';
  }

  #manage(call: TaskManagementCall, timeoutMs: number): Promise<TaskManagementOutcome> {
    const initiatorTaskTag = this.#takeTag();
    const { cmdSn, expStatSn } = this.#window;
    this.#connection.send(
      pdu.taskManagementRequest.encode({ immediate: true, ...call, initiatorTaskTag, cmdSn, expStatSn }),
    );
    return this.#taskManagement.wait(initiatorTaskTag, timeoutMs);
  }

  #sendNop(initiatorTaskTag: number, targetTransferTag: number, lun?: Uint8Array): void {
    const { cmdSn, expStatSn } = this.#window;
    this.#connection.send(
      pdu.nopOut.encode({ immediate: true, lun, initiatorTaskTag, targetTransferTag, cmdSn, expStatSn }),
    );
  }

  /** Takes no more commands; what did not begin is handed back, what is under way may end. */
  #retire(why: 'logout' | 'drop' | 'closed', withinMs: number): void {
    if (this.#retired) return;
    this.#retired = true;
    this.#queue.handBack();
    if (why === 'closed') return;
    if (why === 'logout') {
      // Half the time is for the tasks under way, the other half for the logout itself.
      const drainMs = Math.max(SHORTEST_DRAIN_MS, withinMs / 2);
      this.#cancelDrain = this.#options.clock.after(drainMs, () => void this.#logout(drainMs));
    }
    this.#whenDrained();
  }

  #whenDrained(): void {
    if (!this.#retired || this.#logoutAnswered !== undefined || this.#queue.busy) return;
    this.#cancelDrain();
    void this.#logout(this.#options.abortTimeoutMs);
  }

  async #logout(timeoutMs: number): Promise<void> {
    this.#cancelDrain();
    if (this.#connection.error === undefined && this.#logoutAnswered === undefined) {
      const answered = new Promise<void>((resolve) => {
        const cancel = this.#options.clock.after(timeoutMs, resolve);
        this.#logoutAnswered = (): void => {
          cancel();
          resolve();
        };
      });
      const { cmdSn, expStatSn } = this.#window;
      // Immediate, so that a closed command window cannot hold it up.
      this.#connection.send(
        pdu.logoutRequest.encode({
          immediate: true,
          reason: LogoutReason.closeSession,
          initiatorTaskTag: this.#takeTag(),
          cmdSn,
          expStatSn,
        }),
      );
      await answered;
    }
    this.#connection.end();
    this.#ended(
      new IscsiError('ISCSI_CONNECTION_LOST', 'The target ended the session while the command was under way'),
    );
  }

  #fail(why: string): void {
    this.#connection.fail(new IscsiError('ISCSI_CONNECTION_LOST', `The iSCSI connection was given up: ${why}`));
  }

  #ended(error: IscsiError): void {
    this.#retired = true;
    this.#keepAlive.stop();
    this.#cancelDrain();
    this.#logoutAnswered?.();
    this.#queue.finishAll((begun) => ({ kind: 'failed', failure: failureOf(error, begun ? 'unknown' : 'no') }));
    this.#taskManagement.endAll();
    this.#end({ error, waitMs: this.#waitMs });
  }

  #takeTag(): number {
    const tag = this.#nextTag;
    this.#nextTag = tag + 1 === RESERVED_TAG ? 0 : tag + 1;
    return tag;
  }
}
