import { PeripheralDeviceType } from '../../../scsi/opcodes.js';

/** A unit to be shown to programs. */
export interface ShownUnit {
  readonly lun: number;
  readonly peripheralDeviceType: number;
}

/** The driver behind a device file. */
export type NodeDriver = 'sg' | 'ch' | 'st';

/** A file below `/dev` that leads to a unit. */
export interface DeviceNode {
  /** `sg0`. */
  readonly name: string;
  readonly driver: NodeDriver;
  readonly lun: number;
  readonly peripheralDeviceType: number;
  /** As Linux numbers character devices: sg 21, sch 86, st 9. */
  readonly major: number;
  readonly minor: number;
  /** Its class below `/sys/class`. */
  readonly sysfsClass: 'scsi_generic' | 'scsi_changer' | 'scsi_tape';
}

/** Minor numbers of st from here on do not rewind at close. */
const noRewind = 128;

/** The files that a kernel makes for these units: sg for each, sch for changers, st and nst for tape drives. */
export function deviceNodes(units: readonly ShownUnit[]): readonly DeviceNode[] {
  const nodes: DeviceNode[] = units.map((unit, index) => ({
    ...unit,
    name: `sg${index}`,
    driver: 'sg',
    major: 21,
    minor: index,
    sysfsClass: 'scsi_generic',
  }));
  ofType(units, PeripheralDeviceType.MEDIUM_CHANGER).forEach((unit, index) =>
    nodes.push({ ...unit, name: `sch${index}`, driver: 'ch', major: 86, minor: index, sysfsClass: 'scsi_changer' }),
  );
  ofType(units, PeripheralDeviceType.SEQUENTIAL_ACCESS).forEach((unit, index) => {
    const tape = { ...unit, driver: 'st', major: 9, sysfsClass: 'scsi_tape' } as const;
    nodes.push(
      { ...tape, name: `st${index}`, minor: index },
      { ...tape, name: `nst${index}`, minor: noRewind + index },
    );
  });
  return nodes;
}

function ofType(units: readonly ShownUnit[], peripheralDeviceType: number): readonly ShownUnit[] {
  return units.filter((unit) => unit.peripheralDeviceType === peripheralDeviceType);
}
