/**
 * The records that GetNtmsObjectInformation fills, under their documented names. What the C structures hold as
 * fixed-size text is a string, SYSTEMTIME a Date (null for "never"), a null GUID null, LARGE_INTEGER a bigint.
 */

/** A GUID in its 36-character text form, lower case. */
export type Guid = string;

/** Drive. MS-RSMP 2.2.4.12-13. */
export interface NTMS_DRIVEINFORMATION {
  /** Index in library, base 0 or 1 by device. */
  readonly Number: number;
  /** NtmsDriveState. */
  readonly State: number;
  /** Drive type object id. */
  readonly DriveType: Guid | null;
  /** Operating system device path. */
  readonly szDeviceName: string;
  /** Serial number, null if unsupported. */
  readonly szSerialNumber: string;
  /** Firmware revision. */
  readonly szRevision: string;
  /** Host adapter number. */
  readonly ScsiPort: number;
  /** Bus number. */
  readonly ScsiBus: number;
  /** Target number. */
  readonly ScsiTarget: number;
  /** Logical unit number. */
  readonly ScsiLun: number;
  /** Mounts so far (per position without serial). */
  readonly dwMountCount: number;
  /** Last cleaning time. */
  readonly LastCleanedTs: Date | null;
  /** Side inside; null while full means unidentified. */
  readonly SavedPartitionId: Guid | null;
  /** Owning library id. */
  readonly Library: Guid | null;
  /** Writable; seconds kept after deferred dismount, default 300. */
  readonly dwDeferDismountDelay: number;
}

/** Library. MS-RSMP 2.2.1.11. */
export interface NTMS_LIBRARYINFORMATION {
  /** NtmsLibraryType. */
  readonly LibraryType: number;
  /** Reserved cleaner slot id or null. */
  readonly CleanerSlot: Guid | null;
  /** Preferred cleaner slot id or null. */
  readonly CleanerSlotDefault: Guid | null;
  /** Automatic cleaning on or off. */
  readonly LibrarySupportsDriveCleaning: boolean;
  /** Reader present. */
  readonly BarCodeReaderInstalled: boolean;
  /** Writable; NONE, FAST or OMID. */
  readonly InventoryMethod: number;
  /** Writable; 0 without cleaner, 0xFFFFFFFF untracked. */
  readonly dwCleanerUsesRemaining: number;
  /** Number of first drive. */
  readonly FirstDriveNumber: number;
  /** Drive count. */
  readonly dwNumberOfDrives: number;
  /** Number of first slot. */
  readonly FirstSlotNumber: number;
  /** Slot count, 0 for stand-alone. */
  readonly dwNumberOfSlots: number;
  /** Number of first door. */
  readonly FirstDoorNumber: number;
  /** Door count. */
  readonly dwNumberOfDoors: number;
  /** Number of first port. */
  readonly FirstPortNumber: number;
  /** Port count. */
  readonly dwNumberOfPorts: number;
  /** Number of first changer. */
  readonly FirstChangerNumber: number;
  /** Changer count. */
  readonly dwNumberOfChangers: number;
  /** Cartridge count. */
  readonly dwNumberOfMedia: number;
  /** Supported media type count. */
  readonly dwNumberOfMediaTypes: number;
  /** Current request count. */
  readonly dwNumberOfLibRequests: number;
  /** Writable; full inventory after failed mount, default TRUE. */
  readonly AutoRecovery: boolean;
  /** Writable; NtmsLibraryFlags bits. */
  readonly dwFlags: number;
}

/** Changer. MS-RSMP 2.2.4.8-9. */
export interface NTMS_CHANGERINFORMATION {
  /** Index in library. */
  readonly Number: number;
  /** Changer type object id. */
  readonly ChangerType: Guid | null;
  /** Serial number, null if unsupported. */
  readonly szSerialNumber: string;
  /** Firmware revision. */
  readonly szRevision: string;
  /** Operating system device path. */
  readonly szDeviceName: string;
  /** Host adapter number. */
  readonly ScsiPort: number;
  /** Bus number. */
  readonly ScsiBus: number;
  /** Target number. */
  readonly ScsiTarget: number;
  /** Logical unit number. */
  readonly ScsiLun: number;
  /** Owning library id. */
  readonly Library: Guid | null;
}

/** Storage slot. MS-RSMP 2.2.4.22. */
export interface NTMS_STORAGESLOTINFORMATION {
  /** Slot number in library. */
  readonly Number: number;
  /** NtmsSlotState. */
  readonly State: number;
  /** Owning library id. */
  readonly Library: Guid | null;
}

/** Library door. MS-RSMP 2.2.4.23. */
export interface NTMS_IEDOORINFORMATION {
  /** Door number in library. */
  readonly Number: number;
  /** NtmsDoorState. */
  readonly State: number;
  /** Writable; open time limit, 0 complains at once. */
  readonly MaxOpenSecs: number;
  /** Owning library id. */
  readonly Library: Guid | null;
}

/** Insert/eject port. MS-RSMP 2.2.4.24. */
export interface NTMS_IEPORTINFORMATION {
  /** Port number in library. */
  readonly Number: number;
  /** NtmsPortContent. */
  readonly Content: number;
  /** NtmsPortPosition. */
  readonly Position: number;
  /** Writable; seconds before operator request, 0..65535. */
  readonly MaxExtendSecs: number;
  /** Owning library id. */
  readonly Library: Guid | null;
}

/** Cartridge. MS-RSMP 2.2.4.31-32. */
export interface NTMS_PMIDINFORMATION {
  /** Library it is in, maybe offline one. */
  readonly CurrentLibrary: Guid | null;
  /** Pool id. */
  readonly MediaPool: Guid | null;
  /** Id of slot, drive or port. */
  readonly Location: Guid | null;
  /** STORAGESLOT, DRIVE or IEPORT; offline counts as slot. */
  readonly LocationType: number;
  /** Media type object id. */
  readonly MediaType: Guid | null;
  /** Slot it returns to. */
  readonly HomeSlot: Guid | null;
  /** Bar code text. */
  readonly szBarCode: string;
  /** NtmsBarCodeState. */
  readonly BarCodeState: number;
  /** Server-assigned readable number. */
  readonly szSequenceNumber: string;
  /** NtmsMediaState. */
  readonly MediaState: number;
  /** Side count. */
  readonly dwNumberOfPartitions: number;
  /** SCSI medium type code. */
  readonly dwMediaTypeCode: number;
  /** SCSI density code. */
  readonly dwDensityCode: number;
  /** Side now mounted. */
  readonly MountedPartition: Guid | null;
}

/** Logical medium. MS-RSMP 2.2.4.25. */
export interface NTMS_LMIDINFORMATION {
  /** Pool id. */
  readonly MediaPool: Guid | null;
  /** Side count. */
  readonly dwNumberOfPartitions: number;
}

/** Side. MS-RSMP 2.2.4.29-30. */
export interface NTMS_PARTITIONINFORMATION {
  /** Cartridge id. */
  readonly PhysicalMedia: Guid | null;
  /** LMID, null when unallocated. */
  readonly LogicalMedia: Guid | null;
  /** NtmsPartitionState. */
  readonly State: number;
  /** 0 first or only, 1 second. */
  readonly Side: number;
  /** Used bytes of label id. */
  readonly dwOmidLabelIdLength: number;
  /** Label id bytes. */
  readonly OmidLabelId: Uint8Array;
  /** Label format name. */
  readonly szOmidLabelType: string;
  /** Label text. */
  readonly szOmidLabelInfo: string;
  /** Mounts since creation. */
  readonly dwMountCount: number;
  /** Allocations since creation. */
  readonly dwAllocateCount: number;
  /** Bytes on this side. */
  readonly Capacity: bigint;
}

/** Media pool. MS-RSMP 2.2.4.18. */
export interface NTMS_MEDIAPOOLINFORMATION {
  /** NtmsPoolType. */
  readonly PoolType: number;
  /** Writable; media type id, null for containers. */
  readonly MediaType: Guid | null;
  /** Parent pool id or null. */
  readonly Parent: Guid | null;
  /** Writable; NtmsAllocationPolicy bits. */
  readonly AllocationPolicy: number;
  /** Writable; NtmsDeallocationPolicy bits. */
  readonly DeallocationPolicy: number;
  /** Writable; allocations before a side is retired. */
  readonly dwMaxAllocates: number;
  /** Cartridge count. */
  readonly dwNumberOfPhysicalMedia: number;
  /** Logical media count. */
  readonly dwNumberOfLogicalMedia: number;
  /** Child pool count. */
  readonly dwNumberOfMediaPools: number;
}

/** Media type. MS-RSMP 2.2.4.19. */
export interface NTMS_MEDIATYPEINFORMATION {
  /** STORAGE_MEDIA_TYPE code. */
  readonly MediaType: number;
  /** Sides per cartridge. */
  readonly NumberOfSides: number;
  /** NtmsReadWriteCharacteristics. */
  readonly ReadWriteCharacteristics: number;
  /** CD-ROM, disk or tape device number. */
  readonly DeviceType: number;
}

/** Drive type. MS-RSMP 2.2.4.14-15. */
export interface NTMS_DRIVETYPEINFORMATION {
  /** Vendor, empty if unknown. */
  readonly szVendor: string;
  /** Product, empty if unknown. */
  readonly szProduct: string;
  /** Unused, zero. */
  readonly NumberOfHeads: number;
  /** Device type number. */
  readonly DeviceType: number;
}

/** Changer type. MS-RSMP 2.2.4.10-11. */
export interface NTMS_CHANGERTYPEINFORMATION {
  /** Vendor, empty if unknown. */
  readonly szVendor: string;
  /** Product, empty if unknown. */
  readonly szProduct: string;
  /** Always FILE_DEVICE_CHANGER. */
  readonly DeviceType: number;
}

/** Library request. MS-RSMP 2.2.4.16-17. */
export interface NTMS_LIBREQUESTINFORMATION {
  /** NtmsLmOperation. */
  readonly OperationCode: number;
  /** Meaning by operation, see enums.json value sets. */
  readonly OperationOption: number;
  /** NtmsLmState. */
  readonly State: number;
  /** Side served. */
  readonly PartitionId: Guid | null;
  /** Drive served. */
  readonly DriveId: Guid | null;
  /** Cartridge served. */
  readonly PhysMediaId: Guid | null;
  /** Library id. */
  readonly Library: Guid | null;
  /** Slot served. */
  readonly SlotId: Guid | null;
  /** Queue time. */
  readonly TimeQueued: Date | null;
  /** End time. */
  readonly TimeCompleted: Date | null;
  /** Application label. */
  readonly szApplication: string;
  /** User name. */
  readonly szUser: string;
  /** Client machine. */
  readonly szComputer: string;
  /** Win32 code when FAILED. */
  readonly dwErrorCode: number;
  /** Related item; victim id for REMOVE. */
  readonly WorkItemId: Guid | null;
  /** Priority. */
  readonly dwPriority: number;
}

/** Operator request. MS-RSMP 2.2.4.27-28. */
export interface NTMS_OPREQUESTINFORMATION {
  /** NtmsOpreqCommand. */
  readonly Request: number;
  /** Submit time. */
  readonly Submitted: Date | null;
  /** NtmsOpreqState. */
  readonly State: number;
  /** Text for operator. */
  readonly szMessage: string;
  /** NtmsObjectsTypes of Arg1, 0 none. */
  readonly Arg1Type: number;
  /** Pool, library, device or cartridge id. */
  readonly Arg1: Guid | null;
  /** NtmsObjectsTypes of Arg2, 0 or library. */
  readonly Arg2Type: number;
  /** Library id where applicable. */
  readonly Arg2: Guid | null;
  /** Application label. */
  readonly szApplication: string;
  /** User name. */
  readonly szUser: string;
  /** Client machine. */
  readonly szComputer: string;
}

/** RSM server settings. MS-RSMP 2.2.4.26. */
export interface NTMS_COMPUTERINFORMATION {
  /** Writable; seconds finished requests stay, Windows 259200. */
  readonly dwLibRequestPurgeTime: number;
  /** Writable; seconds finished operator requests stay, Windows 259200. */
  readonly dwOpRequestPurgeTime: number;
  /** Writable; NtmsLibRequestFlags. */
  readonly dwLibRequestFlags: number;
  /** Writable; NtmsOpRequestFlags. */
  readonly dwOpRequestFlags: number;
  /** Writable; NtmsMediaPoolPolicy. */
  readonly dwMediaPoolPolicy: number;
}

/** The part of an object's record that its kind decides: exactly one member is there. */
export type NtmsObjectInfo =
  | { readonly Drive: NTMS_DRIVEINFORMATION }
  | { readonly DriveType: NTMS_DRIVETYPEINFORMATION }
  | { readonly Library: NTMS_LIBRARYINFORMATION }
  | { readonly Changer: NTMS_CHANGERINFORMATION }
  | { readonly ChangerType: NTMS_CHANGERTYPEINFORMATION }
  | { readonly StorageSlot: NTMS_STORAGESLOTINFORMATION }
  | { readonly IEDoor: NTMS_IEDOORINFORMATION }
  | { readonly IEPort: NTMS_IEPORTINFORMATION }
  | { readonly PhysicalMedia: NTMS_PMIDINFORMATION }
  | { readonly LogicalMedia: NTMS_LMIDINFORMATION }
  | { readonly Partition: NTMS_PARTITIONINFORMATION }
  | { readonly MediaPool: NTMS_MEDIAPOOLINFORMATION }
  | { readonly MediaType: NTMS_MEDIATYPEINFORMATION }
  | { readonly LibRequest: NTMS_LIBREQUESTINFORMATION }
  | { readonly OpRequest: NTMS_OPREQUESTINFORMATION }
  | { readonly Computer: NTMS_COMPUTERINFORMATION };

/** Every object's record. MS-RSMP 2.2.4.20. */
export interface NTMS_OBJECTINFORMATION {
  /** Size of the record in its C layout (Unicode, 64 bit); kept for programs that check it. */
  readonly dwSize: number;
  /** NtmsObjectsTypes. */
  readonly dwType: number;
  readonly Created: Date;
  readonly Modified: Date;
  readonly ObjectGuid: Guid;
  /** Switched on or off by an administrator, whatever the operational state. */
  readonly Enabled: boolean;
  /** NtmsOperationalState. */
  readonly dwOperationalState: number;
  readonly szName: string;
  readonly szDescription: string;
  readonly Info: NtmsObjectInfo;
}

/** sizeof(NTMS_OBJECTINFORMATIONW); a caller that gives a smaller dwSize is refused. */
export const NTMS_OBJECTINFORMATION_SIZE = 1408;
