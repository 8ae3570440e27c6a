/**
 * The life of a medium, as an application sees it: open a session, allocate a medium, mount it, write and read it, dismount
 * it, deallocate it, close the session.
 *
 *     npx tsx walk.ts STATE-FOLDER [RIG-FILE BAR-CODE]
 *
 * Without a rig file it works on the embedded virtual autoloader. With one it wants the bar code of the cartridge that it
 * may use: what is on that cartridge is lost.
 */
import { join, resolve } from 'node:path';
import {
  createNtmsApi,
  EMBEDDED_RIG,
  INFINITE,
  NtmsAllocateOptions,
  NtmsCreateOptions,
  NtmsDismountOptions,
  NtmsError,
  NtmsMountOptions,
  NtmsObjectsTypes,
  NtmsPartitionState,
  NtmsPoolType,
  ObjectStore,
  OmidLabelType,
  plugIn,
  readRig,
  RemovableStorageManager,
} from 'openrsm';
import type { NtmsApi, NtmsSession } from 'openrsm';
import { SystemClock } from 'openrsm/devices';

const [folder, rigFile, barCode] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name a state folder: it holds the database and the virtual hardware.');
if (rigFile !== undefined && barCode === undefined)
  throw new Error('Name the bar code of a cartridge to be overwritten.');
const stateFolder = resolve(folder);

const clock = new SystemClock();
const rig = rigFile === undefined ? EMBEDDED_RIG : readRig({ file: rigFile });
const store = ObjectStore.open({ folder: join(stateFolder, 'database'), clock });
try {
  const plugged = await plugIn(rig, { clock, stateFolder });
  try {
    const manager = await RemovableStorageManager.start({ store, libraries: plugged.libraries, clock });
    try {
      await walk(manager);
    } finally {
      await manager.stop();
    }
  } finally {
    await plugged.close();
  }
} finally {
  store.close();
}

async function walk(manager: RemovableStorageManager): Promise<void> {
  const api = createNtmsApi(manager);
  const session = await api.OpenNtmsSession(null, 'walk example', 0);

  // Applications keep their media apart by pools; an allocation takes a medium of the pool and makes it ours.
  const pool = await poolWithMedium(manager, api, session);
  const { NTMS_ALLOCATE_NEW, NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE } = NtmsAllocateOptions;
  const options = NTMS_ALLOCATE_NEW | NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE;
  const { lpMediaId: medium } = await api.AllocateNtmsMedia(session, pool, null, null, options, INFINITE);
  console.log(`allocated ${medium}`);

  await api.MountNtmsMedia(session, [medium], [null], 1, NtmsMountOptions.NTMS_MOUNT_WRITE, 0, INFINITE, null);
  const tape = await api.openDrive(session, medium, { write: true });
  await tape.rewind();
  // An application writes its own label, here an ANSI volume label, and says so: the next mount compares it.
  const label = new TextEncoder().encode('VOL1WALK01'.padEnd(79) + '4');
  await tape.write(label);
  await tape.writeFilemarks();
  await tape.write(new TextEncoder().encode('written by the walk example'));
  await tape.writeFilemarks();
  await tape.rewind();
  await tape.space('filemarks', 1);
  const record = await tape.read(1024);
  if (record.kind === 'block') console.log(`read back: ${new TextDecoder().decode(record.data)}`);
  await tape.close();
  await api.UpdateNtmsOmidInfo(session, medium, OmidLabelType.NTMS_OMID_TYPE_RAW_LABEL, label.length, label);

  // A medium in use cannot be deallocated.
  await dismount(manager, api, session, medium);
  await api.DeallocateNtmsMedia(session, medium, 0);
  console.log('deallocated');
  await api.CloseNtmsSession(session);
}

/** The dismount is queued; its request says when the cartridge is back. */
async function dismount(
  manager: RemovableStorageManager,
  api: NtmsApi,
  session: NtmsSession,
  medium: string,
): Promise<void> {
  const before = session.requestIds.length;
  await api.DismountNtmsMedia(session, [medium], 1, NtmsDismountOptions.NTMS_DISMOUNT_IMMEDIATE);
  for (const id of session.requestIds.slice(before)) await manager.whenFinished(id);
}

/** The pool `Walk`, with the cartridge in it that may be used; the first time it goes there by way of the free pool. */
async function poolWithMedium(manager: RemovableStorageManager, api: NtmsApi, session: NtmsSession): Promise<string> {
  const { NTMS_PHYSICAL_MEDIA } = NtmsObjectsTypes;
  for (const id of await api.EnumerateNtmsObject(session, null, null, NTMS_PHYSICAL_MEDIA, 0)) {
    const { szName, Info } = await api.GetNtmsObjectInformation(session, id, { dwType: NTMS_PHYSICAL_MEDIA });
    if (!('PhysicalMedia' in Info) || Info.PhysicalMedia.MediaType === null) continue;
    const { szBarCode, MediaType, MediaPool } = Info.PhysicalMedia;
    if (szBarCode.startsWith('CLN') || (barCode !== undefined && szBarCode !== barCode)) continue;

    const pool = await api.CreateNtmsMediaPool(session, 'Walk', MediaType, NtmsCreateOptions.NTMS_OPEN_ALWAYS, null);
    if (MediaPool === pool) return pool;
    await identify(manager, api, session, id);
    // Giving a medium to the free pool says that nobody needs what is on it.
    await api.MoveToNtmsMediaPool(session, id, await freePool(api, session, MediaType));
    await api.MoveToNtmsMediaPool(session, id, pool);
    console.log(`${szName} may be used`);
    return pool;
  }
  throw new NtmsError('ERROR_MEDIA_UNAVAILABLE', `there is no cartridge ${barCode ?? ''} that holds data`);
}

/** A cartridge that nobody has looked at yet is mounted once: its label says what it is. */
async function identify(
  manager: RemovableStorageManager,
  api: NtmsApi,
  session: NtmsSession,
  cartridge: string,
): Promise<void> {
  const { NTMS_PARTITION } = NtmsObjectsTypes;
  for (const side of await api.EnumerateNtmsObject(session, cartridge, null, NTMS_PARTITION, 0)) {
    const { Info } = await api.GetNtmsObjectInformation(session, side, { dwType: NTMS_PARTITION });
    if (!('Partition' in Info) || Info.Partition.State !== NtmsPartitionState.NTMS_PARTSTATE_UNKNOWN) continue;
    await api.MountNtmsMedia(session, [side], [null], 1, NtmsMountOptions.NTMS_MOUNT_READ, 0, INFINITE, null);
    await dismount(manager, api, session, side);
  }
}

/** The server has a free pool for each type of media. */
async function freePool(api: NtmsApi, session: NtmsSession, mediaType: string): Promise<string> {
  const { NTMS_MEDIA_POOL } = NtmsObjectsTypes;
  for (const top of await api.EnumerateNtmsObject(session, null, null, NTMS_MEDIA_POOL, 0)) {
    for (const id of await api.EnumerateNtmsObject(session, top, null, NTMS_MEDIA_POOL, 0)) {
      const { Info } = await api.GetNtmsObjectInformation(session, id, { dwType: NTMS_MEDIA_POOL });
      if (!('MediaPool' in Info)) continue;
      const { PoolType, MediaType } = Info.MediaPool;
      if (PoolType === NtmsPoolType.NTMS_POOLTYPE_SCRATCH && MediaType === mediaType) return id;
    }
  }
  throw new NtmsError('ERROR_INVALID_MEDIA_POOL', 'there is no free pool for this type of media');
}
