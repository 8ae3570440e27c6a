import type { ControllerHints } from '../library/library-definition.js';

/** What is plugged in where: the content of one rig file, checked. */
export interface Rig {
  /** The file it was read from; undefined for the embedded rig. Relative paths in it start at the file's folder. */
  readonly file?: string;
  readonly libraries: readonly RigLibrary[];
}

export interface RigLibrary {
  /** Unique in the rig, in the database, and a folder name for a virtual library's hardware. */
  readonly name: string;
  /** The unit that moves media; absent for a drive on its own. */
  readonly changer?: ChangerUnit;
  /** A drive on its own, which a person loads; then there is no changer and no list of drives. */
  readonly drive?: ChangerUnit;
  /** Absent: the changer tells its drives apart itself. */
  readonly drives?: readonly RigDrive[];
  readonly hints?: ControllerHints;
  /** Where the library begins in the file. */
  readonly position?: Position;
}

export interface RigDrive {
  /** Element address of the data transfer element (SMC-3). */
  readonly address: number;
  readonly unit: DriveUnit;
  /** Where `address` stands in the file. */
  readonly position?: Position;
}

/** Both from 1, as editors count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export type ChangerUnit = PluggedUnit | VirtualChanger;
export type DriveUnit = PluggedUnit | VirtualDrive;

/** A logical unit that is reached from outside this process. */
export type PluggedUnit = IscsiUnit | SerialUnit | UsbUnit | SgUnit;

export interface IscsiUnit {
  readonly transport: 'iscsi';
  /** `host:port`; the port may be left out (3260). */
  readonly portal: string;
  /** iSCSI name of the target. */
  readonly target: string;
  readonly lun: number;
  /** iSCSI name under which this machine logs in. */
  readonly initiatorName?: string;
  readonly chap?: ChapUnit;
  readonly headerDigest?: Digest;
  readonly dataDigest?: Digest;
}

export type Digest = 'None' | 'CRC32C';

/** The secret itself never stands in a rig file: it is the first line of a file, or an environment variable. */
export interface SecretSource {
  readonly user: string;
  readonly secretFile?: string;
  readonly secretEnv?: string;
  /** Where the source of the secret stands in the file. */
  readonly position?: Position;
}

export interface ChapUnit extends SecretSource {
  /** What the target must prove in turn. */
  readonly mutual?: SecretSource;
}

export interface SerialUnit {
  readonly transport: 'serial';
  /** Device file; `${state}` in it stands for the state folder. */
  readonly path: string;
  readonly baudRate: number;
  readonly lun: number;
}

export interface UsbUnit {
  readonly transport: 'usb';
  /** idVendor and idProduct of the device descriptor. */
  readonly vendorId: number;
  readonly productId: number;
  /** Tells apart devices of one model; `port` does so for devices without serial number. */
  readonly serialNumber?: string;
  /** Bus and ports, as in sysfs: `1-1.4`. */
  readonly port?: string;
  /** `auto`: USB Attached SCSI where it can be driven, else Bulk-Only. */
  readonly protocol: UsbProtocolChoice;
  readonly lun: number;
}

export type UsbProtocolChoice = 'auto' | 'bulk-only' | 'uas';

/** A logical unit of this machine's kernel (Linux): SAS, Fibre Channel, parallel SCSI, or whatever else it drives. */
export interface SgUnit {
  readonly transport: 'sg';
  /** `/dev/sg3`, `/dev/sch0`, or a link to one that keeps its name: `/dev/tape/by-id/...`. */
  readonly path: string;
}

export interface VirtualChanger {
  readonly transport: 'virtual';
  /** One of the profiles of devices/profiles. */
  readonly profile: string;
  /** `real`: motions take the time of the model; `zero` (the default): no time. */
  readonly timing?: Timing;
  /** What lies in it when it is new; absent: some labelled cartridges. */
  readonly cartridges?: readonly RigCartridge[];
}

export interface RigCartridge {
  /** Element in which it lies at first. */
  readonly address: number;
  /** Null: no label. */
  readonly barcode: string | null;
  readonly labelReadable?: boolean;
  readonly mediaType?: string;
  readonly writeProtected?: boolean;
  /** Absent: what a cartridge of its type holds. */
  readonly capacityBytes?: number;
  /** Volume identifier of an ANSI VOL1 label to be written on it. */
  readonly ansiVolumeIdentifier?: string;
}

export type Timing = 'real' | 'zero';

/** A drive of the virtual autoloader that is the library's changer. */
export interface VirtualDrive {
  readonly transport: 'virtual';
  readonly lun: number;
}

/** Used when nobody names a rig file: one virtual autoloader, a TS3100. */
export const EMBEDDED_RIG: Rig = {
  libraries: [{ name: 'virtual', changer: { transport: 'virtual', profile: 'ibm-3573-tl' } }],
};
