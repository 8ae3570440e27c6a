import { AdditionalSense } from '../scsi/asc-ascq.js';
import { ElementType } from '../scsi/smc/element-type.js';
import type { CartridgeSpec } from './cartridge.js';
import type { Content, Element } from './element-store.js';
import { OperatorError } from './operator-error.js';
import type { PoweredAutoloader } from './powered-autoloader.js';
import { ChangerAlert } from './tape-alerts.js';
import type { CartridgeShelf } from './cartridge-shelf.js';

/**
 * What a person can do at the device: open the door, fill ports and magazines, press buttons. Acts at once, or throws
 * {@link OperatorError}; acts that make the changer look around again resolve when it is ready.
 */
export class OperatorPanel {
  readonly #device: () => PoweredAutoloader;
  readonly #shelf: CartridgeShelf;

  constructor(device: () => PoweredAutoloader, shelf: CartridgeShelf) {
    this.#device = device;
    this.#shelf = shelf;
  }

  /**
   * Puts a cartridge into an empty element: a new one, or by its id one that was taken out before. Import/export elements
   * take it at once (28h/01h for every nexus; those with a motor when a host has opened them), others only behind an open door or in a magazine that is out.
   * Gives the cartridge's id.
   */
  async insertCartridge(address: number, cartridge: CartridgeSpec | { readonly id: number }): Promise<number> {
    const device = this.#device();
    const element = this.#reachable(address);
    if (element.content !== null) {
      throw new OperatorError('ELEMENT_FULL', `Element ${address} holds a cartridge; take that out first.`);
    }
    const taken = 'id' in cartridge ? this.#shelf.take(cartridge.id) : this.#shelf.make(cartridge);
    // It has not passed the label reader yet.
    device.elements.put(address, { ...taken, sourceStorageElementAddress: null, inverted: false, labelScanned: false });
    device.elements.markPutInByOperator(address);
    device.elements.save([address]);
    if (element.elementType === ElementType.DATA_TRANSFER) await device.driveAt(address)?.arrived();
    if (element.elementType === ElementType.IMPORT_EXPORT) await this.#portAccessed(element);
    return taken.cartridge.id;
  }

  /** Takes the cartridge out and keeps it beside the device, with its medium. Gives its id. */
  async removeCartridge(address: number): Promise<number> {
    const device = this.#device();
    const element = this.#reachable(address);
    if (element.content === null) {
      throw new OperatorError('ELEMENT_EMPTY', `Element ${address} is empty; there is nothing to take out.`);
    }
    const bay = device.driveAt(address);
    if (bay !== undefined && !bay.accessible) {
      throw new OperatorError('OUT_OF_REACH', `The drive at ${address} holds the cartridge inside; press eject first.`);
    }
    bay?.departing();
    const content = device.elements.take(address);
    this.#shelf.lay(content);
    device.elements.save([address]);
    if (element.elementType === ElementType.IMPORT_EXPORT) await this.#portAccessed(element);
    return content.cartridge.id;
  }

  /** Pushes in a port with a motor that a host has opened; every nexus is told (28h/01h). */
  async pushPortIn(address: number): Promise<void> {
    const device = this.#device();
    const element = device.elements.find(address);
    if (element?.elementType !== ElementType.IMPORT_EXPORT) {
      throw new OperatorError('NO_SUCH_ELEMENT', `Element ${address} is no import/export element of this model.`);
    }
    if (!device.changer.state.openPorts.delete(address)) {
      throw new OperatorError('ALREADY_SO', `Port ${address} is in its place already.`);
    }
    await this.#portAccessed(element);
  }

  /** Opens the door. Until it is shut the picker stands still and motions are refused. */
  openDoor(): void {
    const { changer } = this.#device();
    this.#checkUnlocked();
    if (changer.state.doorOpen) throw new OperatorError('ALREADY_SO', 'The door is open already.');
    changer.state.doorOpen = true;
    changer.alerts.raise(ChangerAlert.LIBRARY_DOOR);
  }

  /** Shuts the door; resolves when the changer has looked at everything again and is ready. */
  async closeDoor(): Promise<void> {
    const device = this.#device();
    const { state, alerts } = device.changer;
    if (!state.doorOpen) throw new OperatorError('ALREADY_SO', 'The door is shut already.');
    state.doorOpen = false;
    alerts.clear(ChangerAlert.LIBRARY_DOOR);
    await device.takeInventory(device.elements.all(), 'doorMs');
  }

  /** Takes a magazine out, with the cartridges in it; every nexus is told (3Bh/12h). */
  removeMagazine(name: string): void {
    const device = this.#device();
    const elements = this.#magazine(name);
    this.#checkUnlocked();
    if (elements.some(({ present }) => !present)) {
      throw new OperatorError('ALREADY_SO', `Magazine '${name}' is out already.`);
    }
    device.elements.setPresent(
      elements.map(({ address }) => address),
      false,
    );
    device.changer.alerts.raise(ChangerAlert.LIBRARY_MAGAZINE);
    device.changerServer.nexuses.establish(AdditionalSense.MEDIUM_MAGAZINE_REMOVED);
  }

  /** Puts a magazine back (3Bh/13h); resolves when the changer has read the labels that it does not know. */
  async returnMagazine(name: string): Promise<void> {
    const device = this.#device();
    const elements = this.#magazine(name);
    if (elements.every(({ present }) => present)) {
      throw new OperatorError('ALREADY_SO', `Magazine '${name}' is in its place already.`);
    }
    this.#checkStill();
    device.elements.setPresent(
      elements.map(({ address }) => address),
      true,
    );
    device.changer.alerts.clear(ChangerAlert.LIBRARY_MAGAZINE);
    device.changerServer.nexuses.establish(AdditionalSense.MEDIUM_MAGAZINE_INSERTED);
    await device.takeInventory(elements, 'doorMs');
  }

  /** Takes the device off line, as using its front panel does: motion commands are refused. */
  takeControl(): void {
    this.#checkStill();
    this.#device().changer.state.operatorPanelInUse = true;
  }

  releaseControl(): void {
    this.#device().changer.state.operatorPanelInUse = false;
  }

  /** Presses the eject button of the drive in this element. */
  async ejectDrive(address: number): Promise<void> {
    const bay = this.#device().driveAt(address);
    if (bay === undefined) {
      throw new OperatorError('NO_SUCH_ELEMENT', `Element ${address} is no data transfer element of this model.`);
    }
    if (bay.removalPreventedBy.size > 0) {
      throw new OperatorError('REMOVAL_PREVENTED', `A host prevents removal from the drive at ${address}.`);
    }
    await bay.settled;
    await bay.server.enqueue(() => bay.unload());
  }

  /** Moves the write-protect tab of the cartridge in an element, whether or not a hand could reach it. */
  setWriteProtected(address: number, writeProtected: boolean): void {
    this.#content(address).cartridge.writeProtected = writeProtected;
    this.#device().elements.save([address]);
  }

  /** Dirties or cleans the label of the cartridge in an element; it is read again at the next inventory. */
  setLabelReadable(address: number, labelReadable: boolean): void {
    const content = this.#content(address);
    content.cartridge.labelReadable = labelReadable;
    content.labelScanned = false;
    this.#device().elements.save([address]);
  }

  /** The cartridges beside the device. */
  outside(): readonly { readonly id: number; readonly barcode: string | null }[] {
    return this.#shelf.list();
  }

  async #portAccessed(element: Element): Promise<void> {
    const device = this.#device();
    device.changerServer.nexuses.establish(AdditionalSense.IMPORT_OR_EXPORT_ELEMENT_ACCESSED);
    await device.readLabels([element]);
  }

  #reachable(address: number): Element {
    const device = this.#device();
    const { state } = device.changer;
    const element = device.elements.find(address);
    if (element === undefined) {
      throw new OperatorError('NO_SUCH_ELEMENT', `This model has no element ${address}; inspect() lists them.`);
    }
    // A magazine that is out lies before the operator.
    if (!element.present) return element;
    this.#checkStill();
    if (element.elementType === ElementType.IMPORT_EXPORT) {
      this.#checkUnlocked();
      const shut = device.changer.profile.quirks.openCloseImportExport && !state.openPorts.has(address);
      if (!shut) return element;
      throw new OperatorError('OUT_OF_REACH', `Port ${address} is in; a host must open it first.`);
    }
    if (!state.doorOpen && device.changer.profile.standAlone !== true) {
      throw new OperatorError(
        'OUT_OF_REACH',
        `Element ${address} is behind the door; open the door, or take its magazine out.`,
      );
    }
    return element;
  }

  #magazine(name: string): readonly Element[] {
    const elements = this.#device()
      .elements.all()
      .filter(({ magazine }) => magazine === name);
    if (elements.length === 0) {
      throw new OperatorError('NO_SUCH_MAGAZINE', `This model has no magazine '${name}'; its profile lists them.`);
    }
    return elements;
  }

  #content(address: number): Content {
    const content = this.#device().elements.find(address)?.content;
    if (content === null || content === undefined) {
      throw new OperatorError('ELEMENT_EMPTY', `There is no cartridge in element ${address}.`);
    }
    return content;
  }

  #checkStill(): void {
    if (this.#device().changer.state.moving) {
      throw new OperatorError('CHANGER_BUSY', 'Something moves behind the door; wait until the motion has ended.');
    }
  }

  #checkUnlocked(): void {
    this.#checkStill();
    if (this.#device().changer.state.removalPreventedBy.size > 0) {
      throw new OperatorError(
        'REMOVAL_PREVENTED',
        'A host has locked the device (PREVENT MEDIUM REMOVAL); it must allow removal first.',
      );
    }
  }
}
