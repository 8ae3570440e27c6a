import { NtmsBarCodeState, NtmsMediaState, NtmsObjectsTypes, NtmsOperationalState } from '../objects/ntmsapi/index.js';
import type { MediaPoolRow, PhysicalMediumRow, SideRow } from '../objects/rows.js';
import { sequenceNumbers } from './cartridge-records.js';
import type { ManagerParts } from './manager-parts.js';
import { isSpokenFor } from './media-use.js';
import { ownedStates } from './pool-move-rules.js';

/** What the caller of CreateNtmsMedia may say of an object. */
interface NewObject {
  /** Made unless given. */
  readonly id: string | null;
  readonly enabled: boolean;
  /** Empty for the default name. */
  readonly name: string;
  readonly description: string;
}

export type NewSide = NewObject &
  Pick<
    SideRow,
    'state' | 'omidLabelId' | 'omidLabelType' | 'omidLabelInfo' | 'mountCount' | 'allocateCount' | 'capacity'
  > & {
    /** The id of a logical medium that is made for the side; null for none. */
    readonly logicalMedia: string | null;
  };

export interface NewMedium extends NewObject {
  readonly pool: MediaPoolRow;
  /** Without trailing blanks; empty when it has none. */
  readonly barCode: string;
  readonly mediaTypeCode: number;
  readonly densityCode: number;
  readonly sides: readonly NewSide[];
}

/** Records of cartridges that no library holds: made and deleted by a person's word, without any hardware. */
export class MediaRecords {
  readonly #parts: ManagerParts;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
  }

  /** A cartridge in the offline library, with its sides. */
  create(order: NewMedium): { readonly medium: PhysicalMediumRow; readonly sides: readonly SideRow[] } {
    const { store } = this.#parts;
    const { NTMS_BARCODESTATE_OK, NTMS_BARCODESTATE_UNREADABLE } = NtmsBarCodeState;
    return store.transaction(() => {
      const sequenceNumber = sequenceNumbers(store).next().value;
      const medium = store.table('physicalMedia').insert({
        ...(order.id === null ? {} : { id: order.id }),
        name: order.name || defaultName(order, sequenceNumber),
        description: order.description,
        enabled: order.enabled,
        operationalState: NtmsOperationalState.NTMS_READY,
        currentLibrary: store.wellKnown.offlineLibrary,
        mediaPool: order.pool.id,
        mediaType: order.pool.mediaType,
        locationType: NtmsObjectsTypes.NTMS_STORAGESLOT,
        location: null,
        homeSlot: null,
        barCode: order.barCode,
        barCodeState: order.barCode === '' ? NTMS_BARCODESTATE_UNREADABLE : NTMS_BARCODESTATE_OK,
        sequenceNumber,
        mediaState: NtmsMediaState.NTMS_MEDIASTATE_IDLE,
        numberOfPartitions: order.sides.length,
        mediaTypeCode: order.mediaTypeCode,
        densityCode: order.densityCode,
      });
      return { medium, sides: order.sides.map((side, index) => this.#createSide(medium, side, index)) };
    });
  }

  #createSide(medium: PhysicalMediumRow, order: NewSide, side: number): SideRow {
    const { store } = this.#parts;
    const { id, name, logicalMedia, ...columns } = order;
    if (logicalMedia !== null) store.table('logicalMedia').insert({ id: logicalMedia, mediaPool: medium.mediaPool });
    const ownName = medium.numberOfPartitions === 1 ? medium.name : `${medium.name} side ${side + 1}`;
    return store.table('sides').insert({
      ...columns,
      ...(id === null ? {} : { id }),
      name: name || ownName,
      physicalMedia: medium.id,
      logicalMedia,
      side,
    });
  }

  /** Why the records of a cartridge must stay; undefined when they may go. */
  deleteRefusal(medium: PhysicalMediumRow): string | undefined {
    const { store } = this.#parts;
    if (medium.currentLibrary !== store.wellKnown.offlineLibrary) return 'it is in a library';
    const isIdle = medium.claimedBy === null && medium.mediaState === NtmsMediaState.NTMS_MEDIASTATE_IDLE;
    if (!isIdle || isSpokenFor(store, medium)) return 'a request waits for it';
    const owned = store.table('sides').count({ physicalMedia: medium.id, state: ownedStates });
    return owned > 0 ? 'a side of it is allocated, complete or reserved' : undefined;
  }

  /** All records of a cartridge go: its sides and, should a side have one all the same, its logical medium. */
  delete(mediumId: string): void {
    const { store } = this.#parts;
    store.transaction(() => {
      const sides = store.table('sides').list({ physicalMedia: mediumId });
      store.table('physicalMedia').remove(mediumId);
      for (const id of new Set(sides.flatMap(({ logicalMedia }) => logicalMedia ?? []))) {
        if (store.table('sides').count({ logicalMedia: id }) === 0) store.table('logicalMedia').remove(id);
      }
    });
  }
}

/** Bar code, then the label's text where there is one side only, then the sequence number (doc media-names). */
function defaultName({ barCode, sides }: NewMedium, sequenceNumber: string): string {
  const [first, ...others] = sides;
  const labelText = others.length === 0 ? (first?.omidLabelInfo ?? '') : '';
  return barCode || labelText || sequenceNumber;
}
