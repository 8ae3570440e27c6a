import { ScsiFormatError } from '../scsi/format-error.js';
import { AdditionalSense } from '../scsi/asc-ascq.js';
import { encodeSense, SenseKey, type SenseInput } from '../scsi/sense.js';
import { ScsiStatus } from '../scsi/status.js';
import type { ScsiTask, ScsiTaskResult } from '../transport/scsi-target.js';
import { CheckCondition, illegalRequest, malformedCdb } from './check-condition.js';
import { PowerOffError } from './mechanics.js';
import { NexusTable, takeUnitAttention, type NexusState } from './nexus-table.js';

/** What one command does. Returns data-in (already cut to the allocation length), or nothing. */
export interface Command {
  run(task: ScsiTask, nexus: NexusState): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** Answers at once, even while another command moves something. */
  readonly immediate?: boolean;
  /** Neither reports nor clears a unit attention (SPC-4: INQUIRY, REPORT LUNS, REQUEST SENSE). */
  readonly ignoresUnitAttention?: boolean;
  /** Works for everybody while another nexus holds a reservation (SPC-2). */
  readonly ignoresReservation?: boolean | ((cdb: Uint8Array) => boolean);
}

export type CommandTable = ReadonlyMap<number, Command>;

/** Commands that wait, at most, on one logical unit; one more is answered TASK SET FULL. */
const TASK_SET_LIMIT = 256;

const NOTHING = new Uint8Array(0);
const GOOD: ScsiTaskResult = { status: ScsiStatus.GOOD, dataIn: NOTHING, sense: NOTHING };
const TASK_ABORTED: ScsiTaskResult = { ...GOOD, status: ScsiStatus.TASK_ABORTED };

/** One logical unit's side of SAM: the task set, unit attentions, reservations, status and sense. */
export class DeviceServer {
  readonly lun: number;
  readonly nexuses = new NexusTable();
  /** The nexus that has reserved the unit (SPC-2 RESERVE). */
  reservedBy: string | undefined;
  readonly #commands = new Map<number, Command>();
  readonly #onReset: (() => void)[] = [];
  #waiting = 0;
  #resets = 0;
  #powered = true;
  #last: Promise<unknown> = Promise.resolve();

  readonly #onInternalFailure: (error: unknown) => void;

  /** `onInternalFailure` hears of what is no refusal but a fault of this program or of the disk below it. */
  constructor(lun: number, onInternalFailure: (error: unknown) => void) {
    this.lun = lun;
    this.#onInternalFailure = onInternalFailure;
  }

  /** Adds commands; a later table replaces what an earlier one says of the same operation code. */
  use(...tables: readonly CommandTable[]): this {
    for (const table of tables) for (const [opcode, command] of table) this.#commands.set(opcode, command);
    return this;
  }

  /** Runs `work` when all earlier commands of this unit have ended, as one of them. */
  enqueue<T>(work: () => T | Promise<T>): Promise<T> {
    this.#waiting += 1;
    const result = this.#last.then(work);
    this.#last = result.then(
      () => (this.#waiting -= 1),
      () => (this.#waiting -= 1),
    );
    return result;
  }

  execute(task: ScsiTask): Promise<ScsiTaskResult> {
    const command = this.#commands.get(task.cdb[0] ?? -1);
    const nexus = this.nexuses.get(task.nexus);
    if (command === undefined || command.immediate === true) return this.#perform(task, nexus, command);
    if (this.#waiting >= TASK_SET_LIMIT) return Promise.resolve({ ...GOOD, status: ScsiStatus.TASK_SET_FULL });
    const resets = this.#resets;
    return this.enqueue(() => {
      // A reset, or the end of its nexus, aborts a command that waits. A new nexus may have the same name.
      const aborted = resets !== this.#resets || !this.nexuses.isCurrent(task.nexus, nexus);
      return aborted ? TASK_ABORTED : this.#perform(task, nexus, command);
    });
  }

  /** Does `action` at every LOGICAL UNIT RESET. */
  whenReset(action: () => void): void {
    this.#onReset.push(action);
  }

  /** LOGICAL UNIT RESET: waiting commands and reservations are gone, every nexus is told. */
  reset(): void {
    this.#resets += 1;
    this.reservedBy = undefined;
    for (const action of this.#onReset) action();
    this.nexuses.establish(AdditionalSense.BUS_DEVICE_RESET_FUNCTION_OCCURRED);
  }

  /** The power is gone: whatever still waits never begins. */
  powerOff(): void {
    this.#powered = false;
  }

  nexusLost(nexus: string): void {
    this.nexuses.forget(nexus);
    if (this.reservedBy === nexus) this.reservedBy = undefined;
  }

  async #perform(task: ScsiTask, nexus: NexusState, command: Command | undefined): Promise<ScsiTaskResult> {
    // Aborted before it began: nothing happened. Once a motion has begun it goes on to its end.
    if (task.signal?.aborted === true || !this.#powered) return TASK_ABORTED;
    if (this.#conflicts(task, command)) return { ...GOOD, status: ScsiStatus.RESERVATION_CONFLICT };
    if (command?.ignoresUnitAttention !== true) {
      const attention = takeUnitAttention(nexus);
      if (attention !== undefined) return checkCondition(nexus, attention);
      nexus.lastSense = undefined;
    }
    try {
      if (command === undefined) throw illegalRequest(AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
      const dataIn = await command.run(task, nexus);
      return dataIn === undefined ? GOOD : { ...GOOD, dataIn };
    } catch (error) {
      // A value of ours that fits no field is a fault of this program, not of the CDB.
      const malformed = error instanceof ScsiFormatError && error.code !== 'OUT_OF_RANGE';
      const check = malformed ? malformedCdb(error) : error;
      if (check instanceof CheckCondition) return checkCondition(nexus, check.sense, check.dataIn);
      // The power went while the command was under way.
      if (error instanceof PowerOffError) return TASK_ABORTED;
      this.#onInternalFailure(error);
      const sense = { key: SenseKey.HARDWARE_ERROR, ...AdditionalSense.INTERNAL_TARGET_FAILURE };
      return checkCondition(nexus, sense);
    }
  }

  #conflicts(task: ScsiTask, command: Command | undefined): boolean {
    if (this.reservedBy === undefined || this.reservedBy === task.nexus || command === undefined) return false;
    const { ignoresReservation = false } = command;
    return !(typeof ignoresReservation === 'boolean' ? ignoresReservation : ignoresReservation(task.cdb));
  }
}

function checkCondition(nexus: NexusState, sense: SenseInput, dataIn: Uint8Array = NOTHING): ScsiTaskResult {
  nexus.lastSense = sense;
  return { status: ScsiStatus.CHECK_CONDITION, dataIn, sense: encodeSense(sense) };
}
