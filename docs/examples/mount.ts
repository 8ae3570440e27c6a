/**
 * Mounts the first cartridge of a library for reading, says where it is, and puts it back.
 *
 *     npx tsx mount.ts STATE-FOLDER [RIG-FILE]
 *
 * Without a rig file it works on the embedded virtual autoloader.
 */
import { join, resolve } from 'node:path';
import {
  createNtmsApi,
  EMBEDDED_RIG,
  INFINITE,
  NtmsDismountOptions,
  NtmsMountOptions,
  NtmsObjectsTypes,
  ObjectStore,
  plugIn,
  readRig,
  RemovableStorageManager,
} from 'openrsm';
import { SystemClock } from 'openrsm/devices';

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
      await mountOnce(manager);
    } finally {
      await manager.stop();
    }
  } finally {
    await plugged.close();
  }
} finally {
  store.close();
}

async function mountOnce(manager: RemovableStorageManager): Promise<void> {
  const api = createNtmsApi(manager);
  const session = await api.OpenNtmsSession(null, 'mount example', 0);

  // A cartridge is mounted by one of its sides.
  const sides = await api.EnumerateNtmsObject(session, null, null, NtmsObjectsTypes.NTMS_PARTITION, 0);
  const [side] = sides;
  if (side === undefined) throw new Error('There is no cartridge in the library.');

  // Resolves when the drive is ready; an NtmsError with `symbol` and `code` says why it is not.
  const { NTMS_MOUNT_READ, NTMS_MOUNT_ERROR_IF_UNAVAILABLE } = NtmsMountOptions;
  const options = NTMS_MOUNT_READ | NTMS_MOUNT_ERROR_IF_UNAVAILABLE;
  await api.MountNtmsMedia(session, [side], [null], 1, options, 0, INFINITE, null);

  const drives = await api.EnumerateNtmsObject(session, null, null, NtmsObjectsTypes.NTMS_DRIVE, 0);
  for (const drive of drives) {
    const { Info } = await api.GetNtmsObjectInformation(session, drive, { dwType: NtmsObjectsTypes.NTMS_DRIVE });
    if ('Drive' in Info) console.log(`drive ${Info.Drive.Number} is in state ${Info.Drive.State}`);
  }

  // Queues the dismount; its request says when the cartridge is back.
  const before = session.requestIds.length;
  await api.DismountNtmsMedia(session, [side], 1, NtmsDismountOptions.NTMS_DISMOUNT_IMMEDIATE);
  for (const id of session.requestIds.slice(before)) await manager.whenFinished(id);
  console.log('mounted and put back');

  await api.CloseNtmsSession(session);
}
