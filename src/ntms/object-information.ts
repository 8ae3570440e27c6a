import { NtmsLibraryType, NtmsObjectsTypes } from '../objects/ntmsapi/index.js';
import type { ReadableTables } from '../objects/object-table.js';
import type { DriveRow, LibraryRow, LibRequestRow, OpRequestRow, PhysicalMediumRow, SideRow } from '../objects/rows.js';
import { activeRequestStates } from './active-requests.js';
import { NTMS_OBJECTINFORMATION_SIZE } from './structures.js';
import type {
  NTMS_DRIVEINFORMATION,
  NTMS_LIBRARYINFORMATION,
  NTMS_LIBREQUESTINFORMATION,
  NTMS_OBJECTINFORMATION,
  NTMS_OPREQUESTINFORMATION,
  NTMS_PARTITIONINFORMATION,
  NTMS_PMIDINFORMATION,
  NtmsObjectInfo,
} from './structures.js';

/** The tables whose rows GetNtmsObjectInformation shows, by kind of object. */
export const tableOfKind = {
  [NtmsObjectsTypes.NTMS_CHANGER]: 'changers',
  [NtmsObjectsTypes.NTMS_CHANGER_TYPE]: 'changerTypes',
  [NtmsObjectsTypes.NTMS_COMPUTER]: 'computers',
  [NtmsObjectsTypes.NTMS_DRIVE]: 'drives',
  [NtmsObjectsTypes.NTMS_DRIVE_TYPE]: 'driveTypes',
  [NtmsObjectsTypes.NTMS_IEDOOR]: 'doors',
  [NtmsObjectsTypes.NTMS_IEPORT]: 'ports',
  [NtmsObjectsTypes.NTMS_LIBRARY]: 'libraries',
  [NtmsObjectsTypes.NTMS_LIBREQUEST]: 'libRequests',
  [NtmsObjectsTypes.NTMS_LOGICAL_MEDIA]: 'logicalMedia',
  [NtmsObjectsTypes.NTMS_MEDIA_POOL]: 'mediaPools',
  [NtmsObjectsTypes.NTMS_MEDIA_TYPE]: 'mediaTypes',
  [NtmsObjectsTypes.NTMS_PARTITION]: 'sides',
  [NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA]: 'physicalMedia',
  [NtmsObjectsTypes.NTMS_STORAGESLOT]: 'slots',
  [NtmsObjectsTypes.NTMS_OPREQUEST]: 'opRequests',
} as const;

export type InformationKind = keyof typeof tableOfKind;

export function isInformationKind(kind: number): kind is InformationKind {
  return kind in tableOfKind;
}

/** The record of one object; undefined when no object of that kind has this id. */
export function objectInformation(
  store: ReadableTables,
  kind: InformationKind,
  id: string,
): NTMS_OBJECTINFORMATION | undefined {
  const row = store.table(tableOfKind[kind]).get(id);
  const Info = row === undefined ? undefined : informationOf(store, kind, id);
  if (row === undefined || Info === undefined) return undefined;
  return {
    dwSize: NTMS_OBJECTINFORMATION_SIZE,
    dwType: kind,
    Created: new Date(row.created),
    Modified: new Date(row.modified),
    ObjectGuid: row.id,
    Enabled: row.enabled,
    dwOperationalState: row.operationalState,
    szName: row.name,
    szDescription: row.description,
    Info,
  };
}

function informationOf(store: ReadableTables, kind: InformationKind, id: string): NtmsObjectInfo | undefined {
  const read = informationReaders[kind];
  return read(store, id);
}

type InformationReader = (store: ReadableTables, id: string) => NtmsObjectInfo | undefined;

const informationReaders: Readonly<Record<InformationKind, InformationReader>> = {
  [NtmsObjectsTypes.NTMS_CHANGER]: (store, id) => {
    const row = store.table('changers').get(id);
    return (
      row && { Changer: { Number: row.number, ChangerType: row.changerType, ...scsiFields(row), Library: row.library } }
    );
  },
  [NtmsObjectsTypes.NTMS_CHANGER_TYPE]: (store, id) => {
    const row = store.table('changerTypes').get(id);
    return row && { ChangerType: { szVendor: row.vendor, szProduct: row.product, DeviceType: row.deviceType } };
  },
  [NtmsObjectsTypes.NTMS_COMPUTER]: (store, id) => {
    const row = store.table('computers').get(id);
    return (
      row && {
        Computer: {
          dwLibRequestPurgeTime: row.libRequestPurgeTime,
          dwOpRequestPurgeTime: row.opRequestPurgeTime,
          dwLibRequestFlags: row.libRequestFlags,
          dwOpRequestFlags: row.opRequestFlags,
          dwMediaPoolPolicy: row.mediaPoolPolicy,
        },
      }
    );
  },
  [NtmsObjectsTypes.NTMS_DRIVE]: (store, id) => {
    const row = store.table('drives').get(id);
    return row && { Drive: driveInformation(row) };
  },
  [NtmsObjectsTypes.NTMS_DRIVE_TYPE]: (store, id) => {
    const row = store.table('driveTypes').get(id);
    return (
      row && {
        DriveType: {
          szVendor: row.vendor,
          szProduct: row.product,
          NumberOfHeads: row.numberOfHeads,
          DeviceType: row.deviceType,
        },
      }
    );
  },
  [NtmsObjectsTypes.NTMS_IEDOOR]: (store, id) => {
    const row = store.table('doors').get(id);
    return (
      row && { IEDoor: { Number: row.number, State: row.state, MaxOpenSecs: row.maxOpenSecs, Library: row.library } }
    );
  },
  [NtmsObjectsTypes.NTMS_IEPORT]: (store, id) => {
    const row = store.table('ports').get(id);
    return (
      row && {
        IEPort: {
          Number: row.number,
          Content: row.content,
          Position: row.position,
          MaxExtendSecs: row.maxExtendSecs,
          Library: row.library,
        },
      }
    );
  },
  [NtmsObjectsTypes.NTMS_LIBRARY]: (store, id) => {
    const row = store.table('libraries').get(id);
    return row && { Library: libraryInformation(store, row) };
  },
  [NtmsObjectsTypes.NTMS_LIBREQUEST]: (store, id) => {
    const row = store.table('libRequests').get(id);
    return row && { LibRequest: libRequestInformation(row) };
  },
  [NtmsObjectsTypes.NTMS_LOGICAL_MEDIA]: (store, id) => {
    const row = store.table('logicalMedia').get(id);
    return (
      row && {
        LogicalMedia: {
          MediaPool: row.mediaPool,
          dwNumberOfPartitions: store.table('sides').count({ logicalMedia: id }),
        },
      }
    );
  },
  [NtmsObjectsTypes.NTMS_MEDIA_POOL]: (store, id) => {
    const row = store.table('mediaPools').get(id);
    return (
      row && {
        MediaPool: {
          PoolType: row.poolType,
          MediaType: row.mediaType,
          Parent: row.parent,
          AllocationPolicy: row.allocationPolicy,
          DeallocationPolicy: row.deallocationPolicy,
          dwMaxAllocates: row.maxAllocates,
          dwNumberOfPhysicalMedia: store.table('physicalMedia').count({ mediaPool: id }),
          dwNumberOfLogicalMedia: store.table('logicalMedia').count({ mediaPool: id }),
          dwNumberOfMediaPools: store.table('mediaPools').count({ parent: id }),
        },
      }
    );
  },
  [NtmsObjectsTypes.NTMS_MEDIA_TYPE]: (store, id) => {
    const row = store.table('mediaTypes').get(id);
    return (
      row && {
        MediaType: {
          MediaType: row.mediaType,
          NumberOfSides: row.numberOfSides,
          ReadWriteCharacteristics: row.readWriteCharacteristics,
          DeviceType: row.deviceType,
        },
      }
    );
  },
  [NtmsObjectsTypes.NTMS_PARTITION]: (store, id) => {
    const row = store.table('sides').get(id);
    return row && { Partition: sideInformation(row) };
  },
  [NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA]: (store, id) => {
    const row = store.table('physicalMedia').get(id);
    return row && { PhysicalMedia: mediumInformation(row) };
  },
  [NtmsObjectsTypes.NTMS_STORAGESLOT]: (store, id) => {
    const row = store.table('slots').get(id);
    return row && { StorageSlot: { Number: row.number, State: row.state, Library: row.library } };
  },
  [NtmsObjectsTypes.NTMS_OPREQUEST]: (store, id) => {
    const row = store.table('opRequests').get(id);
    return row && { OpRequest: opRequestInformation(row) };
  },
};

interface ScsiIdentity {
  readonly deviceName: string;
  readonly serialNumber: string;
  readonly revision: string;
  readonly scsiPort: number;
  readonly scsiBus: number;
  readonly scsiTarget: number;
  readonly scsiLun: number;
}

function scsiFields(row: ScsiIdentity) {
  return {
    szDeviceName: row.deviceName,
    szSerialNumber: row.serialNumber,
    szRevision: row.revision,
    ScsiPort: row.scsiPort,
    ScsiBus: row.scsiBus,
    ScsiTarget: row.scsiTarget,
    ScsiLun: row.scsiLun,
  };
}

function driveInformation(row: DriveRow): NTMS_DRIVEINFORMATION {
  return {
    Number: row.number,
    State: row.state,
    DriveType: row.driveType,
    ...scsiFields(row),
    dwMountCount: row.mountCount,
    LastCleanedTs: row.lastCleaned === null ? null : new Date(row.lastCleaned),
    SavedPartitionId: row.savedPartitionId,
    Library: row.library,
    dwDeferDismountDelay: row.deferDismountDelay,
  };
}

/** For the offline library only the type and the number of media mean anything (sdk NTMS_LIBRARYINFORMATION). */
function libraryInformation(store: ReadableTables, row: LibraryRow): NTMS_LIBRARYINFORMATION {
  const first = (numbers: readonly { readonly number: number }[]): number =>
    numbers.reduce((least, { number }) => Math.min(least, number), numbers[0]?.number ?? 0);
  const here = { library: row.id };
  const [drives, slots, doors, ports, changers] = [
    store.table('drives').list(here),
    store.table('slots').list(here),
    store.table('doors').list(here),
    store.table('ports').list(here),
    store.table('changers').list(here),
  ];
  const media = store.table('physicalMedia').list({ currentLibrary: row.id });
  const offline = row.libraryType === NtmsLibraryType.NTMS_LIBRARYTYPE_OFFLINE;
  return {
    LibraryType: row.libraryType,
    CleanerSlot: row.cleanerSlot,
    CleanerSlotDefault: null,
    LibrarySupportsDriveCleaning: row.librarySupportsDriveCleaning,
    BarCodeReaderInstalled: row.barCodeReaderInstalled,
    InventoryMethod: row.inventoryMethod,
    dwCleanerUsesRemaining: row.cleanerUsesRemaining,
    FirstDriveNumber: first(drives),
    dwNumberOfDrives: drives.length,
    FirstSlotNumber: first(slots),
    dwNumberOfSlots: slots.length,
    FirstDoorNumber: first(doors),
    dwNumberOfDoors: doors.length,
    FirstPortNumber: first(ports),
    dwNumberOfPorts: ports.length,
    FirstChangerNumber: first(changers),
    dwNumberOfChangers: changers.length,
    dwNumberOfMedia: media.length,
    dwNumberOfMediaTypes: store.table('libraryMediaTypes').count(here),
    dwNumberOfLibRequests: offline ? 0 : store.table('libRequests').count({ ...here, state: activeRequestStates }),
    AutoRecovery: row.autoRecovery,
    dwFlags: row.flags,
  };
}

function mediumInformation(row: PhysicalMediumRow): NTMS_PMIDINFORMATION {
  return {
    CurrentLibrary: row.currentLibrary,
    MediaPool: row.mediaPool,
    Location: row.location,
    LocationType: row.locationType,
    MediaType: row.mediaType,
    HomeSlot: row.homeSlot,
    szBarCode: row.barCode,
    BarCodeState: row.barCodeState,
    szSequenceNumber: row.sequenceNumber,
    MediaState: row.mediaState,
    dwNumberOfPartitions: row.numberOfPartitions,
    dwMediaTypeCode: row.mediaTypeCode,
    dwDensityCode: row.densityCode,
    MountedPartition: row.mountedPartition,
  };
}

function sideInformation(row: SideRow): NTMS_PARTITIONINFORMATION {
  const label = Buffer.from(row.omidLabelId, 'hex');
  return {
    PhysicalMedia: row.physicalMedia,
    LogicalMedia: row.logicalMedia,
    State: row.state,
    Side: row.side,
    dwOmidLabelIdLength: label.length,
    OmidLabelId: new Uint8Array(label),
    szOmidLabelType: row.omidLabelType,
    szOmidLabelInfo: row.omidLabelInfo,
    dwMountCount: row.mountCount,
    dwAllocateCount: row.allocateCount,
    Capacity: BigInt(row.capacity),
  };
}

function libRequestInformation(row: LibRequestRow): NTMS_LIBREQUESTINFORMATION {
  return {
    OperationCode: row.operationCode,
    OperationOption: row.operationOption,
    State: row.state,
    PartitionId: row.partitionId,
    DriveId: row.driveId,
    PhysMediaId: row.physMediaId,
    Library: row.library,
    SlotId: row.slotId,
    TimeQueued: new Date(row.timeQueued),
    TimeCompleted: row.timeCompleted === null ? null : new Date(row.timeCompleted),
    szApplication: row.application,
    szUser: row.user,
    szComputer: row.computer,
    dwErrorCode: row.errorCode,
    WorkItemId: row.workItemId,
    dwPriority: row.priority,
  };
}

function opRequestInformation(row: OpRequestRow): NTMS_OPREQUESTINFORMATION {
  return {
    Request: row.request,
    Submitted: new Date(row.submitted),
    State: row.state,
    szMessage: row.message,
    Arg1Type: row.arg1Type,
    Arg1: row.arg1,
    Arg2Type: row.arg2Type,
    Arg2: row.arg2,
    szApplication: row.application,
    szUser: row.user,
    szComputer: row.computer,
  };
}
