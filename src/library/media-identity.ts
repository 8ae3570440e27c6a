import { NtmsLmOperation, NtmsObjectsTypes, NtmsOpreqCommand } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { PhysicalMediumRow, SideRow } from '../objects/rows.js';
import { defaultLabelLibraries, LabelLibraries } from './labels/label-libraries.js';
import type { ClaimedLabel } from './labels/label-libraries.js';
import type { MediaLabelLibrary } from './labels/media-label-library.js';
import type { LibraryRequests, RequestOrigin } from './library-requests.js';
import { labelColumns } from './note-label.js';
import type { OperatorRequests } from './operator-requests.js';
import { isReadOnly, nameOf, ownersOf } from './on-media-label.js';
import type { OnMediaLabel } from './on-media-label.js';

/** What the manager gives it: part of its parts, since libraries themselves work with it. */
export interface IdentityParts {
  readonly store: ObjectStore;
  readonly requests: LibraryRequests;
  readonly operatorRequests: OperatorRequests;
  readonly notice: (text: string) => void;
}

/** What the labels on media say, and what is recorded of it. */
export class MediaIdentity {
  readonly #parts: IdentityParts;
  readonly #libraries: LabelLibraries;

  /** `libraries` are asked after our own free label, in their order. */
  constructor(parts: IdentityParts, libraries: readonly MediaLabelLibrary[] = defaultLabelLibraries) {
    this.#parts = parts;
    this.#libraries = new LabelLibraries(libraries, parts.notice);
  }

  /** How much of a first block has to be read, in bytes. */
  get longestLabel(): number {
    return this.#libraries.longestLabel;
  }

  /** The label in the first block of a medium. */
  recognize(block: Uint8Array): OnMediaLabel {
    const claimed = this.claim(block);
    return claimed === undefined ? { kind: 'unknown' } : { kind: 'known', ...claimed };
  }

  /** The same for raw bytes that an application hands over; undefined when no label library knows them. */
  claim(bytes: Uint8Array): ClaimedLabel | undefined {
    return this.#libraries.claim(bytes);
  }

  /**
   * An application wrote its own label: the side's record tells of it from now on (UpdateNtmsOmidInfo). One transaction, with
   * the library request that stands for it, whose identifier is returned.
   */
  update(side: SideRow, label: ClaimedLabel, origin: RequestOrigin): string {
    const { store, requests, notice } = this.#parts;
    const medium = store.table('physicalMedia').require(side.physicalMedia);
    const { id } = store.transaction(() => {
      const request = requests.create({
        operationCode: NtmsLmOperation.NTMS_LM_UPDATEOMID,
        library: medium.currentLibrary,
        origin,
        physMediaId: medium.id,
        partitionId: side.id,
      });
      requests.start(request.id);
      store
        .table('sides')
        .update(side.id, { ...labelColumns({ kind: 'known', ...label }), owedFreeLabel: '', formerLabelId: '' });
      requests.endAll([request.id], { type: 'SUCCEEDED' });
      return request;
    });
    requests.announce(id);
    try {
      this.tellDuplicates(side, label);
    } catch (error) {
      // The label is stored: the caller must not hear that it is not.
      notice(`that ${medium.name} carries another cartridge's label could not be told: ${String(error)}`);
    }
    return id;
  }

  /** Two writable cartridges with one label cannot be told apart by it: a person has to know. */
  tellDuplicates(side: SideRow, label: OnMediaLabel | ClaimedLabel): void {
    const { store, operatorRequests, notice } = this.#parts;
    if ('kind' in label && label.kind !== 'known') return;
    const [other] = isReadOnly(store, side) ? [] : ownersOf(store, side, label);
    if (other === undefined) return;
    const names = [side, other].map((one) => mediumOf(this.#parts, one).name);
    const message = `${names.join(' and ')} both carry ${nameOf(label)}. Give one of them a label of its own`;
    notice(message);
    operatorRequests.raise({
      command: NtmsOpreqCommand.NTMS_OPREQ_MESSAGE,
      message: message.slice(0, 255),
      arg1: { type: NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA, id: side.physicalMedia },
      arg2: { type: NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA, id: other.physicalMedia },
    });
  }
}

function mediumOf({ store }: IdentityParts, { physicalMedia }: SideRow): PhysicalMediumRow {
  return store.table('physicalMedia').require(physicalMedia);
}
