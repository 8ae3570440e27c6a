import { ScsiFormatError } from '../scsi/format-error.js';
import { AdditionalSense } from '../scsi/asc-ascq.js';
import { cdbLength } from '../scsi/command-table.js';
import { OperationCode } from '../scsi/opcodes.js';
import { encodeSense, SenseKey, type SenseInput } from '../scsi/sense.js';
import { ScsiStatus } from '../scsi/status.js';
import type { ScsiTask, ScsiTaskResult } from '../transport/scsi-target.js';
import {
  CheckCondition,
  illegalRequest,
  invalidFieldInCdb,
  malformedCdb,
  ReservationConflict,
} from './check-condition.js';
import { PowerOffError } from './mechanics.js';
import { mustHearOfReset, NexusTable, takeUnitAttention, type NexusState } from './nexus-table.js';
import { PersistentReservations } from './persistent-reservations.js';
import { reservationRule } from './reservation-rules.js';
import { TaskSet } from './task-set.js';

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

/** Commands by operation code, or by {@link serviceAction} where the code has service actions. */
export type CommandTable = ReadonlyMap<number, Command>;

const SERVICE_ACTION_VALID = 0x10000;

/** The key of one service action of an operation code in a {@link CommandTable}. */
export function serviceAction(opcode: number, action: number): number {
  return SERVICE_ACTION_VALID | (action << 8) | opcode;
}

/** A command that a unit answers, by its number. */
export interface AnsweredCommand {
  readonly opcode: number;
  readonly serviceAction?: number;
}

/** Commands that wait, at most, on one logical unit; one more is answered TASK SET FULL. */
const TASK_SET_LIMIT = 256;

const NOTHING = new Uint8Array(0);
const GOOD: ScsiTaskResult = { status: ScsiStatus.GOOD, dataIn: NOTHING, sense: NOTHING };
const TASK_ABORTED: ScsiTaskResult = { ...GOOD, status: ScsiStatus.TASK_ABORTED };
const RESERVATION_CONFLICT: ScsiTaskResult = { ...GOOD, status: ScsiStatus.RESERVATION_CONFLICT };

/** In the CONTROL byte, the last of a CDB. */
const NACA = 0x04;

const UNKNOWN_SERVICE_ACTION: Command = {
  immediate: true,
  run() {
    throw invalidFieldInCdb(1, 4);
  },
};

/** One logical unit's side of SAM: the task set, unit attentions, reservations, status and sense. */
export class DeviceServer {
  readonly lun: number;
  readonly peripheralDeviceType: number;
  readonly nexuses = new NexusTable();
  /** PERSISTENT RESERVE OUT (SPC-4). */
  readonly reservations = new PersistentReservations();
  /** The nexus that has reserved the unit (SPC-2 RESERVE). */
  reservedBy: string | undefined;
  /** Whether sense data come in descriptor format (D_SENSE of the Control mode page). */
  descriptorFormatSense: () => boolean = () => false;
  readonly #commands = new Map<number, Command>();
  readonly #opcodesWithServiceActions = new Set<number>();
  readonly #onReset: (() => void)[] = [];
  readonly #onPreempted: ((nexus: string) => void)[] = [];
  readonly #tasks = new TaskSet();
  #powered = true;

  /** Hears of what is no refusal but a fault of this program or of the disk below it. */
  readonly onInternalFailure: (error: unknown) => void;

  constructor(
    unit: { readonly lun: number; readonly peripheralDeviceType: number },
    onInternalFailure: (error: unknown) => void,
  ) {
    this.lun = unit.lun;
    this.peripheralDeviceType = unit.peripheralDeviceType;
    this.onInternalFailure = onInternalFailure;
  }

  /** Adds commands; a later table replaces what an earlier one says of the same operation code. */
  use(...tables: readonly CommandTable[]): this {
    for (const table of tables) {
      for (const [key, command] of table) {
        this.#commands.set(key, command);
        if (key >= SERVICE_ACTION_VALID) this.#opcodesWithServiceActions.add(key & 0xff);
      }
    }
    return this;
  }

  /** Every command that there is, ascending. */
  get answered(): readonly AnsweredCommand[] {
    return [...this.#commands.keys()]
      .map((key) =>
        key < SERVICE_ACTION_VALID ? { opcode: key } : { opcode: key & 0xff, serviceAction: (key >> 8) & 0xff },
      )
      .toSorted((one, other) => one.opcode - other.opcode || (one.serviceAction ?? 0) - (other.serviceAction ?? 0));
  }

  /** Runs `work` when all earlier commands of this unit have ended, as one of them. */
  enqueue<T>(work: () => T | Promise<T>): Promise<T> {
    return this.#tasks.enqueue(work);
  }

  async execute(task: ScsiTask): Promise<ScsiTaskResult> {
    const command = this.#find(task.cdb);
    const nexus = this.nexuses.get(task.nexus);
    if (command === undefined || command.immediate === true) return this.#perform(task, nexus, command);
    if (this.#tasks.size >= TASK_SET_LIMIT) return { ...GOOD, status: ScsiStatus.TASK_SET_FULL };
    if (task.signal?.aborted === true) return TASK_ABORTED;
    const result = await this.#tasks.submit(nexus, () => this.#perform(task, nexus, command), task.signal);
    return result ?? TASK_ABORTED;
  }

  /** Does `action` at every LOGICAL UNIT RESET. */
  whenReset(action: () => void): void {
    this.#onReset.push(action);
  }

  /** Does `action` with each nexus whose registration another one has preempted. */
  whenPreempted(action: (nexus: string) => void): void {
    this.#onPreempted.push(action);
  }

  /** A nexus was preempted: what it had asked for otherwise goes as well; with `abort` also its commands that wait. */
  preempted(nexus: string, abort: boolean): void {
    for (const action of this.#onPreempted) action(nexus);
    const state = this.nexuses.find(nexus);
    if (abort && state !== undefined) this.#tasks.abort(state);
  }

  /** LOGICAL UNIT RESET: waiting commands and the old kind of reservation are gone, every nexus is told. */
  reset(): void {
    this.#tasks.abort();
    this.reservedBy = undefined;
    for (const action of this.#onReset) action();
    this.nexuses.establish(AdditionalSense.BUS_DEVICE_RESET_FUNCTION_OCCURRED);
  }

  /** The power is gone: whatever still waits never begins. */
  powerOff(): void {
    this.#powered = false;
    this.#tasks.abort();
  }

  /** The nexus has ended; a registration of its initiator port stays (SPC-4 5.13). */
  nexusLost(nexus: string): void {
    const state = this.nexuses.find(nexus);
    if (state !== undefined) this.#tasks.abort(state);
    this.nexuses.forget(nexus);
    if (this.reservedBy === nexus) this.reservedBy = undefined;
  }

  /** The command for a CDB. A service action that there is not, of a code that has some, is a wrong field (SPC-4). */
  #find(cdb: Uint8Array): Command | undefined {
    const opcode = cdb[0] ?? -1;
    if (!this.#opcodesWithServiceActions.has(opcode)) return this.#commands.get(opcode);
    const action = (cdb[1] ?? 0) & 0x1f;
    return this.#commands.get(serviceAction(opcode, action)) ?? this.#commands.get(opcode) ?? UNKNOWN_SERVICE_ACTION;
  }

  async #perform(task: ScsiTask, nexus: NexusState, command: Command | undefined): Promise<ScsiTaskResult> {
    // Aborted before it began: nothing happened. Once a motion has begun it goes on to its end.
    if (task.signal?.aborted === true || !this.#powered) return TASK_ABORTED;
    if (task.cdb[0] !== OperationCode.REQUEST_SENSE) nexus.lastSense = undefined;
    const hearsOfAttention = command?.ignoresUnitAttention !== true;
    // That there was a reset goes before RESERVATION CONFLICT, any other unit attention after it (SAM-5 5.3.3).
    const hearsOfReset = hearsOfAttention && mustHearOfReset(nexus);
    if (!hearsOfReset && this.#conflicts(task, command)) return RESERVATION_CONFLICT;
    const attention = hearsOfAttention ? takeUnitAttention(nexus) : undefined;
    if (attention !== undefined) return this.#checkCondition(nexus, attention);
    try {
      refuseAutoContingentAllegiance(task.cdb);
      if (command === undefined) throw illegalRequest(AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
      const dataIn = await command.run(task, nexus);
      return dataIn === undefined ? GOOD : { ...GOOD, dataIn };
    } catch (error) {
      // A value of ours that fits no field is a fault of this program, not of the CDB.
      const malformed = error instanceof ScsiFormatError && error.code !== 'OUT_OF_RANGE';
      const check = malformed ? malformedCdb(error) : error;
      if (check instanceof CheckCondition) return this.#checkCondition(nexus, check.sense, check.dataIn);
      if (error instanceof ReservationConflict) return RESERVATION_CONFLICT;
      // The power went while the command was under way.
      if (error instanceof PowerOffError) return TASK_ABORTED;
      this.onInternalFailure(error);
      const sense = { key: SenseKey.HARDWARE_ERROR, ...AdditionalSense.INTERNAL_TARGET_FAILURE };
      return this.#checkCondition(nexus, sense);
    }
  }

  #conflicts(task: ScsiTask, command: Command | undefined): boolean {
    if (command === undefined) return false;
    if (this.reservedBy !== undefined && this.reservedBy !== task.nexus) {
      const { ignoresReservation = false } = command;
      return !(typeof ignoresReservation === 'boolean' ? ignoresReservation : ignoresReservation(task.cdb));
    }
    if (this.reservations.reservation === undefined) return false;
    return !this.reservations.allows(task.nexus, reservationRule(this.peripheralDeviceType, task.cdb));
  }

  #checkCondition(nexus: NexusState, sense: SenseInput, dataIn: Uint8Array = NOTHING): ScsiTaskResult {
    nexus.lastSense = sense;
    const format = this.descriptorFormatSense() ? 'descriptor' : 'fixed';
    return { status: ScsiStatus.CHECK_CONDITION, dataIn, sense: encodeSense({ ...sense, format }) };
  }
}

/** NACA asks for an ACA condition when the command fails; INQUIRY says by NORMACA that there is none (SAM-5 5.2). */
function refuseAutoContingentAllegiance(cdb: Uint8Array): void {
  const length = cdbLength(cdb[0] ?? 0);
  if (length === undefined) return;
  const control = length - 1;
  if (((cdb[control] ?? 0) & NACA) !== 0) throw invalidFieldInCdb(control, 2);
}
