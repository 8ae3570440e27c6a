import { AttributeFormat, type MediumAttribute } from '../../scsi/spc/medium-attribute.js';
import { writeText } from '../../scsi/layout.js';
import type { Cartridge } from '../cartridge.js';
import type { DeviceIdentity } from '../device-identity.js';
import { ASSIGNING_ORGANIZATION, formatOf, isWorm, TAPE_WIDTH } from '../media/medium-format.js';
import type { AttributeChange, AttributeStore } from '../media/medium.js';
import type { TapeImage } from '../media/tape-image.js';
import type { TapeStatistics } from './tape-statistics.js';

/** Attribute identifiers of devices and media (SPC-4), as far as they are told of. */
export const AttributeIdentifier = {
  REMAINING_CAPACITY_IN_PARTITION: 0x0000,
  MAXIMUM_CAPACITY_IN_PARTITION: 0x0001,
  LOAD_COUNT: 0x0003,
  MAM_SPACE_REMAINING: 0x0004,
  ASSIGNING_ORGANIZATION: 0x0005,
  FORMATTED_DENSITY_CODE: 0x0006,
  INITIALIZATION_COUNT: 0x0007,
  VOLUME_CHANGE_REFERENCE: 0x0009,
  DEVICE_AT_LAST_LOAD: 0x020a,
  DEVICE_AT_LOAD_BEFORE_3: 0x020d,
  TOTAL_MEBIBYTES_WRITTEN: 0x0220,
  TOTAL_MEBIBYTES_READ: 0x0221,
  MEBIBYTES_WRITTEN_IN_LAST_LOAD: 0x0222,
  MEBIBYTES_READ_IN_LAST_LOAD: 0x0223,
  MEDIUM_MANUFACTURER: 0x0400,
  MEDIUM_SERIAL_NUMBER: 0x0401,
  MEDIUM_LENGTH: 0x0402,
  MEDIUM_WIDTH: 0x0403,
  MEDIUM_ASSIGNING_ORGANIZATION: 0x0404,
  MEDIUM_DENSITY_CODE: 0x0405,
  MAM_CAPACITY: 0x0407,
  MEDIUM_TYPE: 0x0408,
  MEDIUM_TYPE_INFORMATION: 0x0409,
  BARCODE: 0x0806,
} as const;
export type AttributeIdentifier = (typeof AttributeIdentifier)[keyof typeof AttributeIdentifier];

/** As the chip of LTO media has it. */
export const MEMORY_CAPACITY_BYTES = 16 * 1024;
const FIRST_HOST_ATTRIBUTE = 0x0800;
const MEBIBYTE = 1024 * 1024;
const MANUFACTURER = 'OPENRSM';
const BARCODE_BYTES = 32;
const SERIAL_NUMBER_BYTES = 32;
/** MEDIUM TYPE: data, or write-once. */
const DATA_MEDIUM = 0x00;
const WORM_MEDIUM = 0x80;
const id = AttributeIdentifier;

/** The chip in a cartridge, seen by the drive that has it loaded: what the drive counts, what the medium is, what hosts wrote. */
export class CartridgeMemory {
  readonly #store: AttributeStore;
  readonly #cartridge: Cartridge;
  readonly #image: TapeImage;
  readonly #statistics: TapeStatistics;
  readonly #hardwareSerialNumber: string;
  /** Totals of the loads before this one, in bytes. */
  #bytesWrittenBefore = 0;
  #bytesReadBefore = 0;
  #contentChanged = false;

  constructor(options: {
    store: AttributeStore;
    cartridge: Cartridge;
    image: TapeImage;
    statistics: TapeStatistics;
    hardwareSerialNumber: string;
  }) {
    this.#store = options.store;
    this.#cartridge = options.cartridge;
    this.#image = options.image;
    this.#statistics = options.statistics;
    this.#hardwareSerialNumber = options.hardwareSerialNumber;
  }

  get mediumSerialNumber(): string {
    return printable(`${this.#hardwareSerialNumber}C${this.#cartridge.id}`).slice(-SERIAL_NUMBER_BYTES);
  }

  /** What is printed on the label, as far as an attribute can carry it. */
  get barcode(): string {
    return printable(this.#cartridge.barcode ?? '').slice(0, BARCODE_BYTES);
  }

  get loadCount(): number {
    return this.#kept(id.LOAD_COUNT);
  }

  /** Bytes written to and read from the medium in its life. */
  get lifetime(): { readonly bytesWritten: number; readonly bytesRead: number } {
    const { bytesWritten, bytesRead } = this.#statistics.load;
    return { bytesWritten: this.#bytesWrittenBefore + bytesWritten, bytesRead: this.#bytesReadBefore + bytesRead };
  }

  /** The drive has threaded the tape. */
  loadedIn(drive: DeviceIdentity): void {
    this.#bytesWrittenBefore = this.#kept(id.TOTAL_MEBIBYTES_WRITTEN);
    this.#bytesReadBefore = this.#kept(id.TOTAL_MEBIBYTES_READ);
    const name = printable(`${drive.inquiry.vendorIdentification.padEnd(8)}${drive.serialNumber}`);
    const earlier = this.#store
      .all()
      .filter(({ identifier }) => identifier >= id.DEVICE_AT_LAST_LOAD && identifier < id.DEVICE_AT_LOAD_BEFORE_3)
      .map((attribute) => ({ ...attribute, identifier: attribute.identifier + 1 }));
    this.#store.change([
      binary(id.LOAD_COUNT, this.loadCount + 1, 8),
      ...earlier,
      ascii(id.DEVICE_AT_LAST_LOAD, name.slice(0, 40), 40),
    ]);
  }

  /** What this load adds goes to the chip; the drive does this when it lets the tape go. */
  keepTotals(): void {
    // In bytes, or many short loads would add up to nothing.
    this.#store.change(this.#usage(1));
  }

  /** The first write of a load has its number, so that a host sees whether the medium is as it left it. */
  contentChanges(): void {
    if (this.#contentChanged) return;
    this.#contentChanged = true;
    this.#store.change([binary(id.VOLUME_CHANGE_REFERENCE, this.#kept(id.VOLUME_CHANGE_REFERENCE) + 1, 4)]);
  }

  /** Every attribute, in ascending order of identifiers. */
  attributes(): readonly MediumAttribute[] {
    const kept = this.#store.all();
    const computed = [...this.#deviceAttributes(), ...this.#mediumAttributes()];
    const known = new Set(computed.map(({ identifier }) => identifier));
    const stored = kept
      .filter(({ identifier }) => !known.has(identifier))
      .map((attribute) => ({ ...attribute, readOnly: attribute.identifier < FIRST_HOST_ATTRIBUTE }));
    const barcode =
      this.#cartridge.barcode === null || kept.some(({ identifier }) => identifier === id.BARCODE)
        ? []
        : [{ ...ascii(id.BARCODE, this.barcode, BARCODE_BYTES), readOnly: false }];
    return [...computed.map((attribute) => ({ ...attribute, readOnly: true })), ...stored, ...barcode].toSorted(
      (one, other) => one.identifier - other.identifier,
    );
  }

  /** How many bytes of the chip are free when these changes have been made; negative: there is no room for them. */
  spaceAfter(changes: readonly AttributeChange[]): number {
    const lengths = new Map(this.#store.all().map(({ identifier, value }) => [identifier, value.length]));
    for (const { identifier, value } of changes) {
      if (value === undefined) lengths.delete(identifier);
      else lengths.set(identifier, value.length);
    }
    return [...lengths.values()].reduce((left, length) => left - 5 - length, MEMORY_CAPACITY_BYTES);
  }

  change(changes: readonly AttributeChange[]): void {
    this.#store.change(changes);
  }

  #deviceAttributes(): Kept[] {
    const { capacityBytes, recordedBytes } = this.#image;
    const remaining = Math.max(0, capacityBytes - recordedBytes);
    const format = formatOf(this.#cartridge.mediaType);
    return [
      binary(id.REMAINING_CAPACITY_IN_PARTITION, Math.floor(remaining / MEBIBYTE), 8),
      binary(id.MAXIMUM_CAPACITY_IN_PARTITION, Math.floor(capacityBytes / MEBIBYTE), 8),
      binary(id.LOAD_COUNT, this.loadCount, 8),
      binary(id.MAM_SPACE_REMAINING, this.spaceAfter([]), 8),
      ascii(id.ASSIGNING_ORGANIZATION, ASSIGNING_ORGANIZATION, 8),
      binary(id.FORMATTED_DENSITY_CODE, format?.densityCode ?? 0, 1),
      binary(id.INITIALIZATION_COUNT, 1, 2),
      binary(id.VOLUME_CHANGE_REFERENCE, this.#kept(id.VOLUME_CHANGE_REFERENCE), 4),
      ...this.#usage(MEBIBYTE),
    ];
  }

  #usage(unitBytes: number): Kept[] {
    const { load } = this.#statistics;
    const { bytesWritten, bytesRead } = this.lifetime;
    const count = (identifier: number, bytes: number): Kept => binary(identifier, Math.floor(bytes / unitBytes), 8);
    return [
      count(id.TOTAL_MEBIBYTES_WRITTEN, bytesWritten),
      count(id.TOTAL_MEBIBYTES_READ, bytesRead),
      count(id.MEBIBYTES_WRITTEN_IN_LAST_LOAD, load.bytesWritten),
      count(id.MEBIBYTES_READ_IN_LAST_LOAD, load.bytesRead),
    ];
  }

  #mediumAttributes(): Kept[] {
    const { mediaType } = this.#cartridge;
    const format = formatOf(mediaType);
    const ofFormat =
      format === undefined
        ? []
        : [
            binary(id.MEDIUM_LENGTH, format.lengthMetres, 4),
            binary(id.MEDIUM_WIDTH, TAPE_WIDTH, 4),
            ascii(id.MEDIUM_ASSIGNING_ORGANIZATION, ASSIGNING_ORGANIZATION, 8),
            binary(id.MEDIUM_DENSITY_CODE, format.densityCode, 1),
          ];
    return [
      ascii(id.MEDIUM_MANUFACTURER, MANUFACTURER, 8),
      ascii(id.MEDIUM_SERIAL_NUMBER, this.mediumSerialNumber, SERIAL_NUMBER_BYTES),
      ...ofFormat,
      binary(id.MAM_CAPACITY, MEMORY_CAPACITY_BYTES, 8),
      binary(id.MEDIUM_TYPE, isWorm(mediaType) ? WORM_MEDIUM : DATA_MEDIUM, 1),
      binary(id.MEDIUM_TYPE_INFORMATION, 0, 2),
    ];
  }

  #kept(identifier: number): number {
    const value = this.#store.all().find((attribute) => attribute.identifier === identifier)?.value ?? [];
    let number = 0;
    for (const byte of value) number = number * 256 + byte;
    return number;
  }
}

interface Kept {
  readonly identifier: number;
  readonly format: number;
  readonly value: Uint8Array;
}

function binary(identifier: number, value: number, size: number): Kept {
  const bytes = new Uint8Array(size);
  for (let i = size - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
  return { identifier, format: AttributeFormat.BINARY, value: bytes };
}

function ascii(identifier: number, text: string, size: number): Kept {
  const value = new Uint8Array(size);
  writeText(value, 0, size, text);
  return { identifier, format: AttributeFormat.ASCII, value };
}

/** A label may carry characters that no ASCII attribute can. */
function printable(text: string): string {
  return text.replaceAll(/[^ -~]/g, '?');
}
