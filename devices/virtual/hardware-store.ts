import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Cartridge } from './cartridge.js';
import { HardwareUnusableError } from './hardware-error.js';
import { FileBytes } from './media/file-bytes.js';
import { type Medium, MemoryAttributes } from './media/medium.js';
import { MemoryBytes } from './media/memory-bytes.js';
import { ATTRIBUTE_SCHEMA, TableAttributes } from './media/table-attributes.js';

/** A cartridge with its place, as it is kept. */
export interface StoredCartridge {
  readonly cartridge: Cartridge;
  /** `null`: outside, with the operator. */
  readonly elementAddress: number | null;
  readonly sourceStorageElementAddress: number | null;
  readonly inverted: boolean;
  readonly labelScanned: boolean;
}

/** What is kept of an element beside its cartridge. */
export interface StoredElement {
  readonly address: number;
  readonly present: boolean;
  readonly putInByOperator: boolean;
}

/** What the hardware is, decided once when it is made. */
export interface HardwareIdentity {
  readonly profileId: string;
  readonly serialNumber: string;
}

export interface StoredHardware extends HardwareIdentity {
  readonly cartridges: readonly StoredCartridge[];
  /** Only elements that differ from a fresh one. */
  readonly elements: readonly StoredElement[];
}

export interface HardwareChange {
  readonly cartridges?: readonly StoredCartridge[];
  readonly elements?: readonly StoredElement[];
}

/** Where the hardware's state outlives the process, or not. */
export interface HardwareStore {
  /** `undefined`: nothing was ever stored here. */
  load(): StoredHardware | undefined;
  /** Makes the hardware with its first cartridges, in one transaction; once. */
  create(identity: HardwareIdentity, cartridges: readonly StoredCartridge[]): void;
  /**
   * One transaction: a process killed around it leaves all of it or nothing. What could not be kept (it throws) is kept
   * with the next change, since the cartridge has moved whether or not the disk is full.
   */
  save(change: HardwareChange): void;
  openMedium(cartridge: Cartridge): Medium;
  close(): void;
}

/** Hardware that lives as long as the object: a power cycle finds it as it was. */
export class MemoryHardware implements HardwareStore {
  readonly #media = new Map<number, Medium>();
  readonly #cartridges = new Map<number, StoredCartridge>();
  readonly #elements = new Map<number, StoredElement>();
  #identity: HardwareIdentity | undefined;

  load(): StoredHardware | undefined {
    if (this.#identity === undefined) return undefined;
    return {
      ...this.#identity,
      cartridges: [...this.#cartridges.values()],
      elements: [...this.#elements.values()],
    };
  }

  create(identity: HardwareIdentity, cartridges: readonly StoredCartridge[]): void {
    this.#identity = identity;
    this.save({ cartridges });
  }

  save(change: HardwareChange): void {
    for (const record of change.cartridges ?? []) this.#cartridges.set(record.cartridge.id, record);
    for (const record of change.elements ?? []) {
      // A copy: the element it came from goes on changing.
      const { address, present, putInByOperator } = record;
      this.#elements.set(address, { address, present, putInByOperator });
    }
  }

  openMedium(cartridge: Cartridge): Medium {
    let medium = this.#media.get(cartridge.id);
    if (medium === undefined) {
      const bytes = new MemoryBytes();
      medium = { bytes, attributes: new MemoryAttributes(), close: () => bytes.close() };
      this.#media.set(cartridge.id, medium);
    }
    return medium;
  }

  close(): void {
    this.#media.clear();
  }
}

interface CartridgeRow {
  id: number;
  barcode: string | null;
  label_readable: number;
  media_type: string;
  cleaning: number;
  cleaning_uses_remaining: number;
  write_protected: number;
  capacity_bytes: number;
  image: string;
  element_address: number | null;
  source_storage_element_address: number | null;
  inverted: number;
  label_scanned: number;
}

interface ElementRow {
  address: number;
  present: number;
  put_in_by_operator: number;
}

/**
 * A cartridge's place is one column of its own row, and no two rows may name the same element: however the process dies,
 * every cartridge is in exactly one place.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS hardware (profile_id TEXT NOT NULL, serial_number TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS cartridge (
    id INTEGER PRIMARY KEY,
    barcode TEXT,
    label_readable INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    cleaning INTEGER NOT NULL,
    cleaning_uses_remaining INTEGER NOT NULL,
    write_protected INTEGER NOT NULL,
    capacity_bytes INTEGER NOT NULL,
    image TEXT NOT NULL UNIQUE,
    element_address INTEGER UNIQUE,
    source_storage_element_address INTEGER,
    inverted INTEGER NOT NULL,
    label_scanned INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS element (
    address INTEGER PRIMARY KEY,
    present INTEGER NOT NULL,
    put_in_by_operator INTEGER NOT NULL
  ) STRICT;
`;

/** Hardware in a folder: `hardware.db`, and one image for each cartridge under `media/`. The folder must be locked. */
export class FolderHardware implements HardwareStore {
  readonly #database: Database.Database;
  readonly #mediaFolder: string;
  readonly #saveCartridge: Database.Statement;
  readonly #vacate: Database.Statement;
  readonly #saveElement: Database.Statement;
  readonly #save: (change: HardwareChange) => void;
  readonly #unsavedCartridges = new Map<number, StoredCartridge>();
  readonly #unsavedElements = new Map<number, StoredElement>();

  /** Throws {@link HardwareUnusableError}. */
  constructor(folder: string) {
    this.#mediaFolder = join(folder, 'media');
    this.#database = openDatabase(folder, this.#mediaFolder);
    this.#vacate = this.#database.prepare('UPDATE cartridge SET element_address = NULL WHERE id = ?');
    // Only the id may conflict: two cartridges in one element is an error, never a replacement.
    this.#saveCartridge = this.#database.prepare(`INSERT INTO cartridge VALUES (
      @id, @barcode, @label_readable, @media_type, @cleaning, @cleaning_uses_remaining, @write_protected,
      @capacity_bytes, @image, @element_address, @source_storage_element_address, @inverted, @label_scanned)
      ON CONFLICT (id) DO UPDATE SET
        label_readable = excluded.label_readable,
        cleaning_uses_remaining = excluded.cleaning_uses_remaining,
        write_protected = excluded.write_protected,
        element_address = excluded.element_address,
        source_storage_element_address = excluded.source_storage_element_address,
        inverted = excluded.inverted,
        label_scanned = excluded.label_scanned`);
    this.#saveElement = this.#database.prepare(
      'INSERT OR REPLACE INTO element VALUES (@address, @present, @put_in_by_operator)',
    );
    this.#save = this.#database.transaction((change: HardwareChange) => {
      const cartridges = change.cartridges ?? [];
      // Several that move at once leave their places before any takes a new one.
      if (cartridges.length > 1) for (const { cartridge } of cartridges) this.#vacate.run(cartridge.id);
      for (const stored of cartridges) this.#saveCartridge.run(cartridgeRow(stored));
      for (const stored of change.elements ?? []) this.#saveElement.run(elementRow(stored));
    });
  }

  load(): StoredHardware | undefined {
    // Without this a cartridge could be found where it was, and where it was taken to as well.
    this.#saveAll();
    const hardware = this.#database.prepare('SELECT profile_id, serial_number FROM hardware').get() as
      { profile_id: string; serial_number: string } | undefined;
    if (hardware === undefined) return undefined;
    const cartridges = this.#database.prepare('SELECT * FROM cartridge ORDER BY id').all() as CartridgeRow[];
    const elements = this.#database.prepare('SELECT * FROM element ORDER BY address').all() as ElementRow[];
    return {
      profileId: hardware.profile_id,
      serialNumber: hardware.serial_number,
      cartridges: cartridges.map(storedCartridge),
      elements: elements.map((row) => ({
        address: row.address,
        present: row.present === 1,
        putInByOperator: row.put_in_by_operator === 1,
      })),
    };
  }

  create(identity: HardwareIdentity, cartridges: readonly StoredCartridge[]): void {
    const { profileId, serialNumber } = identity;
    this.#database.transaction(() => {
      this.#database.prepare('INSERT INTO hardware VALUES (?, ?)').run(profileId, serialNumber);
      this.#save({ cartridges });
    })();
  }

  save(change: HardwareChange): void {
    for (const record of change.cartridges ?? []) this.#unsavedCartridges.set(record.cartridge.id, record);
    for (const { address, present, putInByOperator } of change.elements ?? []) {
      this.#unsavedElements.set(address, { address, present, putInByOperator });
    }
    this.#saveAll();
  }

  openMedium(cartridge: Cartridge): Medium {
    const bytes = new FileBytes(join(this.#mediaFolder, cartridge.image));
    return { bytes, attributes: new TableAttributes(this.#database, cartridge.id), close: () => bytes.close() };
  }

  close(): void {
    try {
      this.#saveAll();
    } finally {
      this.#database.close();
    }
  }

  #saveAll(): void {
    if (this.#unsavedCartridges.size === 0 && this.#unsavedElements.size === 0) return;
    this.#save({ cartridges: [...this.#unsavedCartridges.values()], elements: [...this.#unsavedElements.values()] });
    this.#unsavedCartridges.clear();
    this.#unsavedElements.clear();
  }
}

function openDatabase(folder: string, mediaFolder: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    mkdirSync(mediaFolder, { recursive: true });
    database = new Database(join(folder, 'hardware.db'));
    database.pragma('journal_mode = WAL');
    // A killed process loses nothing under NORMAL; only a power cut may take the last motions back.
    database.pragma('synchronous = NORMAL');
    database.exec(SCHEMA + ATTRIBUTE_SCHEMA);
    return database;
  } catch (cause) {
    database?.close();
    throw new HardwareUnusableError(folder, cause);
  }
}

function cartridgeRow(stored: StoredCartridge): CartridgeRow {
  const { cartridge } = stored;
  return {
    id: cartridge.id,
    barcode: cartridge.barcode,
    label_readable: Number(cartridge.labelReadable),
    media_type: cartridge.mediaType,
    cleaning: Number(cartridge.cleaning),
    cleaning_uses_remaining: cartridge.cleaningUsesRemaining,
    write_protected: Number(cartridge.writeProtected),
    capacity_bytes: cartridge.capacityBytes,
    image: cartridge.image,
    element_address: stored.elementAddress,
    source_storage_element_address: stored.sourceStorageElementAddress,
    inverted: Number(stored.inverted),
    label_scanned: Number(stored.labelScanned),
  };
}

function storedCartridge(row: CartridgeRow): StoredCartridge {
  return {
    cartridge: {
      id: row.id,
      barcode: row.barcode,
      labelReadable: row.label_readable === 1,
      mediaType: row.media_type,
      cleaning: row.cleaning === 1,
      cleaningUsesRemaining: row.cleaning_uses_remaining,
      writeProtected: row.write_protected === 1,
      capacityBytes: row.capacity_bytes,
      image: row.image,
    },
    elementAddress: row.element_address,
    sourceStorageElementAddress: row.source_storage_element_address,
    inverted: row.inverted === 1,
    labelScanned: row.label_scanned === 1,
  };
}

function elementRow(stored: StoredElement): ElementRow {
  return {
    address: stored.address,
    present: Number(stored.present),
    put_in_by_operator: Number(stored.putInByOperator),
  };
}
