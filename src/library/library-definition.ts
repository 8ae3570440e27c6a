import type { ScsiTransport } from '../../devices/transport/scsi-transport.js';

/** Where one logical unit is: a path to its target, and its number there. */
export interface UnitAddress {
  readonly transport: ScsiTransport;
  readonly lun: number;
  /** What the API shows as szDeviceName. */
  readonly deviceName: string;
  /**
   * The device's other logical units, for a path that reaches one only, such as a device file of the kernel. Absent: they are
   * reached by their LUNs on the same transport.
   */
  readonly siblings?: () => Promise<readonly UnitAddress[]>;
}

/** A drive that the rig names for a data transfer element. */
export interface DriveAddress extends UnitAddress {
  /** SMC element address of the data transfer element. */
  readonly elementAddress: number;
}

/** What a model needs done differently; from its profile or its rig file, never from a vendor's name. */
export interface ControllerHints {
  /** Longest time one MOVE MEDIUM may take. */
  readonly moveTimeoutMs?: number;
  /** Longest time from a cartridge in the drive until the drive is ready. */
  readonly loadTimeoutMs?: number;
  /** Longest time an INITIALIZE ELEMENT STATUS may take. */
  readonly inventoryTimeoutMs?: number;
  /** The changer answers at most this many elements per READ ELEMENT STATUS. */
  readonly maxElementsPerQuery?: number;
  /** The changer refuses VOLTAG and DVCID in one READ ELEMENT STATUS. */
  readonly noVolumeTagWithDeviceIdentifier?: boolean;
  /** MOVE MEDIUM from a loaded drive unloads it; without it the drive is unloaded first. */
  readonly implicitUnload?: boolean;
}

/** One library as whoever composes the program hands it over: already plugged in, not yet opened. */
export interface LibraryDefinition {
  /** Unique in the database; the rig's name for it. */
  readonly name: string;
  readonly changer: UnitAddress;
  /** Absent: drives are looked for on the changer's own target and told apart by DVCID or serial number. */
  readonly drives?: readonly DriveAddress[];
  readonly hints?: ControllerHints;
}

/** A drive on its own, which a person loads: a library with one drive and without changer or slots. */
export interface StandAloneDefinition {
  /** Unique in the database; the rig's name for it. */
  readonly name: string;
  readonly drive: UnitAddress;
  readonly changer?: never;
  readonly drives?: never;
  readonly hints?: ControllerHints;
}

export type AnyLibraryDefinition = LibraryDefinition | StandAloneDefinition;

export function isStandAlone(definition: AnyLibraryDefinition): definition is StandAloneDefinition {
  return 'drive' in definition;
}
