/**
 * Which cartridge is where: the element status that the changer told, against the records. Pure; the caller carries the
 * plan out in one transaction. The hardware is believed over the records, the barcode over the address; what neither
 * decides becomes a doubt for a person, never a guess.
 */

/** A full or empty element as the changer reported it. */
export interface SeenElement {
  readonly address: number;
  readonly full: boolean;
  /** Trimmed volume identifier; absent when there is no label or it could not be read. */
  readonly barCode?: string;
  /** Where the changer says the cartridge came from (SVALID). */
  readonly sourceAddress?: number;
}

/** A cartridge's record. */
export interface RecordedMedium {
  readonly id: string;
  readonly barCode: string;
  /** Recorded in this library; else on the shelf or in another one. */
  readonly here: boolean;
  /** Its recorded element in this library; absent when it is recorded elsewhere, or here in no element. */
  readonly address?: number;
}

/** A motion that was intended and whose end nobody wrote down. */
export interface OpenMove {
  readonly physMediaId: string;
  readonly mediumTransportAddress: number;
  readonly source: number;
  readonly destination: number;
}

export interface Placement {
  readonly mediumId: string;
  readonly address: number;
  /** The address differs from the recorded one. */
  readonly moved: boolean;
  readonly barCode?: string;
}

export interface ReconcilePlan {
  readonly placements: readonly Placement[];
  /** Cartridges that no record describes. */
  readonly discoveries: readonly { readonly address: number; readonly barCode?: string }[];
  /** Records of this library whose cartridge is in none of its elements; `lastAddress` where it was recorded in one. */
  readonly departures: readonly { readonly mediumId: string; readonly lastAddress?: number }[];
  /** What a person has to look at. */
  readonly doubts: readonly { readonly mediumId?: string; readonly message: string }[];
}

export interface ReconcileInput {
  readonly seen: readonly SeenElement[];
  readonly records: readonly RecordedMedium[];
  readonly openMoves: readonly OpenMove[];
}

export function reconcile(input: ReconcileInput): ReconcilePlan {
  const table = new Table(input);
  const doubts: { mediumId?: string; message: string }[] = duplicatedBarCodes(input.seen).map(
    ([barCode, addresses]) => ({
      message: `Bar code ${barCode} is on ${addresses.length} cartridges (elements ${addresses.join(', ')}); give each cartridge a bar code of its own`,
    }),
  );
  placeByBarCode(table);
  doubts.push(...placeByOpenMove(table, input.openMoves));
  placeByAddress(table);
  placeBySource(table, input.seen);

  const inMotion = new Set(input.openMoves.map((move) => move.physMediaId));
  const departures = [...table.unplaced.values()].filter(({ here }) => here);
  for (const { id, barCode } of departures) {
    if (!inMotion.has(id)) continue;
    doubts.push({
      mediumId: id,
      message: `Cartridge ${barCode || id} was being moved when work stopped and is in no element now; look for it in the library`,
    });
  }
  return {
    placements: table.placements,
    discoveries: [...table.waiting.values()].map(({ address, barCode }) => ({
      address,
      ...(barCode === undefined ? {} : { barCode }),
    })),
    departures: departures.map(({ id, address }) => ({
      mediumId: id,
      ...(address === undefined ? {} : { lastAddress: address }),
    })),
    doubts,
  };
}

/** Full elements that wait for a record, and records that wait for an element. */
class Table {
  readonly placements: Placement[] = [];
  readonly waiting: Map<number, SeenElement>;
  readonly unplaced: Map<string, RecordedMedium>;
  /** Records by the address where they were last; no two have the same. */
  readonly #byAddress: ReadonlyMap<number, RecordedMedium>;

  constructor({ seen, records }: ReconcileInput) {
    this.waiting = new Map(seen.filter(({ full }) => full).map((element) => [element.address, element]));
    this.unplaced = new Map(records.map((record) => [record.id, record]));
    this.#byAddress = new Map(
      records.flatMap((record) => (record.address === undefined ? [] : [[record.address, record] as const])),
    );
  }

  /** The record that was at this address, unless it is placed already. */
  recordedAt(address: number): RecordedMedium | undefined {
    const record = this.#byAddress.get(address);
    return record !== undefined && this.unplaced.has(record.id) ? record : undefined;
  }

  place(record: RecordedMedium, element: SeenElement): void {
    this.unplaced.delete(record.id);
    this.waiting.delete(element.address);
    this.placements.push({
      mediumId: record.id,
      address: element.address,
      moved: record.address !== element.address,
      ...(element.barCode === undefined ? {} : { barCode: element.barCode }),
    });
  }
}

function placeByBarCode(table: Table): void {
  const byBarCode = new Map<string, RecordedMedium[]>();
  for (const record of table.unplaced.values()) {
    if (record.barCode === '') continue;
    const same = byBarCode.get(record.barCode);
    if (same === undefined) byBarCode.set(record.barCode, [record]);
    else same.push(record);
  }
  // First those that stayed, then those of this library that moved, last those recorded elsewhere.
  const rounds: ((record: RecordedMedium, element: SeenElement) => boolean)[] = [
    (record, element) => record.address === element.address,
    (record) => record.here,
    () => true,
  ];
  for (const fits of rounds) {
    for (const element of [...table.waiting.values()]) {
      const same = element.barCode === undefined ? undefined : byBarCode.get(element.barCode);
      const record = same?.find((candidate) => table.unplaced.has(candidate.id) && fits(candidate, element));
      if (record !== undefined) table.place(record, element);
    }
  }
}

/** Neither label contradicts: one of the two has none, or none that could be read. */
function mayBe(record: RecordedMedium, element: SeenElement): boolean {
  return element.barCode === undefined || record.barCode === '';
}

/** A cartridge without readable label that was on its way is at one of the three places that it could have come to. */
function placeByOpenMove(table: Table, openMoves: readonly OpenMove[]): { mediumId: string; message: string }[] {
  const doubts: { mediumId: string; message: string }[] = [];
  for (const { physMediaId, source, mediumTransportAddress, destination } of openMoves) {
    const record = table.unplaced.get(physMediaId);
    if (record === undefined) continue;
    const possible = [...new Set([destination, mediumTransportAddress, source])].flatMap((address) => {
      const element = table.waiting.get(address);
      const other = table.recordedAt(address);
      const anothers = other !== undefined && other.id !== record.id && element !== undefined && mayBe(other, element);
      return element !== undefined && !anothers && mayBe(record, element) ? [element] : [];
    });
    const [only] = possible;
    if (possible.length === 1 && only !== undefined) table.place(record, only);
    if (possible.length > 1) {
      const addresses = possible.map(({ address }) => address).join(' or ');
      doubts.push({
        mediumId: record.id,
        message: `Cartridge ${record.barCode || record.id} was being moved and may be in element ${addresses}, both full without a readable label; look which one it is`,
      });
    }
  }
  return doubts;
}

/**
 * The recorded address decides next: for a cartridge whose bar code cannot be read, and for one whose bar code is read for
 * the first time (its record has none, so nothing contradicts).
 */
function placeByAddress(table: Table): void {
  for (const element of [...table.waiting.values()]) {
    const record = table.recordedAt(element.address);
    if (record !== undefined && mayBe(record, element)) table.place(record, element);
  }
}

/** A cartridge without a readable bar code that moved: the changer remembers where from. */
function placeBySource(table: Table, seen: readonly SeenElement[]): void {
  const empty = new Set(seen.filter(({ full }) => !full).map(({ address }) => address));
  for (const element of [...table.waiting.values()]) {
    if (element.barCode !== undefined || element.sourceAddress === undefined) continue;
    if (!empty.has(element.sourceAddress)) continue;
    const record = table.recordedAt(element.sourceAddress);
    if (record !== undefined) table.place(record, element);
  }
}

function duplicatedBarCodes(seen: readonly SeenElement[]): [string, number[]][] {
  const addresses = new Map<string, number[]>();
  for (const { full, barCode, address } of seen) {
    if (!full || barCode === undefined) continue;
    const same = addresses.get(barCode);
    if (same === undefined) addresses.set(barCode, [address]);
    else same.push(address);
  }
  return [...addresses].filter(([, found]) => found.length > 1);
}
