import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask, NtmsEjectOperation, NtmsLibraryType } from '../objects/ntmsapi/index.js';
import type { DriveRow, LibraryRow, PhysicalMediumRow } from '../objects/rows.js';
import { doorActions } from '../library/door-operations.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { isNotPresent, isOfflineLibrary, needsService } from './device-state.js';
import { sessionManagement } from './session-management.js';
import type { Guid } from './structures.js';

/** Doors, and discs of stand-alone drives. */
export interface LibraryAccess {
  /**
   * Queues the unlocking of a library's door. While the door may be opened or is open, mounts and dismounts wait.
   * @param dwAction NtmsInventoryMethod: the inventory after the door is shut; NONE, FAST, OMID, or DEFAULT for what the
   *   library is set to
   * @throws NtmsError every code of the documented table
   */
  AccessNtmsLibraryDoor(hSession: NtmsSession, lpLibraryId: Guid, dwAction: number): Promise<void>;
  /**
   * Has a stand-alone drive give its medium to a person. Opens a session of its own.
   * @param lpComputerName null or this computer's name
   * @param lpAppName label of the request
   * @param lpDeviceName what the operating system calls the drive; the drive's record has it as szDeviceName
   * @param hWnd ignored; questions go to the operator
   * @param lpTitle lpMessage title and text of the question of ASK_USER; null for one of ours
   * @param dwOptions NtmsEjectOperation: START and QUEUE return when it is queued, FORCE too and takes the medium from
   *   whoever uses it; IMMEDIATE waits for the end; ASK_USER waits, and after a failure asks whether to force it
   * @throws NtmsError every code of the documented table but ERROR_INVALID_HANDLE
   */
  EjectDiskFromSADrive(
    lpComputerName: string | null,
    lpAppName: string | null,
    lpDeviceName: string,
    hWnd: number | null,
    lpTitle: string | null,
    lpMessage: string | null,
    dwOptions: number,
  ): Promise<void>;
}

const diskOptions: readonly number[] = Object.values(NtmsEjectOperation);

export function libraryAccess(context: CallContext): LibraryAccess {
  return {
    AccessNtmsLibraryDoor: (hSession, lpLibraryId, dwAction) =>
      context.call(hSession, (session) => {
        if (!lpLibraryId || typeof lpLibraryId !== 'string') {
          throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpLibraryId is missing');
        }
        if (!doorActions.includes(dwAction)) {
          throw new NtmsError(
            'ERROR_INVALID_PARAMETER',
            `dwAction ${dwAction} is none of NONE, FAST, OMID and DEFAULT`,
          );
        }
        const library = context.store.table('libraries').get(lpLibraryId);
        if (library === undefined) throw new NtmsError('ERROR_INVALID_PARAMETER', `there is no library ${lpLibraryId}`);
        const { id, name } = library;
        context.access.require(session.identity, { kind: 'library', id }, NtmsAccessMask.NTMS_CONTROL_ACCESS);
        if (isOfflineLibrary(library)) {
          throw new NtmsError('ERROR_LIBRARY_OFFLINE', `${name} is the shelf for media that are in no library`);
        }
        if (isNotPresent(library)) throw new NtmsError('ERROR_LIBRARY_OFFLINE', `library ${name} is not attached`);
        if (!library.enabled) throw new NtmsError('ERROR_RESOURCE_DISABLED', `library ${name} is disabled`);
        const [door] = context.store.table('doors').list({ library: id });
        if (door === undefined) throw new NtmsError('ERROR_RESOURCE_NOT_PRESENT', `library ${name} has no door`);
        const operation = context.manager.doors.access({
          library: id,
          door: door.id,
          method: dwAction,
          origin: session.identity,
        });
        context.sessions.note(session, [operation], 'by-itself');
      }),

    async EjectDiskFromSADrive(lpComputerName, lpAppName, lpDeviceName, _hWnd, lpTitle, lpMessage, dwOptions) {
      const sessions = sessionManagement(context);
      const session = await sessions.OpenNtmsSession(lpComputerName, lpAppName, 0);
      try {
        await context.call(session, async () => {
          const text = [lpTitle, lpMessage].filter((part) => part !== null && part !== '').join(': ');
          await ejectDisk(context, session, { deviceName: lpDeviceName, text, option: dwOptions });
        });
      } finally {
        await sessions.CloseNtmsSession(session);
      }
    },
  };
}

async function ejectDisk(
  context: CallContext,
  session: NtmsSession,
  { deviceName, text, option }: { readonly deviceName: string; readonly text: string; readonly option: number },
): Promise<void> {
  if (!deviceName || typeof deviceName !== 'string') {
    throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpDeviceName is missing');
  }
  if (!diskOptions.includes(option)) throw new NtmsError('ERROR_INVALID_PARAMETER', `dwOptions ${option} is no option`);
  const { disks } = context.manager;
  const drive = disks.find(deviceName);
  const library = context.store.table('libraries').require(drive.library);
  context.access.require(session.identity, { kind: 'library', id: library.id }, NtmsAccessMask.NTMS_CONTROL_ACCESS);
  if (option === NtmsEjectOperation.NTMS_EJECT_STOP) {
    throw new NtmsError('ERROR_INVALID_OPERATION', 'an eject from a stand-alone drive has no operation to be stopped');
  }
  const medium = requireDisk(context, library, drive);
  const origin = session.identity;
  const force = option === NtmsEjectOperation.NTMS_EJECT_FORCE;
  const { finished } = disks.eject({ drive, medium: medium.id, force, origin });
  if (option === NtmsEjectOperation.NTMS_EJECT_IMMEDIATE) return finished;
  if (option !== NtmsEjectOperation.NTMS_EJECT_ASK_USER) return;
  try {
    await finished;
  } catch (error) {
    const why = error instanceof NtmsError ? error.detail : String(error);
    const question = `${text === '' ? `Eject ${medium.name} from ${drive.name} by force?` : text} (${why})`;
    if (!(await disks.askToForce(drive, question))) throw error;
    await disks.eject({ drive, medium: medium.id, force: true, origin }).finished;
  }
}

/** What is in the drive, when nothing stands against ejecting it. */
function requireDisk({ store }: CallContext, library: LibraryRow, drive: DriveRow): PhysicalMediumRow {
  if (isOfflineLibrary(library) || isNotPresent(library)) {
    throw new NtmsError('ERROR_LIBRARY_OFFLINE', `library ${library.name} is not attached`);
  }
  if (library.libraryType !== NtmsLibraryType.NTMS_LIBRARYTYPE_STANDALONE) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `${drive.name} of ${library.name} is no stand-alone drive`);
  }
  const disabled = [library, drive].find(({ enabled }) => !enabled);
  if (disabled !== undefined) throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `${disabled.name} is disabled`);
  const failed = [library, drive].find(needsService);
  if (failed !== undefined) throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `${failed.name} needs service`);
  const medium = store.table('physicalMedia').find({ location: drive.id });
  if (medium === undefined) throw new NtmsError('ERROR_MEDIA_NOT_AVAILABLE', `${drive.name} is empty`);
  if (!medium.enabled) throw new NtmsError('ERROR_MEDIA_NOT_AVAILABLE', `${medium.name} is disabled`);
  return medium;
}
