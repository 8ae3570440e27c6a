import { AdditionalSense } from '../../../scsi/asc-ascq.js';
import { ScsiFormatError } from '../../../scsi/format-error.js';
import { encodeSense, SenseKey } from '../../../scsi/sense.js';
import { ScsiStatus } from '../../../scsi/status.js';
import { decodeLun } from '../../../transport/lun.js';
import type { ScsiTaskResult } from '../../../transport/scsi-target.js';
import {
  encodeSenseUnit,
  parseCommandPipeUnit,
  readReadyUnit,
  responseUnit,
  UasResponseCode,
  unitTag,
  writeReadyUnit,
  type CommandPipeUnit,
} from '../../../transport/usb/information-units.js';
import { BulkInPipe } from './bulk-in-pipe.js';
import { BulkOutPipe } from './bulk-out-pipe.js';
import { collectDataOut } from './collect-data-out.js';
import { MAX_DATA_OUT_BYTES, unpaddedCdb } from './data-out-wish.js';
import { Lane } from './lane.js';
import type { MassStorageProtocol } from './mass-storage-protocol.js';
import type { TargetPort } from './target-port.js';
import type { UasTask } from './uas-task.js';
import { manageTasks, type TaskManagementRequest } from './uas-task-management.js';

/** Commands under way; one more is answered TASK SET FULL. */
const TASK_LIMIT = 64;
/** Units that the host has not read. Beyond this nothing more is taken from the command pipe. */
const STATUS_LIMIT = 2 * TASK_LIMIT;
const NOTHING = new Uint8Array(0);
/** Stands for a LUN of a form that no unit of this device has. */
const NO_LUN = -1;

export interface UasPipeAddresses {
  readonly command: number;
  readonly status: number;
  readonly dataIn: number;
  readonly dataOut: number;
}

/**
 * The device's side of USB Attached SCSI without streams: commands by tag, several under way; each data pipe carries one
 * command at a time, announced by a READ READY or WRITE READY unit.
 */
export class UasFunction implements MassStorageProtocol {
  readonly pipes: ReadonlyMap<number, BulkInPipe | BulkOutPipe>;
  readonly #port: TargetPort;
  readonly #maxPacketBytes: number;
  readonly #demandsStreams: boolean;
  readonly #command = new BulkOutPipe();
  readonly #status = new BulkInPipe();
  readonly #dataIn = new BulkInPipe();
  readonly #dataOut = new BulkOutPipe();
  readonly #inLane = new Lane();
  readonly #outLane = new Lane();
  readonly #tasks = new Map<number, UasTask>();
  #lastSent: Promise<unknown> = Promise.resolve();

  /** `demandsStreams`: three of the pipes work by streams only; as nobody here has any, they stay halted. */
  constructor(options: {
    port: TargetPort;
    addresses: UasPipeAddresses;
    maxPacketBytes: number;
    demandsStreams: boolean;
  }) {
    const { port, addresses, maxPacketBytes } = options;
    this.#port = port;
    this.#demandsStreams = options.demandsStreams;
    this.#maxPacketBytes = maxPacketBytes;
    this.pipes = new Map<number, BulkInPipe | BulkOutPipe>([
      [addresses.command, this.#command],
      [addresses.status, this.#status],
      [addresses.dataIn, this.#dataIn],
      [addresses.dataOut, this.#dataOut],
    ]);
    if (this.#demandsStreams) for (const pipe of [this.#status, this.#dataIn, this.#dataOut]) pipe.halt();
    void this.#serve();
  }

  clearHalt(pipe: BulkInPipe | BulkOutPipe): void {
    if (!this.#demandsStreams || pipe === this.#command) pipe.clearHalt();
  }

  classRequest(): undefined {
    return undefined;
  }

  stop(): void {
    for (const task of this.#tasks.values()) task.abort.abort();
    for (const pipe of this.pipes.values()) pipe.close();
  }

  async #serve(): Promise<void> {
    for (;;) {
      const packet = await this.#command.receive();
      if (packet === undefined) return;
      this.#answer(packet);
      // A host that sends and never reads is not served on, or what it did not read would pile up.
      while (this.#status.waiting > STATUS_LIMIT) await this.#lastSent;
    }
  }

  #answer(packet: Uint8Array): void {
    let unit: CommandPipeUnit;
    try {
      unit = parseCommandPipeUnit(packet);
    } catch (error) {
      if (!(error instanceof ScsiFormatError)) throw error;
      this.#respond(unitTag(packet) ?? 0, UasResponseCode.INVALID_INFORMATION_UNIT);
      return;
    }
    const { tag } = unit;
    const lun = decodeLun(unit.logicalUnitNumber) ?? NO_LUN;
    if (this.#tasks.has(tag)) this.#respond(tag, UasResponseCode.OVERLAPPED_TAG_ATTEMPTED);
    else if (unit.kind === 'taskManagement') void this.#manage(tag, { ...unit, lun });
    else if (this.#tasks.size >= TASK_LIMIT) {
      this.#send(encodeSenseUnit({ tag, status: ScsiStatus.TASK_SET_FULL, sense: NOTHING }));
    } else {
      const task: UasTask = { tag, lun, abort: new AbortController() };
      this.#tasks.set(tag, task);
      void this.#perform(task, unpaddedCdb(unit.cdb));
    }
  }

  async #manage(tag: number, request: TaskManagementRequest): Promise<void> {
    this.#respond(tag, await manageTasks(request, this.#tasks, this.#port));
  }

  async #perform(task: UasTask, cdb: Uint8Array): Promise<void> {
    const { tag, lun, abort } = task;
    const dataOut = await this.#fetch(task, cdb);
    if (dataOut === 'refused') {
      // The host sent another amount than the command needs, or more than is taken for one; it does not begin.
      const sense = encodeSense({ key: SenseKey.ABORTED_COMMAND, ...AdditionalSense.DATA_PHASE_ERROR });
      this.#end(task, encodeSenseUnit({ tag, status: ScsiStatus.CHECK_CONDITION, sense }));
      return;
    }
    // Aborted: the host is told nothing more of it, and it must not begin.
    if (dataOut === undefined || abort.signal.aborted) return;
    const result = await this.#port.execute(lun, cdb, dataOut, abort.signal);
    if (result.dataIn.length === 0) this.#end(task, encodeSenseUnit({ tag, ...result }));
    else await this.#inLane.run(() => this.#deliver(task, result));
  }

  /** The command's data-out; undefined when the task was aborted. */
  async #fetch({ tag, lun, abort }: UasTask, cdb: Uint8Array): Promise<Uint8Array | 'refused' | undefined> {
    const { signal } = abort;
    const wish = await this.#port.dataOutWish(lun, cdb);
    // A COMMAND IU says nothing of data; nothing is fetched for what only the vendor knows.
    if (wish === 0 || wish === 'unknown') return NOTHING;
    if (wish !== 'as sent' && wish > MAX_DATA_OUT_BYTES) return 'refused';
    return this.#outLane.run(async () => {
      this.#send(writeReadyUnit.encode({ tag }), signal);
      if (wish === 'as sent') return this.#dataOut.receive(signal);
      const collected = await collectDataOut(this.#dataOut, {
        announced: wish,
        wanted: wish,
        maxPacketBytes: this.#maxPacketBytes,
        signal,
      });
      if (collected.kind === 'whole') return collected.data;
      return collected.kind === 'aborted' ? undefined : 'refused';
    });
  }

  async #deliver(task: UasTask, { status, sense, dataIn }: ScsiTaskResult): Promise<void> {
    const { tag, abort } = task;
    if (abort.signal.aborted) return;
    this.#send(readReadyUnit.encode({ tag }), abort.signal);
    if (await this.#dataIn.send(dataIn, abort.signal)) this.#end(task, encodeSenseUnit({ tag, status, sense }));
  }

  /** The tag is free as soon as the host can know of it. Whoever aborts a task takes it off the list himself. */
  #end(task: UasTask, unit: Uint8Array): void {
    if (task.abort.signal.aborted) return;
    this.#tasks.delete(task.tag);
    this.#send(unit);
  }

  #respond(tag: number, responseCode: number): void {
    this.#send(responseUnit.encode({ tag, responseCode }));
  }

  /** `signal` takes it back while the host has not read it; the end of the setting does so in any case. */
  #send(unit: Uint8Array, signal?: AbortSignal): void {
    this.#lastSent = this.#status.send(unit, signal);
  }
}
