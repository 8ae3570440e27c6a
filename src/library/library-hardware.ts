import type { Clock } from '../../devices/clock.js';
import type { CommandFailure, CommandOutcome } from '../../devices/command-outcome.js';
import type { Drive } from '../../devices/drive.js';
import { driveReadiness } from '../../devices/drive-readiness.js';
import type { ElementMap } from '../../devices/element-map.js';
import { LogicalUnit } from '../../devices/logical-unit.js';
import { MediaChanger } from '../../devices/media-changer.js';
import { volumeIdentifierOf } from '../../devices/move-judgement.js';
import type { MoveOutcome } from '../../devices/move-judgement.js';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { PeripheralDeviceType } from '../../devices/scsi/opcodes.js';
import { RecoveryAction } from '../../devices/scsi/recovery.js';
import { hasAdditionalSense, SenseKey } from '../../devices/scsi/sense.js';
import type { ElementStatus } from '../../devices/scsi/smc/element-status.js';
import type { UnitIdentity } from '../../devices/unit-identity.js';
import { pairDrives } from './find-drives.js';
import type { PairedDrive } from './find-drives.js';
import { HardwareError } from './hardware-error.js';
import { isStandAlone } from './library-definition.js';
import type { AnyLibraryDefinition, LibraryDefinition, StandAloneDefinition } from './library-definition.js';
import { PortHardware } from './port-hardware.js';
import type { ReadElement } from './read-element.js';
import { STAND_ALONE_DRIVE_ADDRESS, StandAloneDrive } from './stand-alone-drive.js';
import type { ElementServer } from './stand-alone-drive.js';

export { HardwareError } from './hardware-error.js';
export type { HardwareErrorCode } from './hardware-error.js';

/** What became of one MOVE MEDIUM and its read-back. */
export interface MoveReport {
  /** `refused`: the device certainly did not begin. */
  readonly end: 'completed' | 'refused' | 'unknown';
  readonly outcome: MoveOutcome;
  /** The elements are not as was believed: another bar code, an empty source, a full destination. */
  readonly recordsWrong: boolean;
  readonly message: string;
}

/** Why a drive did not do what it was asked. */
export interface DriveTrouble {
  readonly message: string;
  /** The drive itself is out of order, or cannot be reached: no other cartridge would fare better. */
  readonly broken: boolean;
  /** The drive cannot use a medium of this kind. */
  readonly incompatible?: boolean;
}

export type FirstBlock =
  | { readonly kind: 'block'; readonly block: Uint8Array }
  | { readonly kind: 'blank' }
  /** This kind of drive is not asked. */
  | { readonly kind: 'unread' }
  | { readonly kind: 'failed'; readonly message: string };

interface HardwareParts {
  readonly map: ElementMap;
  readonly identity: UnitIdentity;
  readonly changer: ElementServer;
  readonly deviceName: string;
  readonly drives: ReadonlyMap<number, PairedDrive>;
  readonly definition: AnyLibraryDefinition;
  readonly firstReading: readonly ElementStatus[];
  readonly notices: readonly string[];
}

/** What of a changer's events a person waiting for it wants to know. */
const told: ReadonlySet<string> = new Set(['waiting', 'path-lost', 'path-restored']);

/** How long a cartridge may take in its drive until the drive is ready: long, for a tape that has to be found. */
const defaultLoadTimeoutMs = 5 * 60_000;

/** The devices of one library: its changer, and the drives that could be told apart. */
export class LibraryHardware {
  readonly map: ElementMap;
  readonly changerIdentity: UnitIdentity;
  readonly deviceName: string;
  /** Ports, doors and their lock. */
  readonly ports: PortHardware;
  readonly readsBarCodes: boolean;
  /** What an administrator should know about the drives: not found, not told apart. */
  readonly notices: readonly string[];
  /** Element addresses of the drives whose media applications have open; it outlives the machines that show it. */
  readonly openedElements = new Set<number>();
  readonly #changer: ElementServer;
  readonly #drives: ReadonlyMap<number, PairedDrive>;
  readonly #definition: AnyLibraryDefinition;
  #firstReading: readonly ElementStatus[] | undefined;

  private constructor(parts: HardwareParts) {
    this.map = parts.map;
    this.changerIdentity = parts.identity;
    this.deviceName = parts.deviceName;
    this.readsBarCodes = parts.firstReading.some((element) => volumeIdentifierOf(element) !== undefined);
    this.notices = parts.notices;
    this.ports = new PortHardware(parts.definition.name, parts.changer);
    this.#changer = parts.changer;
    this.#drives = parts.drives;
    this.#definition = parts.definition;
    this.#firstReading = parts.firstReading;
  }

  /**
   * Opens the paths, identifies the changer and the drives, and learns which elements there are. Rejects with
   * {@link HardwareError}; then the paths are closed again.
   */
  static async open(
    definition: AnyLibraryDefinition,
    { clock, onNotice }: { readonly clock: Clock; readonly onNotice: (text: string) => void },
  ): Promise<LibraryHardware> {
    if (isStandAlone(definition)) return LibraryHardware.#openStandAlone(definition, clock);
    const { name, changer: address, hints = {} } = definition;
    try {
      await openPaths(definition);
      const unit = new LogicalUnit({
        transport: address.transport,
        lun: address.lun,
        clock,
        name: `changer of ${name}`,
        peripheralDeviceType: PeripheralDeviceType.MEDIUM_CHANGER,
        // Whoever waits for a slow changer or a lost line is told what for.
        onEvent: ({ kind, message }) => {
          if (told.has(kind)) onNotice(message);
        },
        timeouts: {
          ...(hints.moveTimeoutMs === undefined ? {} : { motion: hints.moveTimeoutMs }),
          ...(hints.inventoryTimeoutMs === undefined ? {} : { inventory: hints.inventoryTimeoutMs }),
        },
      });
      const changer = new MediaChanger({ unit, clock, quirks: quirksOf(definition) });
      const identity = orFail(name, await changer.identify());
      orFail(name, await changer.testUnitReady());
      const { elementMap: map } = orFail(name, await changer.prepare());
      const firstReading = orFail(name, await changer.readAllElements());
      const { drives, notices } = await pairDrives(definition, { changer: unit, map, elements: firstReading, clock });
      await allowRemoval(drives);
      const { deviceName } = address;
      return new LibraryHardware({ map, identity, changer, deviceName, drives, definition, firstReading, notices });
    } catch (error) {
      await closePaths(definition);
      throw error;
    }
  }

  static async #openStandAlone(definition: StandAloneDefinition, clock: Clock): Promise<LibraryHardware> {
    const { name, drive: address } = definition;
    try {
      await openPaths(definition);
      const standAlone = new StandAloneDrive(definition, clock);
      const identity = orFail(name, await standAlone.drive.identify());
      const firstReading = orFail(name, await standAlone.readAllElements());
      const { deviceName } = address;
      const drives = new Map([[STAND_ALONE_DRIVE_ADDRESS, { drive: standAlone.drive, identity, deviceName }]]);
      await allowRemoval(drives);
      const { map } = standAlone;
      const parts = { map, identity, deviceName, drives, definition, firstReading, notices: [] };
      return new LibraryHardware({ ...parts, changer: standAlone });
    } catch (error) {
      await closePaths(definition);
      throw error;
    }
  }

  /** The drive of a library without changer; undefined in others. */
  get standAlone(): StandAloneDrive | undefined {
    return this.#changer instanceof StandAloneDrive ? this.#changer : undefined;
  }

  /** The drive in a data transfer element; undefined when it could not be told which that is. */
  driveIdentity(elementAddress: number): { readonly identity: UnitIdentity; readonly deviceName: string } | undefined {
    return this.#drives.get(elementAddress);
  }

  /** The tape drive in an element, for whoever has its medium open; undefined when it is none or could not be told apart. */
  tapeDrive(elementAddress: number): Drive | undefined {
    const paired = this.#drives.get(elementAddress);
    const isTape = paired?.identity.peripheralDeviceType === PeripheralDeviceType.SEQUENTIAL_ACCESS;
    return isTape ? paired?.drive : undefined;
  }

  /** Whether labels can be read and written here. */
  get hasTapeDrives(): boolean {
    return [...this.#drives.keys()].some((address) => this.tapeDrive(address) !== undefined);
  }

  /** INITIALIZE ELEMENT STATUS: the changer looks at its elements and reads their labels again. */
  async scan(correlationId?: string): Promise<void> {
    orFail(this.#definition.name, await this.#changer.initializeElementStatus(undefined, correlated(correlationId)));
  }

  /** All elements as they are now, and of filled drives whether they are ready. */
  async readElements(correlationId?: string): Promise<ReadElement[]> {
    // What was read to tell the drives apart needs no second reading.
    const first = this.#firstReading;
    this.#firstReading = undefined;
    const elements =
      first ?? orFail(this.#definition.name, await this.#changer.readAllElements(correlated(correlationId)));
    return Promise.all(elements.map((element) => this.#readElement(element, correlationId)));
  }

  /** What is in one element now. */
  async readElement(address: number, correlationId?: string): Promise<{ full: boolean; barCode?: string }> {
    const element = orFail(this.#definition.name, await this.#changer.readElement(address, correlated(correlationId)));
    const barCode = volumeIdentifierOf(element);
    return { full: element.full, ...(barCode === undefined ? {} : { barCode }) };
  }

  /** MOVE MEDIUM with its read-back. A cartridge with another bar code than `barCode` is not moved. */
  async moveMedium(
    move: { readonly source: number; readonly destination: number; readonly barCode: string },
    correlationId?: string,
  ): Promise<MoveReport> {
    const { source, destination, barCode } = move;
    const { outcome, failure, message } = await this.#changer.moveAndVerify(
      { source, destination, ...(barCode === '' ? {} : { volumeIdentifier: barCode }) },
      correlated(correlationId),
    );
    const astray = outcome === 'elsewhere' || outcome === 'uncertain';
    if (failure === undefined) return { end: 'completed', outcome, recordsWrong: astray, message };
    const recordsWrong = astray || (outcome !== 'moved' && failure.recovery === RecoveryAction.REFRESH_ELEMENT_STATUS);
    const refused = outcome === 'not-moved' && failure.executed === 'no';
    return { end: refused ? 'refused' : 'unknown', outcome, recordsWrong, message };
  }

  /** Waits until the drive is ready; undefined when it is. A drive that only the changer knows is taken to be. */
  async makeReady(
    elementAddress: number,
    options: { readonly load: boolean; readonly correlationId?: string; readonly signal?: AbortSignal },
  ): Promise<DriveTrouble | undefined> {
    const paired = this.#drives.get(elementAddress);
    if (paired === undefined) return undefined;
    const { load, ...command } = options;
    if (load) {
      const loaded = await paired.drive.load(command);
      if (!loaded.ok) return troubleOf(loaded.failure);
    }
    const timeoutMs = this.#definition.hints?.loadTimeoutMs ?? defaultLoadTimeoutMs;
    const ready = await paired.drive.waitUntilReady({ timeoutMs, ...command });
    return ready.ok ? undefined : troubleOf(ready.failure);
  }

  /** Has the drive let its cartridge go. Returns why it did not. */
  async unload(elementAddress: number, correlationId?: string): Promise<DriveTrouble | undefined> {
    const paired = this.#drives.get(elementAddress);
    if (paired === undefined || this.#definition.hints?.implicitUnload === true) return undefined;
    const unloaded = await paired.drive.unload(correlated(correlationId));
    if (unloaded.ok) return undefined;
    if (!isRemovalPrevented(unloaded.failure)) return troubleOf(unloaded.failure);
    // Nobody has the medium open, or there would be no dismount: what keeps it is left over from a process that died.
    await paired.drive.preventAllowMediumRemoval(false, correlated(correlationId));
    const again = await paired.drive.unload(correlated(correlationId));
    return again.ok ? undefined : troubleOf(again.failure);
  }

  /** Whether a drive answers as a sound drive does, full or empty; undefined when it cannot be asked. */
  async isSound(elementAddress: number): Promise<boolean | undefined> {
    const readiness = await this.#drives.get(elementAddress)?.drive.testUnitReady();
    return readiness?.ok;
  }

  /** The first block of the medium in a drive, for its label; of a longer one its first `length` bytes. */
  async readFirstBlock(elementAddress: number, correlationId: string | undefined, length: number): Promise<FirstBlock> {
    const paired = this.#drives.get(elementAddress);
    if (paired?.identity.peripheralDeviceType !== PeripheralDeviceType.SEQUENTIAL_ACCESS) return { kind: 'unread' };
    const records = await paired.drive.readFirstBlocks(1, { ...correlated(correlationId), length });
    if (!records.ok) return { kind: 'failed', message: records.failure.message };
    const [record] = records.value;
    if (record === undefined || record.kind === 'end-of-data') return { kind: 'blank' };
    return { kind: 'block', block: record.kind === 'block' ? record.data : new Uint8Array() };
  }

  async close(): Promise<void> {
    await this.ports.leave();
    await closePaths(this.#definition);
  }

  async #readElement(element: ElementStatus, correlationId?: string): Promise<ReadElement> {
    const { address, full } = element;
    const barCode = volumeIdentifierOf(element);
    const paired = full ? this.#drives.get(address) : undefined;
    const readiness = await paired?.drive.testUnitReady(correlated(correlationId));
    return {
      address,
      full,
      present: !isMagazineOut(element),
      ...(barCode === undefined ? {} : { barCode }),
      ...(element.sourceStorageElementAddress === undefined
        ? {}
        : { sourceAddress: element.sourceStorageElementAddress }),
      ...(readiness?.ok === true ? { ready: readiness.value === 'ready' } : {}),
    };
  }
}

function quirksOf({ hints = {} }: LibraryDefinition) {
  return {
    ...(hints.maxElementsPerQuery === undefined ? {} : { maxElementsPerQuery: hints.maxElementsPerQuery }),
    ...(hints.noVolumeTagWithDeviceIdentifier === undefined
      ? {}
      : { noVolumeTagWithDeviceIdentifier: hints.noVolumeTagWithDeviceIdentifier }),
  };
}

/** A process that died while an application had a medium open left its drive told to keep it. */
async function allowRemoval(drives: ReadonlyMap<number, PairedDrive>): Promise<void> {
  await Promise.all([...drives.values()].map(({ drive }) => drive.preventAllowMediumRemoval(false)));
}

/**
 * A changer that cannot be reached is not present, and that is said at once: only a path that was open before is waited
 * for. A drive that cannot be reached is left out when it is identified.
 */
async function openPaths(definition: AnyLibraryDefinition): Promise<void> {
  const { name } = definition;
  const { transport } = isStandAlone(definition) ? definition.drive : definition.changer;
  try {
    await transport.open();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new HardwareError('NOT_PRESENT', name, message, { cause: error });
  }
}

async function closePaths(definition: AnyLibraryDefinition): Promise<void> {
  const units = isStandAlone(definition) ? [definition.drive] : [definition.changer, ...(definition.drives ?? [])];
  const transports = new Set(units.map(({ transport }) => transport));
  await Promise.all([...transports].map((transport) => transport.close()));
}

function isRemovalPrevented({ sense }: CommandFailure): boolean {
  return sense !== undefined && hasAdditionalSense(sense, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
}

/** A hardware error or a lost path is the drive's own; anything else may be the cartridge's. */
function troubleOf({ layer, sense, message, transport }: CommandFailure): DriveTrouble {
  const lost = layer === 'transport' && transport?.code !== 'aborted';
  const incompatible = sense !== undefined && driveReadiness(sense) === 'incompatible-medium';
  return { message, broken: lost || sense?.key === SenseKey.HARDWARE_ERROR, incompatible };
}

/** A slot whose magazine is out is reported as an exception (SMC-3: MEDIUM MAGAZINE NOT ACCESSIBLE, ... REMOVED). */
function isMagazineOut({ except, asc, ascq }: ElementStatus): boolean {
  const codes = [AdditionalSense.MEDIUM_MAGAZINE_NOT_ACCESSIBLE, AdditionalSense.MEDIUM_MAGAZINE_REMOVED];
  return except && codes.some((code) => code.asc === asc && code.ascq === ascq);
}

function correlated(correlationId: string | undefined): { correlationId?: string } {
  return correlationId === undefined ? {} : { correlationId };
}

/** A device that cannot be reached is not present; one that answers with a failure needs service. */
function orFail<T>(library: string, outcome: CommandOutcome<T>): T {
  if (outcome.ok) return outcome.value;
  const { layer, message } = outcome.failure;
  throw new HardwareError(layer === 'transport' ? 'NOT_PRESENT' : 'NEEDS_SERVICE', library, message, {
    cause: outcome.failure,
  });
}
