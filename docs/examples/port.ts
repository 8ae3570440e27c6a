/**
 * The port of port.c: step by step the same program, with its error handling; porting.md tells the rules.
 *
 *     npx tsx port.ts STATE-FOLDER [RIG-FILE]
 *
 * Without a rig file it works on the embedded virtual autoloader. The medium comes from the free pool and returns to it:
 * what is on it is lost.
 */
import { join, resolve } from 'node:path';
import {
  createNtmsApi,
  EMBEDDED_RIG,
  INFINITE,
  NtmsAllocateOptions,
  NtmsAllocationPolicy,
  NtmsCreateOptions,
  NtmsDeallocationPolicy,
  NtmsDismountOptions,
  NtmsError,
  NtmsLibraryType,
  NtmsMediaState,
  NtmsMountOptions,
  NtmsMountPriority,
  NtmsObjectsTypes,
  NtmsPoolType,
  ObjectStore,
  OmidLabelType,
  plugIn,
  readRig,
  RemovableStorageManager,
} from 'openrsm';
import type { Guid, NtmsApi, NtmsSession } from 'openrsm';
import { SystemClock } from 'openrsm/devices';

const { NTMS_DRIVE, NTMS_LIBRARY, NTMS_MEDIA_POOL, NTMS_PARTITION, NTMS_PHYSICAL_MEDIA } = NtmsObjectsTypes;

// What the service did: it has the database and the hardware. Here it is in the same process.
const [folder, rigFile] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name a state folder: it holds the database and the virtual hardware.');
const stateFolder = resolve(folder);
const clock = new SystemClock();
const rig = rigFile === undefined ? EMBEDDED_RIG : readRig({ file: rigFile });
const store = ObjectStore.open({ folder: join(stateFolder, 'database'), clock });
try {
  const plugged = await plugIn(rig, { clock, stateFolder });
  try {
    const manager = await RemovableStorageManager.start({ store, libraries: plugged.libraries, clock });
    try {
      await wmain(createNtmsApi(manager));
    } catch (error) {
      if (!(error instanceof NtmsError)) throw error;
      console.error(error.message);
      process.exitCode = 1;
    } finally {
      await manager.stop();
    }
  } finally {
    await plugged.close();
  }
} finally {
  store.close();
}

async function wmain(api: NtmsApi): Promise<void> {
  const session = await api.OpenNtmsSession(null, 'port example', 0);
  try {
    const mediaType = await findFreeMedium(api, session);
    const pool = await openPool(api, session, 'Port', mediaType);
    try {
      const { NTMS_ALLOCATE_NEW, NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE } = NtmsAllocateOptions;
      const options = NTMS_ALLOCATE_NEW | NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE;
      const { lpMediaId: medium } = await api.AllocateNtmsMedia(session, pool, null, null, options, INFINITE);
      try {
        await useMedium(api, session, medium);
      } finally {
        // Given back whatever happened; the pool's policy returns it to the free pool.
        await api.DeallocateNtmsMedia(session, medium, 0);
      }
    } finally {
      await api.DeleteNtmsMediaPool(session, pool);
    }
  } finally {
    await api.CloseNtmsSession(session);
  }
  console.log('given back');
}

/** Shows the libraries, and takes the type of the first cartridge in one of them that belongs to nobody. */
async function findFreeMedium(api: NtmsApi, session: NtmsSession): Promise<Guid> {
  for (const library of await api.EnumerateNtmsObject(session, null, null, NTMS_LIBRARY, 0)) {
    const { szName, Info } = await api.GetNtmsObjectInformation(session, library, { dwType: NTMS_LIBRARY });
    if (!('Library' in Info) || Info.Library.LibraryType === NtmsLibraryType.NTMS_LIBRARYTYPE_OFFLINE) continue;
    console.log(`library ${szName}: ${Info.Library.dwNumberOfDrives} drives, ${Info.Library.dwNumberOfSlots} slots`);

    for (const cartridge of await api.EnumerateNtmsObject(session, library, null, NTMS_PHYSICAL_MEDIA, 0)) {
      const medium = await api.GetNtmsObjectInformation(session, cartridge, { dwType: NTMS_PHYSICAL_MEDIA });
      if (!('PhysicalMedia' in medium.Info)) continue;
      const { MediaPool, MediaType } = medium.Info.PhysicalMedia;
      if (MediaPool === null || MediaType === null) continue;
      const pool = await api.GetNtmsObjectInformation(session, MediaPool, { dwType: NTMS_MEDIA_POOL });
      if (!('MediaPool' in pool.Info) || pool.Info.MediaPool.PoolType !== NtmsPoolType.NTMS_POOLTYPE_SCRATCH) continue;
      return MediaType;
    }
  }
  throw new NtmsError('ERROR_MEDIA_UNAVAILABLE', 'the free pool is empty: put a medium into it');
}

/** Opens the pool, or makes it; media come to it from the free pool and go back there. */
async function openPool(api: NtmsApi, session: NtmsSession, name: string, mediaType: Guid): Promise<Guid> {
  const pool = await api.CreateNtmsMediaPool(session, name, mediaType, NtmsCreateOptions.NTMS_OPEN_ALWAYS, null);

  const info = await api.GetNtmsObjectInformation(session, pool, { dwType: NTMS_MEDIA_POOL });
  if (!('MediaPool' in info.Info)) throw new NtmsError('ERROR_INVALID_MEDIA_POOL', `${name} is no pool`);
  const MediaPool = {
    ...info.Info.MediaPool,
    AllocationPolicy: NtmsAllocationPolicy.NTMS_ALLOCATE_FROMSCRATCH,
    DeallocationPolicy: NtmsDeallocationPolicy.NTMS_DEALLOCATE_TOSCRATCH,
  };
  await api.SetNtmsObjectInformation(session, pool, { ...info, Info: { MediaPool } });
  return pool;
}

/** Mounts the medium, writes it, and has it brought home whether that went well or not. */
async function useMedium(api: NtmsApi, session: NtmsSession, medium: Guid): Promise<void> {
  const { NTMS_MOUNT_WRITE } = NtmsMountOptions;
  const { NTMS_PRIORITY_NORMAL } = NtmsMountPriority;
  const [drive] = await api.MountNtmsMedia(
    session,
    [medium],
    [null],
    1,
    NTMS_MOUNT_WRITE,
    NTMS_PRIORITY_NORMAL,
    INFINITE,
    null,
  );
  try {
    if (drive !== undefined) await writeMedium(api, session, drive, medium);
  } finally {
    await dismountAndWait(api, session, medium);
  }
}

/** Writes a label, tells of it, and writes a record behind it. */
async function writeMedium(api: NtmsApi, session: NtmsSession, drive: Guid, medium: Guid): Promise<void> {
  const record = new TextEncoder().encode('written by the port example');
  const { Info } = await api.GetNtmsObjectInformation(session, drive, { dwType: NTMS_DRIVE });
  // The drive by its identifier, not by a device's name: the manager has the way to it.
  const tape = await api.openDrive(session, drive, { write: true });

  const label = new TextEncoder().encode('VOL1PORT01'.padEnd(79) + '4');
  try {
    await tape.rewind();
    await tape.write(label);
    await tape.writeFilemarks(1);
    await tape.write(record);
    await tape.writeFilemarks(1);
  } finally {
    await tape.close();
  }
  if ('Drive' in Info) console.log(`written in drive ${Info.Drive.Number}`);

  // The next mount compares the label with what is told here.
  await api.UpdateNtmsOmidInfo(session, medium, OmidLabelType.NTMS_OMID_TYPE_RAW_LABEL, label.length, label);
}

/** DismountNtmsMedia only queues; the cartridge is idle when it is back in its slot. */
async function dismountAndWait(api: NtmsApi, session: NtmsSession, medium: Guid): Promise<void> {
  const [side] = await api.EnumerateNtmsObject(session, medium, null, NTMS_PARTITION, 0);
  if (side === undefined) throw new NtmsError('ERROR_INVALID_MEDIA', `${medium} has no side`);
  const { Info } = await api.GetNtmsObjectInformation(session, side, { dwType: NTMS_PARTITION });
  if (!('Partition' in Info) || Info.Partition.PhysicalMedia === null) return;
  const cartridge = Info.Partition.PhysicalMedia;

  const notification = await api.OpenNtmsNotification(session, NTMS_PHYSICAL_MEDIA);
  try {
    await api.DismountNtmsMedia(session, [medium], 1, NtmsDismountOptions.NTMS_DISMOUNT_IMMEDIATE);
    for (;;) {
      const now = await api.GetNtmsObjectInformation(session, cartridge, { dwType: NTMS_PHYSICAL_MEDIA });
      if (!('PhysicalMedia' in now.Info)) break;
      if (now.Info.PhysicalMedia.MediaState === NtmsMediaState.NTMS_MEDIASTATE_IDLE) break;
      await api.WaitForNtmsNotification(notification, 60_000);
    }
  } finally {
    await api.CloseNtmsNotification(notification);
  }
}
