import type { Clock } from '../../devices/clock.js';
import { senseFailure } from '../../devices/command-failure.js';
import { failed, mapOutcome, succeeded } from '../../devices/command-outcome.js';
import type { CommandFailed, CommandOutcome } from '../../devices/command-outcome.js';
import type { CommandOptions } from '../../devices/command-request.js';
import { Drive } from '../../devices/drive.js';
import type { DriveReadiness } from '../../devices/drive-readiness.js';
import { ElementMap } from '../../devices/element-map.js';
import { LogicalUnit } from '../../devices/logical-unit.js';
import type { MediaChanger } from '../../devices/media-changer.js';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { decodeSense, encodeSense, SenseKey } from '../../devices/scsi/sense.js';
import type { ElementStatus } from '../../devices/scsi/smc/element-status.js';
import { ElementType } from '../../devices/scsi/smc/element-type.js';
import type { StandAloneDefinition } from './library-definition.js';
import { mayHaveBeenExchanged } from './tape-failure.js';

/** What a library asks of the changer that serves its elements. */
export type ElementServer = Pick<
  MediaChanger,
  | 'unit'
  | 'readAllElements'
  | 'readElement'
  | 'readElementStatus'
  | 'initializeElementStatus'
  | 'moveAndVerify'
  | 'openCloseImportExport'
  | 'preventAllowMediumRemoval'
>;

/** The elements that stand for a drive on its own: the drive, and its tray as a port (doc libraries). */
export const STAND_ALONE_DRIVE_ADDRESS = 0;
export const STAND_ALONE_PORT_ADDRESS = 1;

/**
 * A drive that a person loads, as a library without changer: what is inside is told by TEST UNIT READY, nothing can be
 * moved, and nothing tells one cartridge from another but the label on the medium. So it remembers whether the medium may
 * have been exchanged since somebody looked at its label.
 */
export class StandAloneDrive implements ElementServer {
  readonly drive: Drive;
  readonly map = new ElementMap({
    [ElementType.DATA_TRANSFER]: [{ first: STAND_ALONE_DRIVE_ADDRESS, count: 1 }],
    [ElementType.IMPORT_EXPORT]: [{ first: STAND_ALONE_PORT_ADDRESS, count: 1 }],
  });
  /** What is inside need not be what was inside before. True at first: a person may have been there meanwhile. */
  #mayBeAnother = true;
  /** Told since the records were brought in line with it. */
  #news = true;
  #readiness: DriveReadiness | undefined;

  constructor({ name, drive: { transport, lun, deviceName } }: StandAloneDefinition, clock: Clock) {
    const unit = new LogicalUnit({ transport, lun, clock, name: `drive ${deviceName} of ${name}` });
    unit.subscribe((event) => {
      if (event.kind === 'unit-attention' && mayHaveBeenExchanged(event)) this.#disturbed();
    });
    this.drive = new Drive({ unit, clock });
  }

  get unit(): LogicalUnit {
    return this.drive.unit;
  }

  /** Whether nobody can say by now which medium is inside. */
  get mayBeAnother(): boolean {
    return this.#mayBeAnother;
  }

  /** Somebody has read the label of what is inside. */
  known(): void {
    this.#mayBeAnother = false;
  }

  /** The records say what the drive has told so far. */
  lookedAt(): void {
    this.#news = false;
  }

  /** Asks whether anything happened that the records do not tell: a medium came or went, or became ready or not. */
  async hasNews(): Promise<boolean> {
    const asked = await this.#ask({});
    return !asked.ok || this.#news;
  }

  async readAllElements(options: CommandOptions = {}): Promise<CommandOutcome<readonly ElementStatus[]>> {
    return mapOutcome(await this.#ask(options), (readiness) => [driveStatus(readiness), portStatus]);
  }

  async readElementStatus(
    query: Parameters<MediaChanger['readElementStatus']>[0] = {},
  ): Promise<CommandOutcome<readonly ElementStatus[]>> {
    const { elementType } = query;
    const all = await this.readAllElements(query);
    return mapOutcome(all, (elements) => elements.filter((one) => !elementType || one.elementType === elementType));
  }

  async readElement(address: number, options: CommandOptions = {}): Promise<CommandOutcome<ElementStatus>> {
    if (address === STAND_ALONE_PORT_ADDRESS) return succeeded(portStatus);
    return mapOutcome(await this.#ask(options), driveStatus);
  }

  /** There is nothing to look at but the drive, which is asked each time. */
  initializeElementStatus(): Promise<CommandOutcome<undefined>> {
    return Promise.resolve(succeeded(undefined));
  }

  moveAndVerify(): ReturnType<MediaChanger['moveAndVerify']> {
    const { failure } = this.#unknownCommand('MOVE MEDIUM');
    return Promise.resolve({ outcome: 'not-moved', failure, message: failure.message });
  }

  openCloseImportExport(): Promise<CommandOutcome<undefined>> {
    return Promise.resolve(this.#unknownCommand('OPEN/CLOSE IMPORT/EXPORT ELEMENT'));
  }

  /** A person may load the drive at any time; what an application has open is kept by the drive itself. */
  preventAllowMediumRemoval(): Promise<CommandOutcome<undefined>> {
    return Promise.resolve(this.#unknownCommand('PREVENT ALLOW MEDIUM REMOVAL'));
  }

  async #ask(options: CommandOptions): Promise<CommandOutcome<DriveReadiness>> {
    const asked = await this.drive.testUnitReady(options);
    if (!asked.ok) return asked;
    const before = this.#readiness;
    this.#readiness = asked.value;
    if (asked.value !== before) this.#news = true;
    if (asked.value === 'no-medium') this.#mayBeAnother = true;
    return asked;
  }

  #disturbed(): void {
    this.#mayBeAnother = true;
    this.#news = true;
  }

  #unknownCommand(name: string): CommandFailed {
    const sense = encodeSense({
      key: SenseKey.ILLEGAL_REQUEST,
      ...AdditionalSense.INVALID_COMMAND_OPERATION_CODE,
    });
    const at = { device: `${this.drive.name}, which has no changer`, request: { name } };
    return failed({ ...senseFailure(at, decodeSense(sense)), executed: 'no' });
  }
}

const nothingSpecial = { except: false, access: true, asc: 0, ascq: 0, invert: false, disabled: false, mediumType: 0 };

function driveStatus(readiness: DriveReadiness): ElementStatus {
  return {
    ...nothingSpecial,
    elementType: ElementType.DATA_TRANSFER,
    address: STAND_ALONE_DRIVE_ADDRESS,
    full: readiness !== 'no-medium',
  };
}

/** What is in the tray is in the drive. */
const portStatus: ElementStatus = {
  ...nothingSpecial,
  elementType: ElementType.IMPORT_EXPORT,
  address: STAND_ALONE_PORT_ADDRESS,
  full: false,
  importExport: {
    impExp: false,
    exEnab: true,
    inEnab: true,
    connectMediaChanger: false,
    operatorInterventionRequired: false,
  },
};
