import { succeeded, type CommandNote, type CommandOutcome } from './command-outcome.js';
import type { CommandOptions } from './command-request.js';
import { elementTypes, type ElementMap } from './element-map.js';
import {
  elementsOf,
  isInvalidAddress,
  isRefusal,
  lie,
  queryElementStatus,
  withDeviceIdentifiers,
  type WireQuery,
} from './element-status-query.js';
import type { LogicalUnit } from './logical-unit.js';
import type { ElementStatus } from './scsi/smc/element-status.js';
import { ElementType, elementTypeName } from './scsi/smc/element-type.js';

/** What a changer does otherwise than SMC-3, as far as the controller must know before it asks. */
export interface ChangerQuirks {
  /** It sends, or survives, at most so many elements in one answer. */
  readonly maxElementsPerQuery?: number;
  /** It refuses VOLTAG and DVCID in one command. Learned when it happens; given here, the first refusal is saved. */
  readonly noVolumeTagWithDeviceIdentifier?: boolean;
  /** Its largest allocation length in bytes; 65,535 where only two of the three bytes are read. */
  readonly maxAllocationLength?: number;
}

/** Which elements to read, and what about them. */
export interface ElementStatusQuery extends CommandOptions {
  /** Absent: all types. */
  readonly elementType?: ElementType;
  /** Lowest address wanted. */
  readonly start?: number;
  /** At most so many elements. */
  readonly count?: number;
  /** Barcodes; true when left out. */
  readonly volumeTag?: boolean;
  /** Which drive is in a data transfer element; false when left out. */
  readonly deviceIdentifier?: boolean;
  /** Answer from memory, without moving the picker; false when left out. */
  readonly currentData?: boolean;
}

const largestAllocation = 0xff_ffff;
const addressEnd = 0x1_0000;

/**
 * Reads element status in as few commands as the changer allows, and learns what it does not allow: pages by
 * `maxElementsPerQuery`, asks for labels and drives apart when it refuses both together, and goes without what it cannot
 * give. What it had to leave out is in the notes. Addresses that come twice, go backwards, or are not in the element map
 * are failures of layer `data`.
 */
export class ElementStatusReader {
  readonly #unit: LogicalUnit;
  readonly #quirks: ChangerQuirks;
  #apart: boolean;
  readonly #notThere = { currentData: false, deviceIdentifier: false, volumeTag: false };

  constructor(unit: LogicalUnit, quirks: ChangerQuirks = {}) {
    this.#unit = unit;
    this.#quirks = quirks;
    this.#apart = quirks.noVolumeTagWithDeviceIdentifier ?? false;
  }

  /** Ascending by type, then address. Without a map every type is asked for, and one that is refused is not there. */
  async read(query: ElementStatusQuery, map?: ElementMap): Promise<CommandOutcome<readonly ElementStatus[]>> {
    const elements: ElementStatus[] = [];
    const notes: CommandNote[] = [];
    const first = query.start ?? 0;
    const limit = query.count ?? addressEnd;
    let refused: CommandOutcome<readonly ElementStatus[]> | undefined;
    const types = query.elementType === undefined ? elementTypes : [query.elementType];
    for (const type of types) {
      const ranges = map === undefined ? [{ first, count: addressEnd - first }] : map.ranges[type];
      for (const range of ranges) {
        const start = Math.max(first, range.first);
        const end = Math.min(range.first + range.count, start + limit);
        if (start >= end) continue;
        const part = await this.#readRange(type, start, end, query, map);
        if (part.ok) {
          elements.push(...part.value);
          notes.push(...part.notes);
        } else if (map === undefined && (isInvalidAddress(part.failure) || isRefusal(part.failure))) {
          refused = part;
        } else {
          return part;
        }
      }
    }
    if (elements.length === 0 && refused !== undefined) return refused;
    if (query.count === undefined) return succeeded(elements, notes);
    // "At most so many from this address upwards" counts over all types, by address.
    const wanted = new Set(
      elements
        .map(({ address }) => address)
        .toSorted((one, other) => one - other)
        .slice(0, query.count),
    );
    return succeeded(
      elements.filter(({ address }) => wanted.has(address)),
      notes,
    );
  }

  async #readRange(
    elementType: ElementType,
    start: number,
    end: number,
    query: ElementStatusQuery,
    map: ElementMap | undefined,
  ): Promise<CommandOutcome<readonly ElementStatus[]>> {
    const elements: ElementStatus[] = [];
    const notes: CommandNote[] = [];
    for (let next = start; next < end;) {
      const page = await this.#readPage(
        {
          elementType,
          start: next,
          count: Math.min(end - next, this.#quirks.maxElementsPerQuery ?? 0xffff, 0xffff),
          volumeTag: query.volumeTag ?? true,
          // Other elements have no device; some changers refuse the question for them.
          deviceIdentifier: (query.deviceIdentifier ?? false) && elementType === ElementType.DATA_TRANSFER,
          currentData: query.currentData ?? false,
        },
        query,
      );
      if (!page.ok) {
        // Elements at the end of the range may be absent, such as the slots of a second magazine.
        if (elements.length > 0 && isInvalidAddress(page.failure)) break;
        return page;
      }
      notes.push(...page.notes);
      const problem = contradiction(page.value, elementType, next, map);
      if (problem !== undefined) return lie(this.#unit, problem);
      const inRange = page.value.filter(({ address }) => address < end);
      elements.push(...inRange);
      if (inRange.length < page.value.length || inRange.length === 0) break;
      next = (inRange.at(-1)?.address ?? end) + 1;
    }
    return succeeded(elements, notes);
  }

  async #readPage(wanted: WireQuery, options: CommandOptions): Promise<CommandOutcome<readonly ElementStatus[]>> {
    const query = {
      ...wanted,
      currentData: wanted.currentData && !this.#notThere.currentData,
      deviceIdentifier: wanted.deviceIdentifier && !this.#notThere.deviceIdentifier,
      volumeTag: wanted.volumeTag && !this.#notThere.volumeTag,
    };
    if (query.volumeTag && query.deviceIdentifier && this.#apart) return this.#readApart(query, options);
    const limit = this.#quirks.maxAllocationLength ?? largestAllocation;
    const outcome = elementsOf(await queryElementStatus(this.#unit, query, limit, options));
    if (outcome.ok || !isRefusal(outcome.failure)) return outcome;
    for (const [without, message, learn] of this.#retreats(query)) {
      const instead = await (without === 'apart'
        ? this.#readApart(query, options)
        : this.#readPage({ ...query, [without]: false }, options));
      if (!instead.ok) {
        // Refused in this form as well: it does not know the elements at all. Anything else is the newer truth.
        if (isRefusal(instead.failure)) continue;
        return instead;
      }
      learn();
      return succeeded(instead.value, [{ kind: 'fallback', message }, ...instead.notes]);
    }
    return outcome;
  }

  /** What to try when the changer refuses a query, the least loss first. */
  #retreats(query: WireQuery): Retreat[] {
    const { name } = this.#unit;
    const retreats: Retreat[] = [];
    if (query.currentData) {
      const message = `${name} does not take CURDATA; the picker may move to read labels.`;
      retreats.push(['currentData', message, () => void (this.#notThere.currentData = true)]);
    } else if (query.volumeTag && query.deviceIdentifier) {
      const message = `${name} does not take VOLTAG with DVCID; labels and drives are asked for apart.`;
      retreats.push(['apart', message, () => void (this.#apart = true)]);
    } else if (query.deviceIdentifier) {
      const message = `${name} does not tell which drive is in which element.`;
      retreats.push(['deviceIdentifier', message, () => void (this.#notThere.deviceIdentifier = true)]);
    } else if (query.volumeTag) {
      const message = `${name} does not report volume tags; it may have no barcode reader.`;
      retreats.push(['volumeTag', message, () => void (this.#notThere.volumeTag = true)]);
    }
    return retreats;
  }

  async #readApart(query: WireQuery, options: CommandOptions): Promise<CommandOutcome<readonly ElementStatus[]>> {
    const labels = await this.#readPage({ ...query, deviceIdentifier: false }, options);
    if (!labels.ok) return labels;
    const devices = await this.#readPage({ ...query, volumeTag: false }, options);
    if (!devices.ok) return devices;
    return succeeded(withDeviceIdentifiers(labels.value, devices.value), [...labels.notes, ...devices.notes]);
  }
}

/** Ask without this (or for both apart), say so in a note, and remember it once it has worked. */
type Retreat = [
  without: 'apart' | 'currentData' | 'deviceIdentifier' | 'volumeTag',
  message: string,
  learn: () => void,
];

/** Why these elements cannot be the answer to a query for this type from `start` upwards. */
function contradiction(
  elements: readonly ElementStatus[],
  elementType: ElementType,
  start: number,
  map: ElementMap | undefined,
): string | undefined {
  let least = start;
  for (const { address, elementType: type } of elements) {
    if (type !== elementType) {
      return `element ${address} is a ${elementTypeName(type)}, asked for was a ${elementTypeName(elementType)}`;
    }
    if (address < least) return `element ${address} comes where ${least} or a higher address must come`;
    if (map?.contains(address, type) === false) {
      return `${elementTypeName(type)} ${address} is not in the element map (${map.describe()})`;
    }
    least = address + 1;
  }
  return undefined;
}
