import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import type { Clock } from '../clock.js';
import { lockFolder, type FolderLock } from '../folder-lock.js';
import type { Profile } from '../profiles/profile.js';
import type { AdditionalSenseCode } from '../scsi/asc-ascq.js';
import { elementTypeName, type ElementType } from '../scsi/smc/element-type.js';
import type { ScsiTarget, ScsiTask, ScsiTaskResult } from '../transport/scsi-target.js';
import { CartridgeShelf } from './cartridge-shelf.js';
import { defaultCartridges, type PlacedCartridge } from './default-cartridges.js';
import { elementRanges, stored } from './element-store.js';
import type { Fault } from './faults/fault.js';
import { HardwareMismatchError } from './hardware-error.js';
import { FolderHardware, MemoryHardware, type HardwareStore, type StoredHardware } from './hardware-store.js';
import type { Timing } from './mechanics.js';
import { OperatorError } from './operator-error.js';
import { OperatorPanel } from './operator-panel.js';
import { PoweredAutoloader, type PowerSupply } from './powered-autoloader.js';
import type { CleaningWish, DriveCondition } from './drive/drive-bay.js';

export interface VirtualAutoloaderOptions {
  readonly profile: Profile;
  readonly clock: Clock;
  /** `real`: motions take the profile's times on the clock. `zero`: no timer is ever set. */
  readonly timing: Timing;
  /** Where the hardware lives on; absent: in memory. It is locked while the autoloader is open. */
  readonly folder?: string;
  /** What lies in new hardware; hardware that exists already keeps what it has. Default {@link defaultCartridges}. */
  readonly cartridges?: readonly PlacedCartridge[];
  /** For new hardware. Default: made from the folder's name. */
  readonly serialNumber?: string;
  /** Hears of failures that are no SCSI condition (a full disk); the host is told INTERNAL TARGET FAILURE. */
  readonly onInternalFailure?: (error: unknown) => void;
}

/** One element as the device itself knows it, without any SCSI in between. */
export interface InspectedElement {
  readonly elementType: ElementType;
  /** `storage element` and so on. */
  readonly elementTypeName: string;
  readonly address: number;
  readonly full: boolean;
  /** What is printed on the cartridge, read or not; `null` for no cartridge and for one without label. */
  readonly barcode: string | null;
  /** The device's own name for the cartridge. */
  readonly cartridgeId: number | null;
  readonly sourceStorageElementAddress: number | null;
  /** False while its magazine is out. */
  readonly present: boolean;
  /** What the drive is doing; data transfer elements only. */
  readonly drive?: DriveCondition;
  /** Only of drives that ask to be cleaned. */
  readonly cleaningWish?: CleaningWish;
  /** Only of cleaning cartridges. */
  readonly cleaningUsesRemaining?: number;
}

/** The cartridges that were given for new hardware cannot lie as they were placed. */
export class PlacementError extends Error {
  override readonly name = 'PlacementError';
  readonly code = 'PLACEMENT';

  constructor(what: string) {
    super(`The virtual autoloader cannot be filled: ${what}. Place each cartridge in an element of its own.`);
  }
}

/** A SCSI autoloader made of software: a changer and its drives behind one target, with cartridges that hold data. */
export class VirtualAutoloader implements ScsiTarget {
  readonly profile: Profile;
  /** The changer's; the drives' are made from it. */
  readonly serialNumber: string;
  /** What a person standing before the device can do. */
  readonly operator: OperatorPanel;
  readonly lunOfChanger: number;
  readonly lunsOfDrives: readonly number[];
  readonly #supply: PowerSupply;
  readonly #lock: FolderLock | undefined;
  readonly #faults: Fault[] = [];
  #device: PoweredAutoloader;
  #closed = false;

  private constructor(supply: PowerSupply, lock: FolderLock | undefined, shelf: CartridgeShelf) {
    this.profile = supply.profile;
    this.serialNumber = supply.serialNumber;
    this.lunOfChanger = supply.profile.changer.lun;
    this.lunsOfDrives = supply.profile.drives.luns;
    this.#supply = supply;
    this.#lock = lock;
    this.#device = new PoweredAutoloader(supply);
    this.operator = new OperatorPanel(() => this.#switchedOn(), shelf);
  }

  /**
   * Switches an autoloader on; new hardware is made when the folder holds none. With real times it is becoming ready when
   * this resolves. Throws `FolderLockedError`, `FolderUnusableError`, `HardwareUnusableError`,
   * {@link HardwareMismatchError} and {@link PlacementError}.
   */
  static async create(options: VirtualAutoloaderOptions): Promise<VirtualAutoloader> {
    const { profile, clock, timing, folder } = options;
    const lock = folder === undefined ? undefined : lockFolder(folder, { purpose: 'hardware', nowMs: clock.now() });
    let hardware: HardwareStore | undefined;
    try {
      hardware = folder === undefined ? new MemoryHardware() : new FolderHardware(folder);
      const found = hardware.load();
      if (found !== undefined) checkModel(profile, found, folder ?? '');
      const serialNumber = found?.serialNumber ?? options.serialNumber ?? serialNumberFor(folder);
      const shelf = new CartridgeShelf(profile, hardware);
      if (found === undefined) {
        const placed = options.cartridges ?? defaultCartridges(profile);
        checkPlacement(profile, placed);
        hardware.create(
          { profileId: profile.id, serialNumber },
          placed.map(({ elementAddress, ...spec }) => stored(shelf.make(spec), elementAddress)),
        );
      }
      const onInternalFailure = options.onInternalFailure ?? warn;
      const supply = { profile, serialNumber, clock, timing, hardware, onInternalFailure };
      const autoloader = new VirtualAutoloader(supply, lock, shelf);
      await autoloader.#device.start();
      return autoloader;
    } catch (error) {
      hardware?.close();
      lock?.release();
      throw error;
    }
  }

  execute(task: ScsiTask): Promise<ScsiTaskResult> {
    return this.#faults.length === 0 ? this.#device.execute(task) : this.#throughFaults(task, 0);
  }

  /** In what READ and WRITE of this logical unit count now, in bytes; 0 where they do not. A USB device must know. */
  blockLengthOf(lun: number): number {
    return this.#device.blockLengthOf(lun);
  }

  nexusLost(nexus: string): void {
    this.#device.nexusLost(nexus);
  }

  resetLogicalUnit(lun: number): Promise<void> {
    this.#device.resetLogicalUnit(lun);
    return Promise.resolve();
  }

  /** Something about a unit has changed (its microcode, its INQUIRY data ...): every nexus that is known hears of it. */
  establishUnitAttention(lun: number, code: AdditionalSenseCode): void {
    this.#device.establishUnitAttention(lun, code);
  }

  /**
   * The heads of a drive get dirty: by TapeAlert it asks for a cleaning cartridge until one has run in it, or until it is
   * switched off. Throws OperatorError where there is no drive.
   */
  soilDrive(address: number, wish: CleaningWish): void {
    const bay = this.#switchedOn().driveAt(address);
    if (bay === undefined) {
      throw new OperatorError('NO_SUCH_ELEMENT', `There is no drive at ${address}; inspect() lists them.`);
    }
    bay.soil(wish);
  }

  /** Adds a fault; it is asked before those added earlier. The returned function takes it away. */
  addFault(fault: Fault): () => void {
    this.#faults.unshift(fault);
    return () => {
      const at = this.#faults.indexOf(fault);
      if (at !== -1) this.#faults.splice(at, 1);
    };
  }

  /** Every element, in the order of addresses. */
  inspect(): InspectedElement[] {
    return this.#device.elements.all().map((element) => {
      const { elementType, address, content, present } = element;
      const bay = this.#device.driveAt(address);
      return {
        elementType,
        elementTypeName: elementTypeName(elementType),
        address,
        full: content !== null,
        barcode: content?.cartridge.barcode ?? null,
        cartridgeId: content?.cartridge.id ?? null,
        sourceStorageElementAddress: content?.sourceStorageElementAddress ?? null,
        present,
        ...(bay === undefined ? {} : { drive: bay.condition }),
        ...(bay?.cleaningWish === undefined ? {} : { cleaningWish: bay.cleaningWish }),
        ...(content?.cartridge.cleaning === true
          ? { cleaningUsesRemaining: content.cartridge.cleaningUsesRemaining }
          : {}),
      };
    });
  }

  /** Switches it off and on again: every nexus state is gone, whatever moved is found as after a power cut. */
  async powerCycle(): Promise<void> {
    this.#switchedOn().powerOff();
    this.#device = new PoweredAutoloader(this.#supply);
    await this.#device.start();
  }

  /** Switches it off and gives the folder back. Commands that wait end as aborted. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#device.powerOff();
    // Waiting commands end in microtasks; none may find the database closed under it.
    await new Promise<void>((resolve_) => setImmediate(resolve_));
    try {
      this.#supply.hardware.close();
    } finally {
      this.#lock?.release();
    }
  }

  #switchedOn(): PoweredAutoloader {
    if (!this.#closed) return this.#device;
    throw new OperatorError('SWITCHED_OFF', 'The virtual autoloader was closed; create it again.');
  }

  #throughFaults(task: ScsiTask, depth: number): Promise<ScsiTaskResult> {
    const fault = this.#faults[depth];
    if (fault === undefined) return this.#device.execute(task);
    return fault.perform(task, (passedOn) => this.#throughFaults(passedOn, depth + 1));
  }
}

function checkModel(profile: Profile, found: StoredHardware, folder: string): void {
  if (found.profileId !== profile.id) {
    throw new HardwareMismatchError(
      `${folder} holds a '${found.profileId}', not a '${profile.id}'. Use the profile '${found.profileId}', or another folder.`,
    );
  }
  const used = [
    ...found.cartridges.map(({ elementAddress }) => elementAddress),
    ...found.elements.map((e) => e.address),
  ];
  const unknown = used.find((address) => address !== null && !hasElement(profile, address));
  if (unknown === undefined) return;
  throw new HardwareMismatchError(
    `${folder} uses element ${unknown}, which the profile '${profile.id}' does not have. Use the profile that it was made with, or another folder.`,
  );
}

function hasElement(profile: Profile, address: number): boolean {
  return elementRanges(profile.elements).some(([, { first, count }]) => address >= first && address < first + count);
}

function checkPlacement(profile: Profile, placed: readonly PlacedCartridge[]): void {
  const taken = new Set<number>();
  for (const { elementAddress } of placed) {
    if (!hasElement(profile, elementAddress))
      throw new PlacementError(`${profile.id} has no element ${elementAddress}`);
    if (taken.has(elementAddress)) throw new PlacementError(`two cartridges were given to element ${elementAddress}`);
    taken.add(elementAddress);
  }
}

/** Two autoloaders of one host should not share a serial number; the folder's name tells them apart. */
function serialNumberFor(folder: string | undefined): string {
  if (folder === undefined) return 'ORS0000001';
  const digest = createHash('sha256')
    .update(basename(resolve(folder)))
    .digest('hex');
  return `ORS${digest.slice(0, 7).toUpperCase()}`;
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
