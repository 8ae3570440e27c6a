import { SystemClock } from '../../../devices/clock.js';
import { testUnitReadyCdb } from '../../../devices/scsi/spc/test-unit-ready.js';
import {
  CSW_BYTES,
  encodeCommandBlockWrapper,
  encodeCommandStatusWrapper,
  parseCommandBlockWrapper,
} from '../../../devices/transport/usb/bulk-only-wrappers.js';
import type { UsbInterface, UsbTransfer } from '../../../devices/transport/usb/usb-interface.js';
import { UsbTransport } from '../../../devices/transport/usb/usb-transport.js';
import { ratePerSecond, type Figure } from '../figure.js';

/** TEST UNIT READY by Bulk-Only Transport over a pipe that costs nothing: what our side of the protocol takes. */
export async function bulkOnly(): Promise<Figure[]> {
  const transport = new UsbTransport({
    vendorId: 1,
    productId: 2,
    protocol: 'bulk-only',
    clock: new SystemClock(),
    openInterface: () => Promise.resolve(new ReadyDevice()),
  });
  await transport.open();
  try {
    const command = { lun: 0, cdb: testUnitReadyCdb(), timeoutMs: 10_000 };
    const send = async (): Promise<void> => {
      const result = await transport.execute(command);
      if (result.kind === 'failed') throw new Error(result.failure.message);
    };
    const value = await ratePerSecond(async () => {
      for (let i = 0; i < 500; i++) await send();
      return 500;
    });
    // Three transfers are two wrappers: the least that any driver has to do.
    const device = new ReadyDevice();
    const wrappers = await ratePerSecond(async () => {
      for (let i = 0; i < 500; i++) {
        await device.bulkOut(2, device.anyCommand, 1_000);
        await device.bulkIn(1, CSW_BYTES, 1_000);
      }
      return 500;
    });
    const peer = { name: 'the same two wrappers without the driver', value: wrappers };
    return [{ name: 'USB Bulk-Only, zero-cost pipe', value, unit: 'commands/s', peer }];
  } finally {
    await transport.close();
  }
}

const done = (data: Uint8Array, length = data.length): UsbTransfer => ({ kind: 'done', data, length });
const nothing = new Uint8Array(0);

/** A device with one unit that is always ready. */
class ReadyDevice implements UsbInterface {
  readonly name = 'ready';
  readonly speed = 'high';
  readonly interfaceNumber = 0;
  readonly configurationDescriptor = Uint8Array.from([
    ...[9, 2, 32, 0, 1, 1, 0, 0x80, 50],
    ...[9, 4, 0, 0, 2, 8, 6, 0x50, 0],
    ...[7, 5, 0x81, 2, 0, 2, 0],
    ...[7, 5, 0x02, 2, 0, 2, 0],
  ]);
  readonly anyCommand = encodeCommandBlockWrapper({
    tag: 1,
    dataTransferLength: 0,
    dataIn: false,
    lun: 0,
    commandBlock: testUnitReadyCdb(),
  });
  #tag = 0;

  controlIn(): Promise<UsbTransfer> {
    return Promise.resolve(done(Uint8Array.of(0)));
  }

  controlOut(): Promise<UsbTransfer> {
    return Promise.resolve(done(nothing));
  }

  bulkIn(_endpoint: number, _length: number, _timeoutMs: number): Promise<UsbTransfer> {
    return Promise.resolve(done(encodeCommandStatusWrapper({ tag: this.#tag, dataResidue: 0, status: 0 })));
  }

  bulkOut(_endpoint: number, data: Uint8Array, _timeoutMs: number): Promise<UsbTransfer> {
    this.#tag = parseCommandBlockWrapper(data).tag;
    return Promise.resolve(done(nothing, data.length));
  }

  clearHalt(): Promise<UsbTransfer> {
    return Promise.resolve(done(nothing));
  }

  selectAlternate(): Promise<UsbTransfer> {
    return Promise.resolve(done(nothing));
  }

  cancelAll(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
