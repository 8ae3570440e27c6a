import { ElementType, elementTypeName } from './scsi/smc/element-type.js';

/** Consecutive element addresses of one type. */
export interface ElementRange {
  readonly first: number;
  readonly count: number;
}

/** The ranges of each type, ascending; a type that the changer does not have has none. */
export type ElementRanges = Readonly<Record<ElementType, readonly ElementRange[]>>;

/** The order in which a library is read and shown. */
export const elementTypes: readonly ElementType[] = [
  ElementType.MEDIUM_TRANSPORT,
  ElementType.STORAGE,
  ElementType.IMPORT_EXPORT,
  ElementType.DATA_TRANSFER,
];

const highestAddress = 0xffff;

/** Which element addresses a changer has, and of which type each is. It does not change between two inventories. */
export class ElementMap {
  readonly ranges: ElementRanges;
  readonly #flat: readonly (ElementRange & { readonly type: ElementType })[];

  /** Throws {@link ElementMapError} when a range leaves the 16-bit addresses or two ranges overlap. */
  constructor(ranges: Partial<ElementRanges>) {
    const flat = elementTypes.flatMap((type) =>
      (ranges[type] ?? []).map(({ first, count }) => ({ type, first, count })),
    );
    for (const range of flat) requireInBounds(range);
    // A count of 0 says that there is no such element; its first address means nothing then.
    this.#flat = flat.filter(({ count }) => count > 0).toSorted((one, other) => one.first - other.first);
    this.#flat.forEach((range, i) => requireApart(this.#flat[i - 1], range));
    const ofType = (type: ElementType): readonly ElementRange[] =>
      this.#flat.filter((range) => range.type === type).map(({ first, count }) => ({ first, count }));
    this.ranges = {
      [ElementType.MEDIUM_TRANSPORT]: ofType(ElementType.MEDIUM_TRANSPORT),
      [ElementType.STORAGE]: ofType(ElementType.STORAGE),
      [ElementType.IMPORT_EXPORT]: ofType(ElementType.IMPORT_EXPORT),
      [ElementType.DATA_TRANSFER]: ofType(ElementType.DATA_TRANSFER),
    };
  }

  /**
   * The map of a changer without an element address assignment page, from the elements that it reports.
   * Throws {@link ElementMapError} when one address is reported with two types.
   */
  static fromElements(elements: Iterable<{ readonly elementType: ElementType; readonly address: number }>): ElementMap {
    const typeAt = new Map<number, ElementType>();
    for (const { address, elementType } of elements) {
      const known = typeAt.get(address);
      if (known !== undefined && known !== elementType) {
        throw new ElementMapError(
          'overlapping-ranges',
          `The changer reports element ${address} as ${elementTypeName(known)} and as ${elementTypeName(elementType)}. ` +
            'Check its configuration; restart it if it was changed while it ran.',
        );
      }
      typeAt.set(address, elementType);
    }
    const ranges: Record<ElementType, { first: number; count: number }[]> = { 1: [], 2: [], 3: [], 4: [] };
    for (const [address, type] of [...typeAt].toSorted(([one], [other]) => one - other)) {
      const last = ranges[type].at(-1);
      if (last !== undefined && last.first + last.count === address) last.count++;
      else ranges[type].push({ first: address, count: 1 });
    }
    return new ElementMap(ranges);
  }

  /** How many elements there are, of one type or of all. */
  count(type?: ElementType): number {
    return this.#flat.reduce((sum, range) => (type === undefined || range.type === type ? sum + range.count : sum), 0);
  }

  /** All addresses of a type, ascending. */
  addresses(type: ElementType): number[] {
    return this.ranges[type].flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
  }

  /** The type of the element at `address`; undefined when there is no such element. */
  typeOf(address: number): ElementType | undefined {
    return this.#flat.find(({ first, count }) => address >= first && address < first + count)?.type;
  }

  /** Whether there is an element at `address`, and if a type is given, whether it is of that type. */
  contains(address: number, type?: ElementType): boolean {
    const found = this.typeOf(address);
    return found !== undefined && (type === undefined || found === type);
  }

  /** One line for people: `picker 1, storage 4096-4118, import/export 16-18, drives 256-257`. */
  describe(): string {
    const names = { 1: 'picker', 2: 'storage', 3: 'import/export', 4: 'drives' } as const;
    return elementTypes
      .filter((type) => this.ranges[type].length > 0)
      .map((type) => `${names[type]} ${this.ranges[type].map(describeRange).join(', ')}`)
      .join('; ');
  }
}

export type ElementMapErrorCode = 'address-out-of-range' | 'overlapping-ranges';

/** What a changer says about its elements cannot be true. */
export class ElementMapError extends Error {
  override readonly name = 'ElementMapError';
  readonly code: ElementMapErrorCode;

  constructor(code: ElementMapErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

function describeRange({ first, count }: ElementRange): string {
  return count === 1 ? String(first) : `${first}-${first + count - 1}`;
}

function requireInBounds({ type, first, count }: ElementRange & { readonly type: ElementType }): void {
  const whole = Number.isInteger(first) && Number.isInteger(count) && first >= 0 && count >= 0;
  if (whole && (count === 0 || first + count - 1 <= highestAddress)) return;
  throw new ElementMapError(
    'address-out-of-range',
    `${count} ${elementTypeName(type)}s from address ${first} do not fit the addresses 0 to ${highestAddress}. ` +
      'Check the element address assignment of the changer.',
  );
}

function requireApart(
  lower: (ElementRange & { readonly type: ElementType }) | undefined,
  upper: ElementRange & { readonly type: ElementType },
): void {
  if (lower === undefined || lower.first + lower.count <= upper.first) return;
  throw new ElementMapError(
    'overlapping-ranges',
    `${elementTypeName(lower.type)}s ${describeRange(lower)} and ${elementTypeName(upper.type)}s ${describeRange(upper)} ` +
      'share addresses. Check the element address assignment of the changer.',
  );
}
