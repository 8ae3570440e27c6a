import type { Clock } from '../clock.js';
import type { Profile } from '../profiles/profile.js';
import { AdditionalSense, type AdditionalSenseCode } from '../scsi/asc-ascq.js';
import { PeripheralDeviceType } from '../scsi/opcodes.js';
import { ElementType } from '../scsi/smc/element-type.js';
import type { ScsiTask, ScsiTaskResult } from '../transport/scsi-target.js';
import type { Changer } from './changer/changer.js';
import { changerCommands } from './changer/changer-commands.js';
import { ChangerState } from './changer/changer-state.js';
import { ChangerStatistics } from './changer/changer-statistics.js';
import { driveInElement, type DriveInElement } from './changer/element-report.js';
import { scan } from './changer/motions.js';
import type { DeviceIdentity } from './device-identity.js';
import { DeviceServer } from './device-server.js';
import { diagnosticCommands } from './diagnostic-commands.js';
import { checkDriveAtRest, driveSelfTest } from './drive-self-test.js';
import { discCommands } from './drive/disc-commands.js';
import { DriveBay } from './drive/drive-bay.js';
import { LoadedTape } from './drive/loaded-tape.js';
import { tapeCommands } from './drive/tape-commands.js';
import { tapeLogPages } from './drive/tape-log-pages.js';
import { ElementStore, type Element } from './element-store.js';
import type { HardwareStore } from './hardware-store.js';
import { logCommands } from './log-commands.js';
import { Mechanics, PowerOffError, type Timing } from './mechanics.js';
import { noSuchLogicalUnit } from './no-logical-unit.js';
import { SelfTests } from './self-tests.js';
import { TapeAlerts } from './tape-alerts.js';
import { unitCommands } from './unit-commands.js';

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
  readonly #onInternalFailure: (error: unknown) => void;
  readonly #luns: readonly number[];

  constructor(supply: PowerSupply) {
    const { profile, timing, clock } = supply;
    const powerOff = this.#power.signal;
    const mechanics = new Mechanics({ timings: profile.timings, timing, clock, powerOff });
    const hardware = whilePowered(supply.hardware, powerOff);
    this.#onInternalFailure = supply.onInternalFailure;
    const { lun } = profile.changer;
    const isReached = profile.standAlone !== true;
    this.#luns = [...(isReached ? [lun] : []), ...profile.drives.luns];
    this.elements = ElementStore.restore(profile, hardware);
    const peripheralDeviceType = PeripheralDeviceType.MEDIUM_CHANGER;
    this.changerServer = new DeviceServer({ lun, peripheralDeviceType }, supply.onInternalFailure);
    if (isReached) this.#servers.set(lun, this.changerServer);
    const statistics = new ChangerStatistics();
    this.changer = {
      profile,
      state: new ChangerState(profile.quirks, statistics),
      statistics,
      elements: this.elements,
      mechanics,
      drives: this.#drives,
      alerts: new TapeAlerts(this.changerServer.nexuses),
      waitForDrives: timing === 'zero',
    };
    this.elements.ofType(ElementType.DATA_TRANSFER).forEach((element, index) => {
      this.#addDrive({ ...supply, hardware }, mechanics, element, index);
    });
    this.#equipChanger(supply);
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
  }

  establishUnitAttention(lun: number, code: AdditionalSenseCode): void {
    this.#servers.get(lun)?.nexuses.establish(code);
  }

  /** In what READ and WRITE of this logical unit count now, in bytes; 0 where they do not count in blocks. */
  blockLengthOf(lun: number): number {
    return [...this.#drives.values()].find(({ server }) => server.lun === lun)?.blockLength() ?? 0;
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
    const server = new DeviceServer({ lun, ...identity }, onInternalFailure);
    const { elements } = this;
    const hardwareSerialNumber = supply.serialNumber;
    const bay = new DriveBay({
      element,
      server,
      identity,
      hardwareSerialNumber,
      profile,
      mechanics,
      elements,
      hardware,
      onInternalFailure,
    });
    const selfTests = new SelfTests(server, driveSelfTest(bay), () => supply.clock.now());
    server.use(
      ...unitCommands(server, {
        identity,
        luns: this.#luns,
        profile,
        testUnitReadySense: () => bay.notReadySense(),
        removalPreventedBy: bay.removalPreventedBy,
      }),
      diagnosticCommands(selfTests, () => checkDriveAtRest(bay)),
    );
    if (profile.drives.peripheralDeviceType === PeripheralDeviceType.SEQUENTIAL_ACCESS) {
      const tape = new LoadedTape(bay);
      server.use(
        ...tapeCommands(tape, mechanics, profile),
        logCommands(server, [...tapeLogPages(tape), selfTests, bay.alerts]),
      );
    } else {
      server.use(discCommands(bay), logCommands(server, [selfTests]));
    }
    this.#servers.set(lun, server);
    this.#drives.set(element.address, bay);
    this.#driveAt.set(element.address, driveInElement(profile, lun, identity));
  }

  #equipChanger(supply: PowerSupply): void {
    const { changer, changerServer } = this;
    const { state, profile } = changer;
    const identity: DeviceIdentity = {
      peripheralDeviceType: PeripheralDeviceType.MEDIUM_CHANGER,
      inquiry: profile.changer.inquiry,
      serialNumber: supply.serialNumber,
    };
    changerServer.use(
      ...unitCommands(changerServer, {
        identity,
        luns: this.#luns,
        profile,
        testUnitReadySense: () => state.testUnitReadySense(),
        removalPreventedBy: state.removalPreventedBy,
      }),
      ...changerCommands(changer, changerServer, {
        driveIn: (address) => this.#driveAt.get(address),
        nowMs: () => supply.clock.now(),
      }),
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
