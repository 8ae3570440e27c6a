import { NtmsError } from '../objects/ntms-error.js';
import { NtmsEjectOperation, NtmsLmOperation, NtmsObjectsTypes, NtmsOpreqCommand } from '../objects/ntmsapi/index.js';
import type { DriveRow } from '../objects/rows.js';
import { EjectDiskWork } from './eject-disk-work.js';
import type { RequestOrigin } from './library-requests.js';
import type { ManagerParts } from './manager-parts.js';

export interface DiskOrder {
  readonly drive: DriveRow;
  /** What is in the drive. */
  readonly medium: string;
  /** Also when an application has the medium mounted or open. */
  readonly force: boolean;
  readonly origin: RequestOrigin;
}

/** Media out of stand-alone drives. */
export class DiskEjection {
  readonly #parts: ManagerParts;
  readonly #closeOpened: (driveId: string) => Promise<void>;

  /** `closeOpened` takes the medium in a drive from whoever has it open. */
  constructor(parts: ManagerParts, closeOpened: (driveId: string) => Promise<void>) {
    this.#parts = parts;
    this.#closeOpened = closeOpened;
  }

  /** Queues the eject. `finished` settles when the drive has given the medium; it rejects with NtmsError when it did not. */
  eject({ drive, medium, force, origin }: DiskOrder): { readonly requestId: string; readonly finished: Promise<void> } {
    const { requests, requireRunning } = this.#parts;
    const library = requireRunning(drive.library);
    const { id: requestId, timeQueued } = requests.create({
      operationCode: NtmsLmOperation.NTMS_LM_EJECT,
      operationOption: force ? NtmsEjectOperation.NTMS_EJECT_FORCE : NtmsEjectOperation.NTMS_EJECT_START,
      library: drive.library,
      driveId: drive.id,
      physMediaId: medium,
      origin,
    });
    const closeOpened = (): Promise<void> => this.#closeOpened(drive.id);
    const wanted = { requestId, drive: drive.id, medium, force, closeOpened };
    const end = library.queue.add(new EjectDiskWork(library.context, wanted, timeQueued));
    const finished = end.then(() => undefined);
    finished.catch(() => undefined); // the request's record tells, too
    return { requestId, finished };
  }

  /** Asks a person whether the eject that failed shall be forced. */
  askToForce(drive: DriveRow, question: string): Promise<boolean> {
    return new Promise((resolve) => {
      this.#parts.operatorRequests.raise(
        {
          command: NtmsOpreqCommand.NTMS_OPREQ_MESSAGE,
          message: question,
          arg1: { type: NtmsObjectsTypes.NTMS_DRIVE, id: drive.id },
        },
        (answer) => resolve(answer === 'complete'),
      );
    });
  }

  /** The drive of a stand-alone library by the operating system's name for it. */
  find(deviceName: string): DriveRow {
    const drive = this.#parts.store.table('drives').find({ deviceName });
    if (drive === undefined) throw new NtmsError('ERROR_INVALID_PARAMETER', `${deviceName} is no drive`);
    return drive;
  }
}
