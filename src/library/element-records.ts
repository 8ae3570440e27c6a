import {
  NtmsDriveState,
  NtmsMediaState,
  NtmsObjectsTypes,
  NtmsOperationalState,
  NtmsPortContent,
  NtmsSlotState,
} from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { DriveRow, PhysicalMediumRow, PortRow, SlotRow } from '../objects/rows.js';
import type { LibraryElement, LibraryElements } from './library-elements.js';
import type { ReadElement } from './read-element.js';
import { updateChanged } from './update-changed.js';

/**
 * The records of a library's elements while they are brought in line with a reading. Rows are read once for all elements;
 * an element whose machine runs is told by its machine.
 */
export class ElementRecords {
  readonly #store: ObjectStore;
  readonly #elements: LibraryElements;
  readonly #slots: ReadonlyMap<string, SlotRow>;
  readonly #drives: ReadonlyMap<string, DriveRow>;
  readonly #ports: ReadonlyMap<string, PortRow>;

  constructor(store: ObjectStore, elements: LibraryElements, library: string) {
    this.#store = store;
    this.#elements = elements;
    this.#slots = byId(store.table('slots').list({ library }));
    this.#drives = byId(store.table('drives').list({ library }));
    this.#ports = byId(store.table('ports').list({ library }));
  }

  /** The side that the record of a drive says is in it. */
  sideIn(driveId: string): string | null {
    return this.#drives.get(driveId)?.savedPartitionId ?? null;
  }

  /** `classify` false: filled slots that wait for an inventory by label keep waiting. */
  write(element: LibraryElement, seen: ReadElement, medium: PhysicalMediumRow | undefined, classify: boolean): void {
    const { full, present, ready } = seen;
    const waits =
      full && this.#slots.get(element.objectId)?.state === NtmsSlotState.NTMS_SLOTSTATE_NEEDSINVENTORY && !classify;
    if (waits) return;
    if (element.kind === 'drive') this.#writeContent(element, seen, medium);
    if (this.#elements.isRunning(element)) {
      this.#elements.statusRead(element, { full, present, mediumId: medium?.id ?? null, ready });
      return;
    }
    if (element.kind === 'slot') this.#writeSlot(element, seen);
    if (element.kind === 'port') this.#writePort(element, seen);
    if (element.kind === 'drive') this.#writeDrive(element, seen, medium);
  }

  #writeSlot({ objectId }: LibraryElement, { full, present }: ReadElement): void {
    const row = this.#slots.get(objectId);
    if (row === undefined) return;
    const content = full ? NtmsSlotState.NTMS_SLOTSTATE_FULL : NtmsSlotState.NTMS_SLOTSTATE_EMPTY;
    const state = present ? content : NtmsSlotState.NTMS_SLOTSTATE_NOTPRESENT;
    updateChanged(this.#store, 'slots', row, { state });
  }

  #writePort({ objectId }: LibraryElement, { full }: ReadElement): void {
    const row = this.#ports.get(objectId);
    if (row === undefined) return;
    const content = full ? NtmsPortContent.NTMS_PORTCONTENT_FULL : NtmsPortContent.NTMS_PORTCONTENT_EMPTY;
    updateChanged(this.#store, 'ports', row, { content });
  }

  /**
   * A drive keeps LOADED only when the very cartridge that was mounted is still in it and ready. Anything else in a drive
   * is idle: dismountable when ready, unloaded when not.
   */
  #writeDrive({ objectId }: LibraryElement, { full, ready }: ReadElement, medium: PhysicalMediumRow | undefined): void {
    const row = this.#drives.get(objectId);
    if (row === undefined) return;
    const usable = ready !== false && row.operationalState === NtmsOperationalState.NTMS_READY;
    const idle = usable ? NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTABLE : NtmsDriveState.NTMS_DRIVESTATE_UNLOADED;
    const held = medium !== undefined && medium.claimedBy !== null && usable;
    const filled = held ? NtmsDriveState.NTMS_DRIVESTATE_LOADED : idle;
    const state = full ? filled : NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED;
    updateChanged(this.#store, 'drives', row, { state });
  }

  /**
   * The side inside; null for what somebody else than this library put in, which is to be identified (MS-RSMP 2.2.4.12).
   */
  #writeContent({ objectId }: LibraryElement, { full }: ReadElement, medium: PhysicalMediumRow | undefined): void {
    const row = this.#drives.get(objectId);
    if (row === undefined) return;
    const sides =
      full && medium !== undefined && row.savedPartitionId !== null
        ? this.#store.table('sides').list({ physicalMedia: medium.id })
        : [];
    const known = sides.some((side) => side.id === row.savedPartitionId);
    const idle = full && (medium === undefined || medium.claimedBy === null);
    updateChanged(this.#store, 'drives', row, {
      savedPartitionId: known ? row.savedPartitionId : null,
      dismountableSince: idle ? (row.dismountableSince ?? row.modified) : null,
    });
  }
}

/** Whether a cartridge is what an application has in use in a drive. */
export function isMounted(medium: PhysicalMediumRow): boolean {
  return (
    medium.claimedBy !== null &&
    medium.locationType === NtmsObjectsTypes.NTMS_DRIVE &&
    (medium.mediaState === NtmsMediaState.NTMS_MEDIASTATE_LOADED ||
      medium.mediaState === NtmsMediaState.NTMS_MEDIASTATE_MOUNTED)
  );
}

function byId<Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}
