import { NtmsMediaState } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { PhysicalMediumRow } from '../objects/rows.js';
import { discoverCartridge, placeCartridge, sequenceNumbers, shelveCartridge } from './cartridge-records.js';
import { CleanerSlot } from './cleaner-slot.js';
import { ElementRecords, isMounted } from './element-records.js';
import { cartridgeLeft } from './leaving-cartridge.js';
import type { LibraryElement, LibraryElements } from './library-elements.js';
import type { MoveJournal } from './move-journal.js';
import type { ReadElement } from './read-element.js';
import { reconcile } from './reconcile.js';
import type { ReconcilePlan } from './reconcile.js';
import { updateChanged } from './update-changed.js';

export interface StockReport {
  /** One line for each change that a person may want to know. */
  readonly notices: readonly string[];
  /** What a person has to look at. */
  readonly doubts: readonly { readonly mediumId?: string; readonly message: string }[];
}

export interface StockInput {
  readonly store: ObjectStore;
  readonly journal: MoveJournal;
  readonly elements: LibraryElements;
  readonly library: { readonly id: string; readonly name: string };
  readonly seen: readonly ReadElement[];
  /** False: slots that wait for an inventory by label keep waiting. */
  readonly classify: boolean;
  /** Cartridges that work under way holds; their state is that work's to tell. */
  readonly isClaimed: (mediumId: string) => boolean;
  /** Lines of the journal whose motions are still to be made; the look says nothing about them. */
  readonly isUnderWay: (moveId: string) => boolean;
  /** Cartridges that another library has just been seen to hold; the same bar code here is another cartridge. */
  readonly heldElsewhere: ReadonlySet<string>;
}

/**
 * Brings the records of a library in line with its hardware, in one transaction: where every cartridge is, what is new,
 * what is gone, which drives and slots are full, and how the motions ended that a crash or a lost answer left open.
 */
export function takeStock(input: StockInput): StockReport {
  return input.elements.commit(() => {
    const { store, journal, elements, library, seen } = input;
    const openMoves = journal.openMoves(library.id).filter((move) => !input.isUnderWay(move.id));
    const records = recordsFor(input);
    const plan = reconcile({
      seen,
      openMoves,
      records: records.map((medium) => {
        const here = medium.currentLibrary === library.id;
        const element = here ? elements.elementOf(medium) : undefined;
        const address = element === undefined ? {} : { address: element.address };
        return { id: medium.id, barCode: medium.barCode, here, ...address };
      }),
    });
    const elementRecords = new ElementRecords(store, elements, library.id);
    const notices = carryOut(plan, input, new Map(records.map((medium) => [medium.id, medium])));

    // Everything is read once more, in bulk: from here on the records say where the cartridges are.
    const media = store.table('physicalMedia').list({ currentLibrary: library.id });
    const inside = new Map(media.map((medium) => [medium.location, medium]));
    for (const medium of media) releaseIdle(input, medium, elementRecords, inside);
    for (const element of seen) {
      const object = elements.at(element.address);
      if (object !== undefined) elementRecords.write(object, element, inside.get(object.objectId), input.classify);
    }
    new CleanerSlot(store, library.id).follow();
    for (const move of openMoves) {
      const medium = media.find(({ id }) => id === move.physMediaId);
      const now = medium === undefined ? undefined : elements.elementOf(medium);
      journal.conclude(move.id, outcomeOf(move, now), 'found at the next look at the library');
    }
    return { notices, doubts: plan.doubts };
  });
}

/** Gives the notices. */
function carryOut(
  plan: ReconcilePlan,
  { store, elements, library }: StockInput,
  byId: ReadonlyMap<string, PhysicalMediumRow>,
): string[] {
  const notices: string[] = [];
  const nameOf = (id: string): string => byId.get(id)?.name ?? id;
  // Two cartridges that changed places would meet in one element: first all leave, then all arrive.
  for (const { mediumId, moved } of plan.placements) {
    if (moved) store.table('physicalMedia').update(mediumId, { location: null });
  }
  for (const { mediumId, lastAddress } of plan.departures) {
    // Out of a port a person takes what was ejected, or takes back what was put in.
    if (lastAddress !== undefined && elements.at(lastAddress)?.kind === 'port') cartridgeLeft(store, mediumId);
    else shelveCartridge(store, mediumId);
    elements.forgetMedium(mediumId);
    const where = lastAddress === undefined ? '' : `in ${describe(elements, lastAddress)}, nor anywhere else `;
    notices.push(`${library.name}: ${nameOf(mediumId)} is no longer ${where}in the library; it is offline now`);
  }
  for (const { mediumId, address, moved, barCode } of plan.placements) {
    const element = elementAt(elements, address);
    if (!moved && (barCode === undefined || byId.get(mediumId)?.barCode === barCode)) continue;
    placeCartridge(store, mediumId, { library: library.id, element, ...(barCode === undefined ? {} : { barCode }) });
    elements.located(mediumId, element);
    if (moved) notices.push(`${library.name}: ${nameOf(mediumId)} was found in ${element.name}`);
  }
  const sequence = sequenceNumbers(store);
  for (const { address, barCode } of plan.discoveries) {
    discoverCartridge(store, {
      library: library.id,
      element: elementAt(elements, address),
      sequenceNumber: sequence.next().value,
      ...(barCode === undefined ? {} : { barCode }),
    });
  }
  const count = plan.discoveries.length;
  if (count > 0) notices.push(`${library.name}: ${count} new cartridge${count === 1 ? '' : 's'}`);
  return notices;
}

/** All cartridges recorded here, and those recorded elsewhere whose bar code was read here. */
function recordsFor({ store, library, seen, heldElsewhere }: StockInput): PhysicalMediumRow[] {
  const media = store.table('physicalMedia');
  const here = media.list({ currentLibrary: library.id });
  const known = new Set(here.map((medium) => medium.barCode));
  const strangers = seen.flatMap(({ barCode }) => (barCode === undefined || known.has(barCode) ? [] : [barCode]));
  if (strangers.length === 0) return here;
  const elsewhere = media.list({ barCode: strangers }).filter((medium) => !heldElsewhere.has(medium.id));
  return [...here, ...elsewhere];
}

/** Cartridges that no work holds and that are not mounted are idle, whatever a former run said of them. */
function releaseIdle(
  { store, elements, isClaimed }: StockInput,
  medium: PhysicalMediumRow,
  records: ElementRecords,
  inside: Map<string | null, PhysicalMediumRow>,
): void {
  if (isClaimed(medium.id) || isHeldInDrive(elements, medium, records)) return;
  const mended =
    medium.mediaState === NtmsMediaState.NTMS_MEDIASTATE_OPERROR
      ? {}
      : { mediaState: NtmsMediaState.NTMS_MEDIASTATE_IDLE };
  if (!updateChanged(store, 'physicalMedia', medium, { ...mended, mountedPartition: null, claimedBy: null })) return;
  elements.forgetMedium(medium.id);
  inside.set(medium.location, store.table('physicalMedia').require(medium.id));
}

/** The very drive that the cartridge was mounted in: a cartridge that was found elsewhere is not mounted any more. */
function isHeldInDrive(elements: LibraryElements, medium: PhysicalMediumRow, records: ElementRecords): boolean {
  const element = elements.elementOf(medium);
  return element?.kind === 'drive' && isMounted(medium) && records.sideIn(element.objectId) === medium.mountedPartition;
}

function outcomeOf(move: { readonly source: number; readonly destination: number }, now: LibraryElement | undefined) {
  if (now === undefined) return 'uncertain';
  if (now.address === move.destination) return 'moved';
  if (now.address === move.source) return 'not-moved';
  return now.kind === 'picker' ? 'on-picker' : 'elsewhere';
}

function elementAt(elements: LibraryElements, address: number): LibraryElement {
  const element = elements.at(address);
  if (element === undefined) throw new Error(`element ${address} was read but has no object`);
  return element;
}

function describe(elements: LibraryElements, address: number): string {
  return elements.at(address)?.name ?? `element ${address}`;
}
