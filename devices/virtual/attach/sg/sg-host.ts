import type { Clock } from '../../../clock.js';
import type { ScsiTarget } from '../../../transport/scsi-target.js';
import type { DeviceNode, ShownUnit } from './device-nodes.js';
import type { DriverFile } from './driver-call.js';
import { HostPower } from './host-power.js';
import { SgFile } from './sg-file.js';
import { MemoryBudget, type SgUnit } from './sg-unit.js';
import { TapeFile } from './tape-file.js';
import { TapeUnit } from './tape-unit.js';

/** Data that all programs' commands may have under way at once. */
const mostBytesUnderWay = 64 * 1_024 * 1_024;

export interface SgHostOptions {
  readonly target: ScsiTarget;
  readonly units: readonly ShownUnit[];
  readonly clock: Clock;
  readonly onError: (cause: Error) => void;
}

/** The drivers of a host with one target at its one SCSI bus: what is behind each device file. */
export class SgHost {
  /** Where the units are on the bus, but for their LUN. All programs of a host are one initiator to the device. */
  readonly address = { nexus: 'sg', host: 0, channel: 0, id: 0 } as const;
  readonly power = new HostPower();
  readonly #options: SgHostOptions;
  readonly #budget = new MemoryBudget(mostBytesUnderWay);
  readonly #tapes = new Map<number, TapeUnit>();

  constructor(options: SgHostOptions) {
    this.#options = options;
  }

  /** What open(2) of a device file makes. */
  open({ name, driver, lun, peripheralDeviceType }: DeviceNode): DriverFile {
    const { target, units, clock, onError } = this.#options;
    const budget = this.#budget;
    const unit: SgUnit = {
      ...this.address,
      target,
      lun,
      peripheralDeviceType,
      clock,
      budget,
      power: this.power,
      onTargetFailure: (cause) => onError(cause instanceof Error ? cause : new Error(String(cause))),
    };
    const sg = new SgFile(unit, async () => {
      for (const shown of units) await target.resetLogicalUnit?.(shown.lun);
    });
    if (driver !== 'st') return sg;
    return new TapeFile({ tape: this.#tapeAt(unit), sg, budget, rewinds: !name.startsWith('n') });
  }

  #tapeAt(unit: SgUnit): TapeUnit {
    const known = this.#tapes.get(unit.lun) ?? new TapeUnit(unit);
    this.#tapes.set(unit.lun, known);
    return known;
  }
}
