import type { Profile } from '../profiles/profile.js';
import { makeCartridge, type Cartridge, type CartridgeSpec } from './cartridge.js';
import { stored, type Content } from './element-store.js';
import type { HardwareStore } from './hardware-store.js';
import { ansiVolumeLabel } from './media/ansi-label.js';
import { TapeImage } from './media/tape-image.js';
import { OperatorError } from './operator-error.js';

/** The cartridges beside the device, and the place where new ones come from. */
export class CartridgeShelf {
  readonly #profile: Profile;
  readonly #hardware: HardwareStore;
  readonly #outside = new Map<number, Content>();
  #lastId = 0;

  constructor(profile: Profile, hardware: HardwareStore) {
    this.#profile = profile;
    this.#hardware = hardware;
    for (const record of hardware.load()?.cartridges ?? []) {
      const { elementAddress, ...content } = record;
      this.#lastId = Math.max(this.#lastId, record.cartridge.id);
      if (elementAddress === null) this.#outside.set(record.cartridge.id, content);
    }
  }

  list(): { id: number; barcode: string | null }[] {
    return [...this.#outside.values()].map(({ cartridge: { id, barcode } }) => ({ id, barcode }));
  }

  /** A new cartridge, its medium initialised if the specification says so. It is nowhere until it is put somewhere. */
  make(spec: CartridgeSpec): Content {
    const cartridge = makeCartridge(this.#lastId + 1, spec, this.#profile);
    if (spec.ansiVolumeIdentifier !== undefined) this.#initialise(cartridge, spec.ansiVolumeIdentifier);
    this.#lastId += 1;
    return { cartridge, sourceStorageElementAddress: null, inverted: false, labelScanned: false };
  }

  /** Takes a cartridge from the shelf. */
  take(id: number): Content {
    const content = this.#outside.get(id);
    if (content === undefined) {
      throw new OperatorError('NO_SUCH_CARTRIDGE', `No cartridge ${id} lies beside the device; outside() lists them.`);
    }
    this.#outside.delete(id);
    return content;
  }

  /** Lays down a cartridge that was taken out of the device. */
  lay(content: Content): void {
    this.#outside.set(content.cartridge.id, content);
    this.#hardware.save({ cartridges: [stored(content, null)] });
  }

  #initialise(cartridge: Cartridge, volumeIdentifier: string): void {
    const label = ansiVolumeLabel(volumeIdentifier);
    const medium = this.#hardware.openMedium(cartridge);
    try {
      const tape = new TapeImage(medium.bytes, { capacityBytes: cartridge.capacityBytes });
      tape.writeBlock(label);
      tape.writeFilemarks(1);
    } finally {
      medium.close();
    }
  }
}
