import type { Clock } from '../../clock.js';
import { encodeLun } from '../lun.js';
import type {
  FailedCommand,
  ScsiCommand,
  TransportFailure,
  TransportFailureCode,
  TransportResult,
} from '../scsi-transport.js';
import { encodeCommandUnit, MAX_IU_CDB_BYTES, type StatusPipeUnit } from './information-units.js';
import { settledWithin } from './settled-within.js';
import { UasDataPipes } from './uas-data-pipes.js';
import { forgetsTask, refusedCommand, uasFailed } from './uas-failure.js';
import { UasLane } from './uas-lane.js';
import type { UasPipes } from './uas-pipes.js';
import { UasRecovery } from './uas-recovery.js';
import { UasStatusReader } from './uas-status-reader.js';
import { UasTask } from './uas-task.js';
import { UasTaskManagement } from './uas-task-management.js';
import { UasTaskSet } from './uas-task-set.js';
import { wordsOf } from './usb-failure.js';
import type { UsbInterface } from './usb-interface.js';
import type { UsbProtocol } from './usb-protocol.js';

export interface UasProtocolOptions {
  /** Opened, with the alternate setting of `pipes` selected. */
  readonly usb: UsbInterface;
  readonly pipes: UasPipes;
  readonly clock: Clock;
  /** How many commands may be in flight; 16 unless said. */
  readonly maxInFlight?: number;
  /** How long ABORT TASK may take before the logical unit is reset; 5 s unless said. */
  readonly abortTimeoutMs?: number;
  /** How long that LOGICAL UNIT RESET may take before the path is given up; 10 s unless said. */
  readonly resetTimeoutMs?: number;
  /** How long data may come after its status, and how long closing may take; 1 s unless said. */
  readonly graceMs?: number;
  /** Something odd that need not fail a command, in words. */
  readonly onNotice?: (notice: string) => void;
}

/**
 * USB Attached SCSI without streams (UAS-3 clause 6): several commands in flight by tag, data when the device says whose turn
 * it is. A command ends by its status, its time, or its caller; one that ends without status is aborted behind the caller's
 * back (`UasRecovery`). When that fails, or the pipes give nothing of use, the path is given up: `usable` is false, and
 * whoever opened the interface closes it and resets the port.
 */
export class UasProtocol implements UsbProtocol {
  readonly maxInFlight: number;
  readonly #options: UasProtocolOptions;
  readonly #usb: UsbInterface;
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #tasks: UasTaskSet;
  readonly #commandLane = new UasLane();
  readonly #data: UasDataPipes;
  readonly #reader: UasStatusReader;
  readonly #taskManagement: UasTaskManagement;
  readonly #recovery: UasRecovery;
  #gaveUp = false;
  #closing: Promise<void> | undefined;

  constructor(options: UasProtocolOptions) {
    const { usb, pipes, clock, maxInFlight = 16, graceMs = 1_000 } = options;
    this.#options = options;
    this.maxInFlight = maxInFlight;
    this.#usb = usb;
    this.#clock = clock;
    this.#graceMs = graceMs;
    this.#tasks = new UasTaskSet(maxInFlight, (task, tag) => void this.#send(task, tag));
    this.#data = new UasDataPipes(usb, pipes, this.#commandLane, clock, graceMs);
    this.#reader = new UasStatusReader(usb, pipes.status.endpoint, {
      wanted: () => this.#tasks.awaitsUnit || this.#taskManagement.pending > 0,
      onUnit: (unit) => this.#take(unit),
      onMalformed: (tag, message) => this.#malformed(tag, message),
      onDisconnected: (message) => this.#giveUp('disconnected', message),
      onBroken: (message) => this.#giveUp('protocol', message),
    });
    this.#taskManagement = new UasTaskManagement({
      usb,
      clock,
      commandEndpoint: pipes.command.endpoint,
      lane: this.#commandLane,
      tags: this.#tasks.tags,
      onSent: () => this.#reader.wake(),
    });
    this.#recovery = new UasRecovery({
      tasks: this.#tasks,
      taskManagement: this.#taskManagement,
      data: this.#data,
      clock,
      abortTimeoutMs: options.abortTimeoutMs ?? 5_000,
      resetTimeoutMs: options.resetTimeoutMs ?? 10_000,
      giveUp: (message) => this.#giveUp('protocol', message),
    });
  }

  get usable(): boolean {
    return !this.#gaveUp && this.#closing === undefined;
  }

  execute(command: ScsiCommand): Promise<TransportResult> {
    const refusal = this.#refusal(command);
    if (refusal !== undefined) return Promise.resolve(refusal);
    const lun = encodeLun(command.lun);
    if (lun === undefined) return Promise.resolve(noSuchLun(command.lun));
    return new Promise((resolve) => {
      const task = new UasTask(command, lun, this.#clock, resolve);
      task.watch(
        () => this.#breakOff(task, 'timeout', `no status came within ${command.timeoutMs} ms`),
        () => this.#breakOff(task, 'aborted', 'the caller gave the command up'),
      );
      this.#tasks.add(task);
    });
  }

  async resetLogicalUnit(lun: number, timeoutMs: number): Promise<TransportFailure | undefined> {
    const logicalUnitNumber = encodeLun(lun);
    const refusal = this.#ended() ?? (logicalUnitNumber === undefined ? noSuchLun(lun) : undefined);
    if (refusal !== undefined || logicalUnitNumber === undefined) return refusal?.failure;
    return this.#recovery.reset(lun, logicalUnitNumber, timeoutMs);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The failure of a command that comes too late. */
  #ended(): FailedCommand | undefined {
    if (this.#closing !== undefined) return uasFailed('closed', 'no', 'the path was closed');
    return this.#gaveUp ? unreachable() : undefined;
  }

  #refusal({ signal, cdb, dataInLength = 0, dataOut }: ScsiCommand): FailedCommand | undefined {
    const ended = this.#ended();
    if (ended !== undefined) return ended;
    if (signal?.aborted === true)
      return uasFailed('aborted', 'no', 'the caller gave the command up before it was sent');
    if (dataInLength > 0 && (dataOut?.length ?? 0) > 0) {
      return uasFailed('unsupported', 'no', 'a command cannot have data in both directions; split it');
    }
    if (cdb.length === 0 || cdb.length > MAX_IU_CDB_BYTES) {
      return uasFailed('unsupported', 'no', `a CDB of ${cdb.length} bytes does not fit, 1 to ${MAX_IU_CDB_BYTES} do`);
    }
    if (this.#options.pipes.maxStreams > 0) {
      const message = 'this interface demands bulk streams; use its Bulk-Only setting, or a port of USB 2 speed';
      return uasFailed('unsupported', 'no', message);
    }
    return undefined;
  }

  async #send(task: UasTask, tag: number): Promise<void> {
    const { endpoint } = this.#options.pipes.command;
    const unit = encodeCommandUnit({ tag, logicalUnitNumber: task.logicalUnitNumber, cdb: task.command.cdb });
    const transfer = await this.#commandLane.run(async () => {
      if (task.settled) return undefined;
      task.sent = true;
      this.#reader.wake();
      const sending = await this.#usb.bulkOut(endpoint, unit, task.remainingMs);
      if (sending.kind === 'stall') await this.#usb.clearHalt(endpoint);
      return sending;
    });
    if (transfer === undefined) this.#tasks.release(task, tag);
    else if (transfer.kind === 'disconnected') this.#giveUp('disconnected', transfer.message);
    else if (transfer.kind === 'stall' && !task.settled) {
      // A command's unit is one packet, and a packet that was answered with a stall was not taken.
      task.settle(uasFailed('protocol', 'no', `the command ${wordsOf(transfer)}`));
      this.#tasks.release(task, tag);
    } else if (transfer.kind !== 'done') {
      this.#breakOff(task, transfer.kind === 'timeout' ? 'timeout' : 'protocol', `the command ${wordsOf(transfer)}`);
    }
  }

  /** One unit from the status pipe. Gives back what is wrong with it, if it is of no use. */
  #take(unit: StatusPipeUnit): string | undefined {
    const { tag } = unit;
    const isManaged = unit.kind === 'response' && this.#taskManagement.settle(tag, unit);
    if (isManaged) return undefined;
    const task = this.#tasks.get(tag);
    if (task === undefined) return this.#takeStray(unit);
    if (unit.kind === 'readReady' || unit.kind === 'writeReady') return this.#ready(task, unit.kind);
    if (task.answered) return this.#notice(`a second answer came for tag ${tag}`);
    task.answered = true;
    if (unit.kind === 'sense') task.takeStatus(unit.status, unit.sense);
    // An abort is on its way to the device, and crosses this answer.
    if (task.settled) return undefined;
    if (unit.kind === 'response') {
      task.settle(refusedCommand(unit.responseCode, task.command.cdb.length, task.command.lun));
      if (forgetsTask(unit.responseCode)) this.#tasks.release(task, tag);
      else void this.#recovery.recover(task, tag);
      return undefined;
    }
    if (task.isMovingData) {
      // Status and data come on pipes of their own, and are seen in any order.
      task.waitForData(this.#graceMs, () => this.#finish(task, tag));
    } else {
      this.#finish(task, tag);
    }
    return undefined;
  }

  #ready(task: UasTask, kind: 'readReady' | 'writeReady'): string | undefined {
    const what = kind === 'readReady' ? 'offers data' : 'asks for data';
    if (task.transferState !== 'none' || task.answered) {
      this.#breakOff(task, 'protocol', `the device ${what} a second time`);
      return this.#notice(`the device ${what} a second time for one command`);
    }
    const hasData = kind === 'readReady' ? task.dataInLength > 0 : task.dataOut.length > 0;
    // With the abort of a settled task the device forgets its data, too.
    if (task.settled) task.takeTransfer(undefined);
    else if (hasData) void this.#move(task);
    else this.#breakOff(task, 'protocol', `the device ${what}, but the command has none in this direction`);
    return undefined;
  }

  async #move(task: UasTask): Promise<void> {
    const transfer = await this.#data.move(task);
    const tag = this.#tasks.tagOf(task);
    if (transfer === undefined) return;
    if (transfer.kind === 'disconnected') this.#giveUp('disconnected', transfer.message);
    else if (task.hasStatus && tag !== undefined) this.#finish(task, tag);
    else if (transfer.kind === 'cancelled' || transfer.kind === 'overflow' || transfer.kind === 'failed') {
      this.#breakOff(task, 'protocol', `the data ${wordsOf(transfer)}`);
    }
  }

  #finish(task: UasTask, tag: number): void {
    if (task.settled) return;
    task.settle(task.outcome());
    void this.#recovery.freePipe(task).then(() => this.#tasks.release(task, tag));
  }

  /** Gives the caller a failure now; what the device still does for the command is ended in the background. */
  #breakOff(task: UasTask, code: TransportFailureCode, message: string): void {
    if (task.settled) return;
    task.settle(uasFailed(code, task.sent ? 'unknown' : 'no', message));
    this.#tasks.forget(task);
    const tag = this.#tasks.tagOf(task);
    if (task.sent && tag !== undefined) void this.#recovery.recover(task, tag);
  }

  /** A unit for a tag that no task has. */
  #takeStray(unit: StatusPipeUnit): string {
    const { kind, tag } = unit;
    const notice = this.#notice(`the device sent a ${kind} unit for tag ${tag}, which no command has`);
    if (kind === 'readReady') this.#recovery.clearStray(tag, 'in');
    else if (kind === 'writeReady') this.#recovery.clearStray(tag, 'out');
    else this.#taskManagement.settle(tag, { kind: 'refused', message: 'it was answered with a SENSE IU' });
    return notice;
  }

  #malformed(tag: number | undefined, message: string): void {
    this.#notice(message);
    const task = tag === undefined ? undefined : this.#tasks.get(tag);
    if (task !== undefined) this.#breakOff(task, 'protocol', message);
    else if (tag !== undefined) this.#taskManagement.settle(tag, { kind: 'refused', message });
  }

  #notice(notice: string): string {
    this.#options.onNotice?.(`${this.#usb.name}: ${notice}`);
    return notice;
  }

  #giveUp(code: 'disconnected' | 'protocol', message: string): void {
    if (this.#gaveUp) return;
    this.#recovery.end();
    for (const task of this.#tasks.end()) task.settle(task.sent ? uasFailed(code, 'unknown', message) : unreachable());
    void this.#end();
  }

  async #close(): Promise<void> {
    const left = this.#tasks.underWay().filter(([, task]) => task.sent && !task.settled);
    this.#recovery.end();
    for (const task of this.#tasks.end()) {
      task.settle(uasFailed('closed', task.sent ? 'unknown' : 'no', 'the path was closed while the command waited'));
    }
    if (!this.#gaveUp) {
      // A task left behind would hold its tag against whoever opens the device next.
      const aborts = left.map(([tag, task]) => this.#recovery.abortTask(tag, task.logicalUnitNumber, this.#graceMs));
      await Promise.all(aborts);
      // An answer can be seen before the end of the transfer that asked for it.
      await settledWithin(
        this.#clock,
        this.#graceMs,
        this.#commandLane.run(() => Promise.resolve()),
      );
    }
    await this.#end();
  }

  /** From here on nothing is sent or read. */
  async #end(): Promise<void> {
    this.#gaveUp = true;
    this.#reader.stop();
    this.#taskManagement.end();
    this.#commandLane.end();
    this.#data.end();
    await this.#usb.cancelAll();
  }
}

function noSuchLun(lun: number): FailedCommand {
  return uasFailed('unsupported', 'no', `no LUN structure can say logical unit ${lun}`);
}

function unreachable(): FailedCommand {
  return uasFailed('unreachable', 'no', 'the device is gone or out of step; the path must be opened again');
}
