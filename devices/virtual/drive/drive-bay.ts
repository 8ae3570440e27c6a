import type { Profile } from '../../profiles/profile.js';
import { AdditionalSense, type AdditionalSenseCode } from '../../scsi/asc-ascq.js';
import { SenseKey, type SenseInput } from '../../scsi/sense.js';
import type { Cartridge } from '../cartridge.js';
import type { DeviceIdentity } from '../device-identity.js';
import type { DeviceServer } from '../device-server.js';
import type { Element, ElementStore } from '../element-store.js';
import type { HardwareStore } from '../hardware-store.js';
import { PowerOffError, type Mechanics } from '../mechanics.js';
import { takesMedium } from '../media/medium-format.js';
import type { Medium } from '../media/medium.js';
import { DriveAlert, TapeAlerts } from '../tape-alerts.js';

/**
 * What a drive is doing with its cartridge. `held`: the tape is not threaded, but the drive keeps the cartridge. `unloaded`:
 * ejected, the picker can take it. `rejected`: ejected because the drive cannot use it. `cleaning`: a cleaning cartridge
 * runs; it is `unloaded` afterwards.
 */
export type DriveCondition =
  'empty' | 'loading' | 'ready' | 'held' | 'unloading' | 'unloaded' | 'cleaning' | 'rejected';

/** How urgently a drive wants to be cleaned: now, or when its time has come. */
export type CleaningWish = 'required' | 'requested';

const wishAlerts = { required: DriveAlert.CLEANING_REQUIRED, requested: DriveAlert.CLEANING_REQUESTED } as const;

/** Flags that speak of the cartridge inside; those of the drive itself stay when it leaves. */
const cartridgeAlerts = Object.values(DriveAlert).filter(
  (flag) => flag !== DriveAlert.CLEANING_REQUIRED && flag !== DriveAlert.CLEANING_REQUESTED,
);

/** One drive's mechanism: a cartridge that comes is loaded, made ready or thrown out again. */
export class DriveBay {
  readonly element: Element;
  readonly server: DeviceServer;
  readonly identity: DeviceIdentity;
  /** The autoloader's, of which the cartridges have theirs. */
  readonly hardwareSerialNumber: string;
  readonly alerts: TapeAlerts;
  /** How long the blocks are that READ and WRITE count in now, in bytes; 0: each block has its own length. */
  blockLength: () => number = () => 0;
  /** Nexuses that have sent PREVENT MEDIUM REMOVAL to this drive. */
  readonly removalPreventedBy = new Set<string>();
  #condition: DriveCondition = 'empty';
  #rejection: AdditionalSenseCode = AdditionalSense.INCOMPATIBLE_MEDIUM_INSTALLED;
  #medium: Medium | undefined;
  #cleaningWish: CleaningWish | undefined;
  readonly #onLoaded: ((medium: Medium, cartridge: Cartridge) => void)[] = [];
  readonly #onUnloading: (() => void)[] = [];
  readonly #profile: Profile;
  readonly #mechanics: Mechanics;
  readonly #elements: ElementStore;
  readonly #hardware: HardwareStore;
  readonly #onInternalFailure: (error: unknown) => void;
  /** The motion that goes on by itself after the picker has let go. */
  settled: Promise<void> = Promise.resolve();

  constructor(options: {
    element: Element;
    server: DeviceServer;
    identity: DeviceIdentity;
    hardwareSerialNumber: string;
    profile: Profile;
    mechanics: Mechanics;
    elements: ElementStore;
    hardware: HardwareStore;
    onInternalFailure: (error: unknown) => void;
  }) {
    this.element = options.element;
    this.server = options.server;
    this.identity = options.identity;
    this.hardwareSerialNumber = options.hardwareSerialNumber;
    this.alerts = new TapeAlerts(options.server.nexuses);
    this.#profile = options.profile;
    this.#mechanics = options.mechanics;
    this.#elements = options.elements;
    this.#hardware = options.hardware;
    this.#onInternalFailure = options.onInternalFailure;
  }

  get condition(): DriveCondition {
    return this.#condition;
  }

  /** The loaded medium; `undefined` unless the drive is ready. */
  get medium(): Medium | undefined {
    return this.#medium;
  }

  /** What the drive asks for; it goes on asking until a cleaning cartridge has run. */
  get cleaningWish(): CleaningWish | undefined {
    return this.#cleaningWish;
  }

  /** The heads get dirty: the drive asks for a cleaning cartridge from now on. */
  soil(wish: CleaningWish): void {
    this.#cleaningWish = wish;
    this.alerts.raise(wishAlerts[wish]);
  }

  /** Does `action` whenever a medium was threaded, before a host can use it. */
  whenLoaded(action: (medium: Medium, cartridge: Cartridge) => void): void {
    this.#onLoaded.push(action);
  }

  /** Does `action` whenever a loaded medium is let go, while it can still be written to. */
  whenUnloading(action: () => void): void {
    this.#onUnloading.push(action);
  }

  /** The picker can put a cartridge in, or take one out. */
  get accessible(): boolean {
    return this.#condition === 'empty' || this.#condition === 'unloaded' || this.#condition === 'rejected';
  }

  /** Why a command that needs the medium cannot run; `undefined` when the drive is ready. */
  notReadySense(): SenseInput | undefined {
    switch (this.#condition) {
      case 'ready':
        return undefined;
      case 'loading':
        return { key: SenseKey.NOT_READY, ...AdditionalSense.LOGICAL_UNIT_IS_IN_PROCESS_OF_BECOMING_READY };
      case 'unloading':
        return { key: SenseKey.NOT_READY, ...AdditionalSense.LOGICAL_UNIT_NOT_READY_OPERATION_IN_PROGRESS };
      case 'held':
        return { key: SenseKey.NOT_READY, ...AdditionalSense.LOGICAL_UNIT_NOT_READY_INITIALIZING_COMMAND_REQUIRED };
      case 'cleaning':
        return { key: SenseKey.NOT_READY, ...AdditionalSense.CLEANING_CARTRIDGE_INSTALLED };
      case 'rejected':
        return { key: SenseKey.NOT_READY, ...this.#rejection };
      case 'empty':
      case 'unloaded':
        return { key: SenseKey.NOT_READY, ...AdditionalSense.MEDIUM_NOT_PRESENT };
    }
  }

  /** A cartridge was put in: the drive takes it in by itself, as LTO drives do. Resolves when it has settled, always. */
  arrived(): Promise<void> {
    this.settled = this.load().catch((error: unknown) => {
      // After a power cut the drive is rebuilt at power on.
      if (error instanceof PowerOffError) return;
      // Nobody may be waiting for this; the cartridge can be taken out again.
      this.#condition = 'unloaded';
      this.#onInternalFailure(error);
    });
    return this.settled;
  }

  /** Loads the cartridge that is in the drive. */
  async load(): Promise<void> {
    const cartridge = this.element.content?.cartridge;
    if (cartridge === undefined || this.#condition === 'ready') return;
    this.#condition = 'loading';
    await this.#mechanics.spend('driveLoadMs');
    if (cartridge.cleaning) return this.#clean();
    if (!takesMedium(this.#profile, cartridge.mediaType)) {
      this.alerts.raise(DriveAlert.UNSUPPORTED_FORMAT);
      this.#reject(AdditionalSense.INCOMPATIBLE_MEDIUM_INSTALLED);
      return;
    }
    const medium = this.#hardware.openMedium(cartridge);
    this.#medium = medium;
    for (const action of this.#onLoaded) this.#attempt(() => action(medium, cartridge));
    this.#condition = 'ready';
    this.server.nexuses.establish(AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
  }

  /**
   * Rewinds a tape that stands at `fraction` of its length, and ejects; afterwards the picker can take the medium. With
   * `hold` the drive keeps the cartridge, its tape not threaded.
   */
  async unload(fraction = 0, hold = false): Promise<void> {
    if (this.#condition !== 'ready' && this.#condition !== 'held') return;
    this.#condition = 'unloading';
    this.#closeMedium();
    await this.#mechanics.spend('rewindMs', fraction);
    await this.#mechanics.spend('driveUnloadMs');
    this.#condition = hold ? 'held' : 'unloaded';
  }

  /** The picker has gripped the cartridge: nothing can load it any more. */
  departing(): void {
    this.#closeMedium();
    this.#condition = 'empty';
    this.alerts.clear(...cartridgeAlerts);
  }

  /** Power off. */
  close(): void {
    this.#closeMedium();
  }

  async #clean(): Promise<void> {
    const cartridge = this.element.content?.cartridge;
    if (cartridge === undefined) return;
    if (cartridge.cleaningUsesRemaining <= 0) {
      this.alerts.raise(DriveAlert.EXPIRED_CLEANING_MEDIA);
      this.#reject(AdditionalSense.CLEANING_TAPE_EXPIRED);
      return;
    }
    this.#condition = 'cleaning';
    this.alerts.raise(DriveAlert.CLEANING_MEDIA);
    cartridge.cleaningUsesRemaining -= 1;
    this.#elements.save([this.element.address]);
    await this.#mechanics.spend('cleaningMs');
    this.#cleaningWish = undefined;
    this.alerts.clear(...Object.values(wishAlerts));
    this.#condition = 'unloaded';
  }

  #reject(code: AdditionalSenseCode): void {
    this.#rejection = code;
    this.#condition = 'rejected';
  }

  #closeMedium(): void {
    if (this.#medium === undefined) return;
    for (const action of this.#onUnloading) this.#attempt(action);
    this.#medium.close();
    this.#medium = undefined;
  }

  /** What goes wrong beside a motion (a full disk) does not stop it. */
  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#onInternalFailure(error);
    }
  }
}
