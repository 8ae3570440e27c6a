import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation, NtmsPortPosition } from '../objects/ntmsapi/index.js';
import { cartridgeLeft } from './leaving-cartridge.js';
import type { LibraryContext } from './library-context.js';
import type { Missing, Needs, Turn, WorkEnd, WorkItem } from './work-item.js';

export interface WantedDiskEject {
  readonly requestId: string;
  readonly drive: string;
  readonly medium: string;
  /** Also when an application has the medium mounted or open. */
  readonly force: boolean;
  /** Takes the medium from whoever has it open. */
  readonly closeOpened: () => Promise<void>;
}

/** A stand-alone drive gives its medium to a person: EjectDiskFromSADrive, and EjectNtmsMedia for what is in such a drive. */
export class EjectDiskWork implements WorkItem {
  readonly operationCode = NtmsLmOperation.NTMS_LM_EJECT;
  readonly order = 0;
  readonly priority = 0;
  readonly timeQueued: number;
  readonly requestIds: readonly [string];
  readonly #context: LibraryContext;
  readonly #wanted: WantedDiskEject;

  constructor(context: LibraryContext, wanted: WantedDiskEject, timeQueued: number) {
    this.#context = context;
    this.#wanted = wanted;
    this.requestIds = [wanted.requestId];
    this.timeQueued = timeQueued;
  }

  needs(): Needs | Missing {
    const unusable = this.#context.whyUnusable();
    if (unusable !== undefined) return { missing: unusable };
    const { drive, medium, requestId } = this.#wanted;
    if ([drive, medium].some((id) => this.#context.claims.hasOther(requestId, id))) {
      return { missing: 'the drive, which another request uses' };
    }
    return { claim: [drive, medium] };
  }

  async run(turn: Turn): Promise<WorkEnd> {
    const { store, elements, drives, requests, id } = this.#context;
    const { drive: driveId, medium: mediumId, force, requestId, closeOpened } = this.#wanted;
    const drive = elements.of(driveId);
    const medium = store.table('physicalMedia').require(mediumId);
    if (medium.location !== driveId) {
      throw new NtmsError('ERROR_MEDIA_NOT_AVAILABLE', `${medium.name} is not in ${drive.name} any more`);
    }
    if (medium.claimedBy !== null && !force) {
      throw new NtmsError('ERROR_MEDIA_NOT_AVAILABLE', `${medium.name} is in use; dismount it, or eject it by force`);
    }
    store.transaction(() => turn.begin());
    if (force) await closeOpened();
    await drives.eject(drive, requestId, () => {
      requests.reclaimDrive(driveId);
      cartridgeLeft(store, mediumId);
      elements.forgetMedium(mediumId);
      store.table('drives').update(driveId, { savedPartitionId: null, dismountableSince: null });
      for (const tray of store.table('ports').list({ library: id })) {
        store.table('ports').update(tray.id, { position: NtmsPortPosition.NTMS_PORTPOSITION_EXTENDED });
      }
      turn.end('passed');
    });
    return 'passed';
  }
}
