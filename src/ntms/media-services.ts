import { NtmsError } from '../objects/ntms-error.js';
import {
  INFINITE,
  NtmsDismountOptions,
  NtmsMediaState,
  NtmsMountOptions,
  NtmsMountPriority,
  NtmsObjectsTypes,
  NtmsPartitionState,
} from '../objects/ntmsapi/index.js';
import type { DriveRow, LibraryRow } from '../objects/rows.js';
import { sqliteCode } from '../objects/sqlite-failure.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { needsService } from './device-state.js';
import type { Guid } from './structures.js';
import {
  findDrives,
  findMedia,
  describeOffline,
  isOffline,
  requireDistinctCartridges,
  requireList,
  requireOneLibrary,
  requireUse,
} from './wanted-media.js';
import type { WantedMedium } from './wanted-media.js';

/** Media services functions of ntmsapi.h. */
export interface MediaServices {
  /**
   * Mounts media: all of them or none. Resolves when each is in a drive, ready, and its label was compared.
   * @param lpMediaId logical media or sides, no repeats, all in one library
   * @param lpDriveId wanted drives with NTMS_MOUNT_SPECIFIC_DRIVE, else ignored; as long as lpMediaId
   * @param dwCount length of both
   * @param dwOptions NtmsMountOptions bits
   * @param dwPriority -15 ... 15, 0 is normal
   * @param dwTimeout milliseconds; 0xFFFFFFFF never expires
   * @param lpMountInformation reserved, null
   * @returns the drives used, in the order of lpMediaId; empty with NTMS_MOUNT_NOWAIT
   * @throws NtmsError every code of the documented table
   */
  MountNtmsMedia(
    hSession: NtmsSession,
    lpMediaId: readonly Guid[],
    lpDriveId: readonly (Guid | null)[],
    dwCount: number,
    dwOptions: number,
    dwPriority: number,
    dwTimeout: number,
    lpMountInformation: null,
  ): Promise<Guid[]>;
  /**
   * Queues the dismount of mounted media and returns; the media are idle again when it is done.
   * @param dwOptions NtmsDismountOptions; 0 acts as NTMS_DISMOUNT_IMMEDIATE
   * @throws NtmsError every code of the documented table
   */
  DismountNtmsMedia(
    hSession: NtmsSession,
    lpMediaId: readonly Guid[],
    dwCount: number,
    dwOptions: number,
  ): Promise<void>;
}

const ALL_MOUNT_OPTIONS = 0x3f;

export function mediaServices(context: CallContext): MediaServices {
  return {
    MountNtmsMedia: (hSession, lpMediaId, lpDriveId, dwCount, dwOptions, dwPriority, dwTimeout, lpMountInformation) =>
      context.call(hSession, async (session) => {
        requireList('lpMediaId', lpMediaId, dwCount);
        requireList('lpDriveId', lpDriveId, dwCount);
        requireMountNumbers(dwOptions, dwPriority, dwTimeout);
        if (lpMountInformation !== null && lpMountInformation !== undefined) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpMountInformation is reserved and must be null');
        }
        const has = (option: number): boolean => (dwOptions & option) !== 0;
        const media = findMedia(context, lpMediaId);
        const drives = has(NtmsMountOptions.NTMS_MOUNT_SPECIFIC_DRIVE) ? findDrives(context, lpDriveId) : [];
        requireUse(context, session, media, drives);
        requireDistinctCartridges(media);
        const library = requireOneLibrary(context, media, drives);
        requireEnabled(library, drives, media);
        requireMountableSides(media, has(NtmsMountOptions.NTMS_MOUNT_WRITE));
        const offline = media.filter(isOffline);
        if (offline.length > 0 && has(NtmsMountOptions.NTMS_MOUNT_ERROR_OFFLINE)) {
          throw new NtmsError('ERROR_MEDIA_OFFLINE', describeOffline(offline));
        }
        const mount = context.manager.submitMount({
          media: media.map(({ side, medium }, index) => ({
            side: side.id,
            medium: medium.id,
            drive: drives[index]?.id ?? null,
          })),
          library: library.id,
          options: dwOptions,
          failWhenBusy: has(NtmsMountOptions.NTMS_MOUNT_ERROR_NOT_AVAILABLE),
          priority: dwPriority,
          origin: session.identity,
          ...(has(NtmsMountOptions.NTMS_MOUNT_NOWAIT) || dwTimeout === INFINITE ? {} : { timeoutMs: dwTimeout }),
        });
        context.sessions.note(session, mount.requestIds, 'with-session');
        if (has(NtmsMountOptions.NTMS_MOUNT_NOWAIT)) {
          mount.finished.catch(() => undefined); // the request's record tells
          return [];
        }
        return mount.finished;
      }),

    DismountNtmsMedia: (hSession, lpMediaId, dwCount, dwOptions) =>
      context.call(hSession, (session) => {
        requireList('lpMediaId', lpMediaId, dwCount);
        const known: readonly number[] = [0, ...Object.values(NtmsDismountOptions)];
        if (!known.includes(dwOptions)) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `dwOptions ${dwOptions} is not one of NtmsDismountOptions`);
        }
        const media = findMedia(context, lpMediaId);
        requireUse(context, session, media, []);
        requireDistinctCartridges(media);
        const dismounts = media.map((item) => ({ ...item, drive: requireDismountable(context, item) }));
        const requestIds = withDatabaseTimeout(() =>
          context.manager.submitDismounts(
            dismounts.map(({ medium, side, drive }) => ({ medium: medium.id, side: side.id, drive: drive.id })),
            { deferred: dwOptions === NtmsDismountOptions.NTMS_DISMOUNT_DEFERRED, origin: session.identity },
          ),
        );
        context.sessions.note(session, requestIds, 'with-session');
      }),
  };
}

function requireMountNumbers(dwOptions: number, dwPriority: number, dwTimeout: number): void {
  if (!Number.isInteger(dwOptions) || (dwOptions & ~ALL_MOUNT_OPTIONS) !== 0) {
    throw new NtmsError(
      'ERROR_INVALID_PARAMETER',
      `dwOptions ${dwOptions} has bits that NtmsMountOptions does not know`,
    );
  }
  const { NTMS_PRIORITY_LOWEST: lowest, NTMS_PRIORITY_HIGHEST: highest } = NtmsMountPriority;
  if (!Number.isInteger(dwPriority) || dwPriority < lowest || dwPriority > highest) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `dwPriority is ${dwPriority}; it goes from ${lowest} to ${highest}`);
  }
  if (!Number.isInteger(dwTimeout) || dwTimeout < 0 || dwTimeout > INFINITE) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `dwTimeout is ${dwTimeout}; it is milliseconds or 0xFFFFFFFF`);
  }
}

function requireEnabled(library: LibraryRow, drives: readonly DriveRow[], media: readonly WantedMedium[]): void {
  const disabled = [library, ...drives, ...media.map(({ medium }) => medium)].find((object) => !object.enabled);
  if (disabled !== undefined) {
    throw new NtmsError('ERROR_RESOURCE_DISABLED', `${disabled.name || disabled.id} is disabled`);
  }
}

function requireMountableSides(media: readonly WantedMedium[], forWriting: boolean): void {
  for (const { side, medium } of media) {
    if (forWriting && side.state === NtmsPartitionState.NTMS_PARTSTATE_COMPLETE) {
      throw new NtmsError('ERROR_WRITE_PROTECT', `side ${side.name || side.id} is marked complete`);
    }
    if (side.state === NtmsPartitionState.NTMS_PARTSTATE_INCOMPATIBLE) {
      throw new NtmsError('ERROR_INVALID_STATE', `${medium.name} cannot be used in this library's drives`);
    }
    if (medium.cleaner) {
      throw new NtmsError('ERROR_INVALID_MEDIA', `${medium.name} is a cleaning cartridge and holds no data`);
    }
    if (medium.mediaState === NtmsMediaState.NTMS_MEDIASTATE_OPERROR) {
      throw new NtmsError('ERROR_INVALID_STATE', `${medium.name} had a fault that nobody has cleared yet`);
    }
  }
}

/** The drive that a medium can be dismounted from. */
function requireDismountable(context: CallContext, item: WantedMedium): DriveRow {
  const { medium, library } = item;
  if (isOffline(item)) throw new NtmsError('ERROR_MEDIA_OFFLINE', describeOffline([item]));
  if (!medium.enabled) throw new NtmsError('ERROR_MEDIA_NOT_AVAILABLE', `${medium.name} is disabled`);
  const drive =
    medium.locationType === NtmsObjectsTypes.NTMS_DRIVE && medium.location !== null
      ? context.store.table('drives').get(medium.location)
      : undefined;
  for (const object of [library, ...(drive === undefined ? [] : [drive])]) {
    if (!object.enabled) throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `${object.name} is disabled`);
    if (needsService(object)) throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `${object.name} needs service`);
  }
  if (drive === undefined) {
    throw new NtmsError('ERROR_INVALID_STATE', `${medium.name} is not mounted`);
  }
  const refusal = context.manager.dismountRefusal(drive.id);
  if (refusal !== undefined) {
    throw new NtmsError('ERROR_INVALID_STATE', `${medium.name} cannot be dismounted from ${drive.name}: ${refusal}`);
  }
  return drive;
}

/** A database that another program keeps locked is a resource not obtained in time. */
function withDatabaseTimeout<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY') === true) {
      throw new NtmsError('ERROR_TIMEOUT', 'another program holds the database locked', { cause: error });
    }
    throw error;
  }
}
