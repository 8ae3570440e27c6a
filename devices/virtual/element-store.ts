import { ElementType } from '../scsi/smc/element-type.js';
import type { ElementRanges, Profile } from '../profiles/profile.js';
import type { Cartridge } from './cartridge.js';
import type { HardwareStore, StoredCartridge } from './hardware-store.js';

/** A cartridge in an element, with what the changer remembers of how it came there. */
export interface Content {
  readonly cartridge: Cartridge;
  /** The storage element it was last moved from; `null` when the changer never took it from one. */
  readonly sourceStorageElementAddress: number | null;
  readonly inverted: boolean;
  /** The changer has read the label (or has seen that there is none) since the cartridge came by hand. */
  labelScanned: boolean;
}

/** One element. Which cartridge it holds is changed only by {@link ElementStore}. */
export interface Element {
  readonly elementType: ElementType;
  readonly address: number;
  /** Place in the order of addresses; the picker's way is counted in these. */
  readonly index: number;
  readonly content: Content | null;
  /** The magazine that this element belongs to. */
  readonly magazine: string | null;
  /** False while its magazine is out. */
  readonly present: boolean;
  /** An operator put the cartridge here, not the picker. */
  readonly putInByOperator: boolean;
}

type MutableElement = { -readonly [K in keyof Element]: Element[K] };

/**
 * Which cartridge is where: a cartridge is in one element or in none, an element holds one cartridge or none. Changes are
 * in memory until {@link save}; a motion saves once, at its end.
 */
export class ElementStore {
  readonly #elements: MutableElement[] = [];
  readonly #byAddress = new Map<number, MutableElement>();
  readonly #byType = new Map<ElementType, readonly Element[]>();
  readonly #placed = new Set<Cartridge>();
  readonly #hardware: HardwareStore;

  constructor(profile: Pick<Profile, 'elements' | 'magazines'>, hardware: HardwareStore) {
    this.#hardware = hardware;
    for (const [elementType, range] of elementRanges(profile.elements)) {
      for (let address = range.first; address < range.first + range.count; address++) {
        const magazine =
          elementType === ElementType.STORAGE
            ? profile.magazines.find(({ first, count }) => address >= first && address < first + count)
            : undefined;
        this.#elements.push({
          elementType,
          address,
          index: 0,
          content: null,
          magazine: magazine?.name ?? null,
          present: true,
          putInByOperator: false,
        });
      }
    }
    this.#elements.sort((one, other) => one.address - other.address);
    this.#elements.forEach((element, index) => {
      element.index = index;
      this.#byAddress.set(element.address, element);
    });
    for (const type of Object.values(ElementType)) {
      const elements = this.#elements.filter(({ elementType }) => elementType === type);
      this.#byType.set(type, elements);
    }
  }

  /** The elements as the hardware keeps them. */
  static restore(profile: Pick<Profile, 'elements' | 'magazines'>, hardware: HardwareStore): ElementStore {
    const store = new ElementStore(profile, hardware);
    const { cartridges = [], elements = [] } = hardware.load() ?? {};
    for (const { address, present, putInByOperator } of elements) {
      const element = store.#element(address);
      element.present = present;
      element.putInByOperator = putInByOperator;
    }
    for (const { elementAddress, cartridge, sourceStorageElementAddress, inverted, labelScanned } of cartridges) {
      if (elementAddress !== null) {
        store.put(elementAddress, { cartridge, sourceStorageElementAddress, inverted, labelScanned });
      }
    }
    return store;
  }

  /** In the order of addresses. */
  all(): readonly Element[] {
    return this.#elements;
  }

  ofType(elementType: ElementType): readonly Element[] {
    return this.#byType.get(elementType) ?? [];
  }

  find(address: number): Element | undefined {
    return this.#byAddress.get(address);
  }

  /** Puts a cartridge that is nowhere into an empty element. */
  put(address: number, content: Content): void {
    const element = this.#element(address);
    if (element.content !== null) throw new Error(`element ${address} already holds a cartridge`);
    if (this.#placed.has(content.cartridge)) {
      throw new Error(`cartridge ${content.cartridge.id} is already in an element`);
    }
    this.#fill(element, content);
  }

  /** Takes the cartridge out of an element; afterwards it is nowhere. */
  take(address: number): Content {
    const element = this.#element(address);
    const { content } = element;
    if (content === null) throw new Error(`element ${address} is empty`);
    element.content = null;
    element.putInByOperator = false;
    this.#placed.delete(content.cartridge);
    return content;
  }

  /**
   * Moves cartridges, all at once: every source is emptied before any destination is filled, so an exchange is one call.
   * The source storage element address and the side follow each cartridge (SMC-3: SVALID and INVERT).
   */
  move(moves: readonly { readonly from: number; readonly to: number; readonly invert: boolean }[]): void {
    const taken = moves.map(({ from, to, invert }) => {
      const source = this.#element(from);
      return { to, content: moved(this.take(from), source, invert) };
    });
    for (const { to, content } of taken) {
      const destination = this.#element(to);
      if (destination.content !== null) throw new Error(`element ${to} already holds a cartridge`);
      this.#fill(destination, content);
    }
  }

  /** IMPEXP: the cartridge in a port came from outside. */
  markPutInByOperator(address: number): void {
    this.#element(address).putInByOperator = true;
  }

  /** Turns the medium in an element over. */
  turnOver(address: number): void {
    const element = this.#element(address);
    if (element.content !== null) element.content = { ...element.content, inverted: !element.content.inverted };
  }

  /** Keeps what is in these elements now, in one transaction. */
  save(addresses: readonly number[]): void {
    const elements = addresses.map((address) => this.#element(address));
    this.#hardware.save({
      cartridges: elements.flatMap(({ address, content }) => (content === null ? [] : [stored(content, address)])),
      elements: elements.filter(({ elementType }) => elementType === ElementType.IMPORT_EXPORT),
    });
  }

  /** Takes a magazine's elements out, or puts them back, with what is in them. */
  setPresent(addresses: readonly number[], present: boolean): void {
    const elements = addresses.map((address) => this.#element(address));
    for (const element of elements) element.present = present;
    this.#hardware.save({ elements });
  }

  #fill(element: MutableElement, content: Content): void {
    element.content = content;
    this.#placed.add(content.cartridge);
  }

  #element(address: number): MutableElement {
    const element = this.#byAddress.get(address);
    if (element === undefined) throw new Error(`there is no element ${address}`);
    return element;
  }
}

/** A cartridge's record; `null`: it is outside. */
export function stored(content: Content, elementAddress: number | null): StoredCartridge {
  return { ...content, elementAddress };
}

function moved(content: Content, source: Element, invert: boolean): Content {
  return {
    cartridge: content.cartridge,
    sourceStorageElementAddress:
      source.elementType === ElementType.STORAGE ? source.address : content.sourceStorageElementAddress,
    inverted: content.inverted !== invert,
    labelScanned: content.labelScanned,
  };
}

/** The element types of a map with their ranges. */
export function elementRanges(
  elements: ElementRanges,
): readonly (readonly [ElementType, { readonly first: number; readonly count: number }])[] {
  return [
    [ElementType.MEDIUM_TRANSPORT, elements.mediumTransport],
    [ElementType.STORAGE, elements.storage],
    [ElementType.IMPORT_EXPORT, elements.importExport],
    [ElementType.DATA_TRANSFER, elements.dataTransfer],
  ];
}
