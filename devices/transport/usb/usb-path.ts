import type { Clock } from '../../clock.js';
import { TransportError } from '../scsi-transport.js';
import { BulkOnlyProtocol } from './bulk-only-protocol.js';
import { getMaxLun } from './bulk-only-recovery.js';
import { chooseProtocol, type UsbProtocolChoice } from './protocol-choice.js';
import { StandardRequest } from './setup-packet.js';
import { UasProtocol } from './uas-protocol.js';
import { wordsOf } from './usb-failure.js';
import type { UsbInterface } from './usb-interface.js';
import type { UsbProtocol } from './usb-protocol.js';
import type { OpenUsbInterface, UsbIdentity, UsbSelection } from './usb-selection.js';

export interface UsbPathOptions {
  readonly selection: UsbSelection;
  readonly choice: UsbProtocolChoice;
  readonly clock: Clock;
  readonly onNotice: (notice: string) => void;
  readonly openInterface?: OpenUsbInterface | undefined;
}

/** A sign of life is given at once or never. */
const PRESENCE_TIMEOUT_MS = 1_000;

/** One opened device with the protocol that drives it, from its opening until it is gone or given back. */
export class UsbPath {
  readonly protocol: UsbProtocol;
  readonly protocolName: 'bulk-only' | 'uas';
  readonly maxLun: number | undefined;
  readonly #usb: UsbInterface & UsbIdentity;

  private constructor(
    usb: UsbInterface & UsbIdentity,
    protocolName: 'bulk-only' | 'uas',
    protocol: UsbProtocol,
    maxLun?: number,
  ) {
    this.#usb = usb;
    this.protocolName = protocolName;
    this.protocol = protocol;
    this.maxLun = maxLun;
  }

  /** Opens the interface, selects the alternate setting and makes the protocol. Rejects with `TransportError`. */
  static async open(options: UsbPathOptions): Promise<UsbPath> {
    const openInterface = options.openInterface ?? (await nodeUsb());
    const usb = await openInterface(options.selection);
    try {
      return await UsbPath.#over(usb, options);
    } catch (error) {
      await usb.close();
      throw error;
    }
  }

  static async #over(usb: UsbInterface & UsbIdentity, options: UsbPathOptions): Promise<UsbPath> {
    const { choice, clock, onNotice } = options;
    const { name, configurationDescriptor, interfaceNumber } = usb;
    const chosen = chooseProtocol({ name, configurationDescriptor, interfaceNumber, choice });
    if (chosen.notice !== undefined) onNotice(chosen.notice);
    // A device with one setting may stall the request (USB 2.0 9.4.10).
    if (chosen.hasOthers) {
      const selected = await usb.selectAlternate(chosen.alternateSetting);
      if (selected.kind !== 'done') {
        const message = `${name}: selecting alternate setting ${chosen.alternateSetting} ${wordsOf(selected)}`;
        throw new TransportError({ code: 'unreachable', executed: 'no', message });
      }
    }
    if (chosen.protocol === 'uas') {
      return new UsbPath(usb, 'uas', new UasProtocol({ usb, pipes: chosen.pipes, clock, onNotice }));
    }
    const { maxLun, notice } = await getMaxLun(usb);
    if (notice !== undefined) onNotice(notice);
    return new UsbPath(usb, 'bulk-only', new BulkOnlyProtocol({ usb, pipes: chosen.pipes, clock, onNotice }), maxLun);
  }

  get identity(): UsbIdentity {
    return this.#usb;
  }

  /** Asks the device for a sign of life (GET STATUS); only a certain absence counts. */
  async isGone(): Promise<boolean> {
    const setup = {
      type: 'standard',
      recipient: 'device',
      request: StandardRequest.GET_STATUS,
      value: 0,
      index: 0,
    } as const;
    return (await this.#usb.controlIn(setup, 2, PRESENCE_TIMEOUT_MS)).kind === 'disconnected';
  }

  async close(): Promise<void> {
    await this.protocol.close();
    await this.#usb.close();
  }
}

/** The package is loaded by the first who needs it: nobody else pays for its native code. */
async function nodeUsb(): Promise<OpenUsbInterface> {
  const { openNodeUsbInterface } = await import('./open-node-usb.js');
  return openNodeUsbInterface;
}
