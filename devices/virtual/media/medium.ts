import type { ByteStore } from './byte-store.js';

/** An attribute as it is kept; whether a host may change it follows from the identifier. */
export interface StoredAttribute {
  readonly identifier: number;
  readonly format: number;
  readonly value: Uint8Array;
}

/** The chip in a cartridge: its attributes stay with the cartridge, as its data do. */
export interface AttributeStore {
  /** In ascending order of identifiers. */
  all(): readonly StoredAttribute[];
  /** Sets attributes, and removes those without a value; all of it or nothing. */
  change(changes: readonly AttributeChange[]): void;
}

export interface AttributeChange {
  readonly identifier: number;
  readonly format: number;
  readonly value: Uint8Array | undefined;
}

/** What is in one cartridge. */
export interface Medium {
  readonly bytes: ByteStore;
  readonly attributes: AttributeStore;
  close(): void;
}

/** Attributes that live as long as the process. */
export class MemoryAttributes implements AttributeStore {
  readonly #attributes = new Map<number, StoredAttribute>();

  all(): readonly StoredAttribute[] {
    return [...this.#attributes.values()].toSorted((one, other) => one.identifier - other.identifier);
  }

  change(changes: readonly AttributeChange[]): void {
    for (const { identifier, format, value } of changes) {
      if (value === undefined) this.#attributes.delete(identifier);
      else this.#attributes.set(identifier, { identifier, format, value: value.slice() });
    }
  }
}
