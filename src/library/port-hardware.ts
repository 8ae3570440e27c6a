import { decodeNothing } from '../../devices/command-request.js';
import type { CommandFailure, CommandOutcome } from '../../devices/command-outcome.js';
import { volumeIdentifierOf } from '../../devices/move-judgement.js';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { RecoveryAction } from '../../devices/scsi/recovery.js';
import { SenseKey } from '../../devices/scsi/sense.js';
import { ElementType } from '../../devices/scsi/smc/element-type.js';
import { testUnitReadyCdb } from '../../devices/scsi/spc/test-unit-ready.js';
import { UnitAttentionKind } from '../../devices/unit-attention.js';
import { HardwareError } from './hardware-error.js';
import type { ElementServer } from './stand-alone-drive.js';

/** An import/export element as the changer shows it. */
export interface PortReading {
  readonly address: number;
  readonly full: boolean;
  readonly barCode?: string;
  /** Absent where the changer cannot tell: only a port with a motor, or one that waits for a hand, can. */
  readonly extended?: boolean;
}

export interface DoorReading {
  /** Undefined while the changer is busy and cannot tell. */
  readonly open: boolean | undefined;
  /** Media may have been changed since the changer was asked last: a door was open meanwhile. */
  readonly disturbed: boolean;
}

/**
 * What people touch of a library: its ports, its door, and the lock on both. The lock is one for the whole changer
 * (PREVENT ALLOW MEDIUM REMOVAL); it is taken while nobody is let in, and left open where the changer has none.
 */
export class PortHardware {
  readonly #library: string;
  readonly #changer: ElementServer;
  /** Whether OPEN/CLOSE IMPORT/EXPORT ELEMENT works; undefined before it was tried. */
  #hasMotor: boolean | undefined;
  /** False once the changer refused to be locked. */
  #hasLock = true;
  #locked = false;
  /** It was told to lock, once at least; that may still be under way. */
  #wasLocked = false;
  /** Media may have been changed since somebody asked. */
  #disturbed = false;
  /** The ports and doors that stand open to people. */
  readonly #letIn = new Set<string>();

  constructor(library: string, changer: ElementServer) {
    this.#library = library;
    this.#changer = changer;
    changer.unit.subscribe((event) => {
      if (event.kind === 'unit-attention' && event.attention === UnitAttentionKind.MEDIUM_MAY_HAVE_CHANGED) {
        this.#disturbed = true;
      }
    });
  }

  /** All import/export elements. Rejects with HardwareError. */
  async read(correlationId?: string): Promise<PortReading[]> {
    const elements = this.#orFail(
      await this.#changer.readElementStatus({
        elementType: ElementType.IMPORT_EXPORT,
        ...(correlationId === undefined ? {} : { correlationId }),
      }),
    );
    return elements.map((element) => {
      const barCode = volumeIdentifierOf(element);
      const waitsForHand = element.importExport?.operatorInterventionRequired === true;
      return {
        address: element.address,
        full: element.full,
        ...(barCode === undefined ? {} : { barCode }),
        ...(waitsForHand || this.#hasMotor === true ? { extended: waitsForHand } : {}),
      };
    });
  }

  /** Unlocks, and moves the port out where it has a motor. Gives why it did not. */
  async extend(port: { readonly objectId: string; readonly address: number }): Promise<string | undefined> {
    const failure = (await this.letIn(port.objectId)) ?? (await this.#move(port.address, 'open'));
    if (failure !== undefined) await this.lockOut(port.objectId);
    return failure;
  }

  /** Moves the port in where it has a motor, and locks when nobody else is let in. Gives why it did not. */
  async retract(port: { readonly objectId: string; readonly address: number }): Promise<string | undefined> {
    const failure = await this.#move(port.address, 'close');
    if (failure === undefined) await this.lockOut(port.objectId);
    return failure;
  }

  /** People may open or reach through this. Gives why they cannot. */
  async letIn(who: string): Promise<string | undefined> {
    this.#letIn.add(who);
    return this.unlock();
  }

  /** The way through this is shut; the last one locks the library. */
  async lockOut(who?: string): Promise<void> {
    if (who !== undefined) this.#letIn.delete(who);
    if (this.#letIn.size > 0 || this.#locked || !this.#hasLock) return;
    this.#wasLocked = true;
    this.#locked = await this.#prevent();
  }

  /**
   * Leaves the library as people can use it; also what a former run that was killed may have left locked. Gives why it
   * stays locked; it is tried again the next time.
   */
  async unlock(options: { readonly always?: boolean } = {}): Promise<string | undefined> {
    if (!this.#locked && options.always !== true) return undefined;
    const answer = await this.#changer.preventAllowMediumRemoval(false);
    if (!answer.ok && answer.failure.sense?.key === SenseKey.ILLEGAL_REQUEST) this.#hasLock = false;
    this.#locked = !answer.ok && this.#hasLock;
    return answer.ok || !this.#locked ? undefined : `it was not unlocked: ${answer.failure.message}`;
  }

  /** Unlocks for good: what still waits for an answer of the changer locks it no more. */
  async leave(): Promise<void> {
    this.#hasLock = false;
    await this.unlock({ always: this.#wasLocked });
  }

  /** Whether the changer told that media may have been changed (28h/00h), since this was asked last. */
  takeDisturbance(): boolean {
    const disturbed = this.#disturbed;
    this.#disturbed = false;
    return disturbed;
  }

  /** Whether the door stands open. Rejects with HardwareError when the changer cannot be reached. */
  async readDoor(correlationId?: string): Promise<DoorReading> {
    const answer = await this.#changer.unit.execute(
      {
        name: 'TEST UNIT READY',
        cdb: testUnitReadyCdb(),
        timeoutClass: 'quick',
        whenNotReady: 'report',
        decode: decodeNothing,
      },
      correlationId === undefined ? {} : { correlationId },
    );
    const disturbed = this.takeDisturbance();
    if (answer.ok) return { open: false, disturbed };
    return { open: await this.#isOpen(answer.failure), disturbed };
  }

  /** Models say in their own words that a door is open; behind an open door no storage element can be reached. */
  async #isOpen(failure: CommandFailure): Promise<boolean | undefined> {
    const { sense, recovery, layer } = failure;
    if (layer === 'transport') this.#orFail({ ok: false, failure });
    if (sense?.key !== SenseKey.NOT_READY) return undefined;
    const { asc, ascq } = AdditionalSense.LOGICAL_UNIT_NOT_READY_A_DOOR_IS_OPEN;
    if (sense.asc === asc && sense.ascq === ascq) return true;
    if (recovery === RecoveryAction.WAIT_UNTIL_READY) return undefined;
    const slots = await this.#changer.readElementStatus({ elementType: ElementType.STORAGE, volumeTag: false });
    if (!slots.ok || slots.value.length === 0) return undefined;
    return slots.value.every(({ access }) => !access) ? true : undefined;
  }

  async #move(address: number, action: 'open' | 'close'): Promise<string | undefined> {
    if (this.#hasMotor === false) return undefined;
    const moved = await this.#changer.openCloseImportExport(address, action);
    if (moved.ok) {
      this.#hasMotor = true;
      return undefined;
    }
    const { sense, message } = moved.failure;
    const { asc } = AdditionalSense.INVALID_COMMAND_OPERATION_CODE;
    if (sense?.key === SenseKey.ILLEGAL_REQUEST && sense.asc === asc) {
      this.#hasMotor = false;
      return undefined;
    }
    return message;
  }

  /** A changer that has no lock, or does not answer, is not locked; what follows finds out which. */
  async #prevent(): Promise<boolean> {
    const answer = await this.#changer.preventAllowMediumRemoval(true);
    if (answer.ok) return true;
    if (answer.failure.sense?.key === SenseKey.ILLEGAL_REQUEST) this.#hasLock = false;
    return false;
  }

  #orFail<T>(outcome: CommandOutcome<T>): T {
    if (outcome.ok) return outcome.value;
    const { layer, message } = outcome.failure;
    const code = layer === 'transport' ? 'NOT_PRESENT' : 'NEEDS_SERVICE';
    throw new HardwareError(code, this.#library, message, { cause: outcome.failure });
  }
}
