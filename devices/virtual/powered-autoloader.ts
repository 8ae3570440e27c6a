import type { Clock } from '../clock.js';
import type { Profile } from '../profiles/profile.js';
import { AdditionalSense, type AdditionalSenseCode } from '../scsi/asc-ascq.js';
import { PeripheralDeviceType } from '../scsi/opcodes.js';
import { ElementType } from '../scsi/smc/element-type.js';
import type { ScsiTask, ScsiTaskResult } from '../transport/scsi-target.js';
import type { Changer } from './changer/changer.js';
import { changerModeCommands } from './changer/changer-mode-pages.js';
import { ChangerState } from './changer/changer-state.js';
import type { DriveInElement } from './changer/element-report.js';
import { elementStatusCommands } from './changer/element-status-commands.js';
import { importExportCommands } from './changer/import-export-commands.js';
import { motionCommands } from './changer/motion-commands.js';
import { scan } from './changer/motions.js';
import { volumeTagCommands } from './changer/volume-tag-commands.js';
import type { DeviceIdentity } from './device-identity.js';
import { DeviceServer } from './device-server.js';
import { discCommands } from './drive/disc-commands.js';
import { DriveBay } from './drive/drive-bay.js';
import { LoadedTape } from './drive/loaded-tape.js';
import { tapeDataCommands } from './drive/tape-data-commands.js';
import { tapeModeCommands } from './drive/tape-mode-commands.js';
import { tapePositionCommands } from './drive/tape-position-commands.js';
import { ElementStore, type Element } from './element-store.js';
import type { HardwareStore } from './hardware-store.js';
import { Mechanics, PowerOffError, type Timing } from './mechanics.js';
import { noSuchLogicalUnit } from './no-logical-unit.js';
import { preventAllowCommand, primaryCommands } from './primary-commands.js';
import { reservationCommands } from './reservation-commands.js';
import { logCommands, TapeAlerts } from './tape-alerts.js';

export interface PowerSupply {
  readonly profile: Profile;
  readonly serialNumber: string;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly hardware: HardwareStore;
  readonly onInternalFailure: (error: unknown) => void;
}

/** Everything that starts anew when the power comes: device servers, drives, the picker. Cartridges stay where they are. */
export class PoweredAutoloader {
  readonly elements: ElementStore;
  readonly changer: Changer;
  readonly changerServer: DeviceServer;
  readonly #servers = new Map<number, DeviceServer>();
  readonly #drives = new Map<number, DriveBay>();
  readonly #driveAt = new Map<number, DriveInElement>();
  readonly #power = new AbortController();
  readonly #profile: Profile;
  readonly #onInternalFailure: (error: unknown) => void;
  readonly #luns: readonly number[];

  constructor(supply: PowerSupply) {
    const { profile, timing, clock } = supply;
    const powerOff = this.#power.signal;
    const mechanics = new Mechanics({ timings: profile.timings, timing, clock, powerOff });
    const hardware = whilePowered(supply.hardware, powerOff);
    this.#profile = profile;
    this.#onInternalFailure = supply.onInternalFailure;
    this.#luns = [profile.changer.lun, ...profile.drives.luns];
    this.elements = ElementStore.restore(profile, hardware);
    this.changerServer = new DeviceServer(profile.changer.lun, supply.onInternalFailure);
    this.#servers.set(profile.changer.lun, this.changerServer);
    this.changer = {
      profile,
      state: new ChangerState(profile.quirks),
      elements: this.elements,
      mechanics,
      drives: this.#drives,
      alerts: new TapeAlerts(this.changerServer.nexuses),
      waitForDrives: timing === 'zero',
    };
    this.elements.ofType(ElementType.DATA_TRANSFER).forEach((element, index) => {
      this.#addDrive({ ...supply, hardware }, mechanics, element, index);
    });
    this.#equipChanger(supply.serialNumber);
  }

  /** Power-on: what hangs in the picker goes home, drives take in what is in them, the labels are read. */
  async start(): Promise<void> {
    this.#emptyPicker();
    const loading = [...this.#drives.values()].map((bay) => bay.arrived());
    const taken = this.takeInventory(this.elements.all(), 'powerOnMs').catch((error: unknown) => {
      // The power may go again meanwhile; nobody waits for this inventory then.
      if (!(error instanceof PowerOffError)) this.#onInternalFailure(error);
    });
    if (this.changer.waitForDrives) await Promise.all([...loading, taken]);
  }

  /**
   * The changer is not ready while it looks at these elements. Afterwards every nexus is told that media may have changed.
   * Labels stay unread where the model wants an explicit INITIALIZE ELEMENT STATUS.
   */
  async takeInventory(elements: readonly Element[], phase: 'powerOnMs' | 'doorMs'): Promise<void> {
    const { state, mechanics } = this.changer;
    state.inventories += 1;
    try {
      await mechanics.spend(phase);
      await this.readLabels(elements);
    } finally {
      state.inventories -= 1;
    }
    this.changerServer.nexuses.establish(AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
  }

  /** Reads the labels that came by hand; those read before stay known. */
  async readLabels(elements: readonly Element[]): Promise<void> {
    if (this.changer.profile.quirks.labelsNeedInventory) return;
    const unread = elements.filter(({ present, content }) => present && content !== null && !content.labelScanned);
    // In the order of the changer's commands: there is one picker, and it carries the reader.
    await this.changerServer.enqueue(() => scan(this.changer, unread));
  }

  execute(task: ScsiTask): Promise<ScsiTaskResult> {
    const server = this.#servers.get(task.lun);
    if (server === undefined) return Promise.resolve(noSuchLogicalUnit(task, this.#luns));
    return server.execute(task);
  }

  nexusLost(nexus: string): void {
    for (const server of this.#servers.values()) server.nexusLost(nexus);
    this.changer.state.removalPreventedBy.delete(nexus);
    for (const bay of this.#drives.values()) bay.removalPreventedBy.delete(nexus);
  }

  resetLogicalUnit(lun: number): void {
    this.#servers.get(lun)?.reset();
    if (lun === this.#profile.changer.lun) this.changer.state.removalPreventedBy.clear();
    for (const bay of this.#drives.values()) if (bay.server.lun === lun) bay.removalPreventedBy.clear();
  }

  establishUnitAttention(lun: number, code: AdditionalSenseCode): void {
    this.#servers.get(lun)?.nexuses.establish(code);
  }

  driveAt(address: number): DriveBay | undefined {
    return this.#drives.get(address);
  }

  /** Whatever moves stops where it is; waiting commands end as aborted. */
  powerOff(): void {
    this.#power.abort(new PowerOffError());
    for (const server of this.#servers.values()) server.powerOff();
    for (const bay of this.#drives.values()) bay.close();
  }

  #addDrive(supply: PowerSupply, mechanics: Mechanics, element: Element, index: number): void {
    const { profile, hardware, onInternalFailure } = supply;
    const lun = profile.drives.luns[index];
    if (lun === undefined) throw new Error(`profile ${profile.id} names no LUN for the drive at ${element.address}`);
    const identity: DeviceIdentity = {
      peripheralDeviceType: profile.drives.peripheralDeviceType,
      inquiry: profile.drives.inquiry,
      serialNumber: `${supply.serialNumber}D${index + 1}`,
    };
    const server = new DeviceServer(lun, onInternalFailure);
    const { elements } = this;
    const bay = new DriveBay({ element, server, profile, mechanics, elements, hardware, onInternalFailure });
    server.use(
      primaryCommands({ identity, luns: this.#luns, testUnitReadySense: () => bay.notReadySense() }),
      reservationCommands(server),
      preventAllowCommand(bay.removalPreventedBy),
    );
    if (profile.drives.peripheralDeviceType === PeripheralDeviceType.SEQUENTIAL_ACCESS) {
      const tape = new LoadedTape(bay);
      server.use(
        tapeDataCommands(tape),
        tapePositionCommands(tape, mechanics),
        tapeModeCommands(tape),
        logCommands(bay.alerts),
      );
    } else {
      server.use(discCommands(bay));
    }
    this.#servers.set(lun, server);
    this.#drives.set(element.address, bay);
    this.#driveAt.set(element.address, { identity, lun });
  }

  #equipChanger(serialNumber: string): void {
    const { changer, changerServer } = this;
    const { state, alerts, profile } = changer;
    const identity: DeviceIdentity = {
      peripheralDeviceType: PeripheralDeviceType.MEDIUM_CHANGER,
      inquiry: profile.changer.inquiry,
      serialNumber,
    };
    changerServer.use(
      primaryCommands({ identity, luns: this.#luns, testUnitReadySense: () => state.testUnitReadySense() }),
      reservationCommands(changerServer),
      preventAllowCommand(state.removalPreventedBy),
      changerModeCommands(profile),
      logCommands(alerts),
      elementStatusCommands(changer, (address) => this.#driveAt.get(address)),
      motionCommands(changer),
      volumeTagCommands(changer),
      importExportCommands(changer),
    );
  }

  /** A cartridge that the power cut left in the picker goes back to where it came from, or to the first free slot. */
  #emptyPicker(): void {
    for (const picker of this.elements.ofType(ElementType.MEDIUM_TRANSPORT)) {
      if (picker.content === null) continue;
      const home = this.elements.find(picker.content.sourceStorageElementAddress ?? -1);
      const free = this.elements
        .ofType(ElementType.STORAGE)
        .find(({ content, present }) => content === null && present);
      const target = home?.content === null && home.present ? home : free;
      if (target === undefined) continue;
      this.elements.move([{ from: picker.address, to: target.address, invert: false }]);
      this.elements.save([target.address]);
    }
  }
}

/** What a motion that had not heard of the power cut wants to keep, is not kept: it never happened. */
function whilePowered(hardware: HardwareStore, powerOff: AbortSignal): HardwareStore {
  return {
    load: () => hardware.load(),
    create: (identity, cartridges) => hardware.create(identity, cartridges),
    save(change) {
      powerOff.throwIfAborted();
      hardware.save(change);
    },
    openMedium: (cartridge) => hardware.openMedium(cartridge),
    close: () => hardware.close(),
  };
}
