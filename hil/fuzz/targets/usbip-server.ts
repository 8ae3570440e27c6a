import { encodeCommandUnit } from '../../../devices/transport/usb/information-units.js';
import { encodeCommandBlockWrapper } from '../../../devices/transport/usb/bulk-only-wrappers.js';
import { OperationCode, operationHeader, UsbipDirection } from '../../../devices/transport/usbip/usbip-pdu.js';
import { attachUsbip, type UsbipAttachment } from '../../../devices/virtual/attach/usbip/index.js';
import { turns } from '../event-loop.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { inputOf } from '../input-reader.js';
import { PlainClient, wayToLeave } from '../plain-client.js';
import { ALL_CARTRIDGES, cartridgesOf, smallAutoloader, type SmallAutoloader } from '../small-autoloader.js';
import { importOf, submit, unlink } from './usbip.js';

const BUS_ID = '1-1';
const STEP_MS = 20_000;
const IMPORT_REPLY_BYTES = 320;
const LIST_BYTES = 12 + 312 + 4;
const REPLY_BYTES = 48;
const { IN, OUT } = UsbipDirection;
const NOTHING = new Uint8Array(0);
const setConfiguration = Uint8Array.of(0x00, 9, 1, 0, 0, 0, 0, 0);
const selectUas = Uint8Array.of(0x01, 11, 1, 0, 0, 0, 0, 0);
const getDeviceDescriptor = Uint8Array.of(0x80, 6, 0, 1, 0, 0, 18, 0);

interface Rig {
  readonly small: SmallAutoloader;
  readonly attachment: UsbipAttachment;
  readonly errors: readonly Error[];
}

/** Bytes as a USB/IP client's stream, before an import while another client has the device, and after one. */
export function usbipServerTargets(): FuzzTarget[] {
  const target = (name: string, seeds: () => Uint8Array[], send: (input: Uint8Array, rig: Rig) => Promise<void>) => ({
    name,
    seeds,
    take: (input: Uint8Array) => withRig((rig) => send(input, rig)),
    codes: [],
    cost: 'session' as const,
  });
  return [
    target('usbip-server-before-import', seedsBefore, besideAnImporter),
    target('usbip-server-after-import', seedsAfter, asImporter),
  ];
}

async function withRig(use: (rig: Rig) => Promise<void>): Promise<void> {
  const small = await smallAutoloader();
  const errors: Error[] = [];
  const { autoloader: target, clock, luns } = small;
  const attachment = await attachUsbip({ target, clock, luns, port: 0, onError: (error) => errors.push(error) });
  try {
    await use({ small, attachment, errors });
  } finally {
    await attachment.close();
    await small.autoloader.close();
  }
  for (const error of errors) {
    // A client's own fault, or its network's; anything else is ours.
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !/^(USBIP_PROTOCOL|USBIP_SILENCE|ECONNRESET|EPIPE)$/.test(code)) throw error;
  }
  if (small.failures.length > 0) throw small.failures[0];
}

async function besideAnImporter(input: Uint8Array, rig: Rig): Promise<void> {
  const good = await Importer.on(rig.attachment);
  const bad = await PlainClient.connect(rig.attachment);
  await misbehave(bad, input, rig, () => good.askDescriptor());
  await good.inquire();
  await bad.close();
  await good.client.close();
  check(rig);
}

/** The second client cannot have the device; it must be told so, and get it as soon as the bad one is gone. */
async function asImporter(input: Uint8Array, rig: Rig): Promise<void> {
  const bad = (await Importer.on(rig.attachment)).client;
  await misbehave(bad, input, rig, () => listDevices(rig.attachment));
  await bad.close();
  await turns(3);
  const good = await Importer.on(rig.attachment);
  await good.inquire();
  await good.client.close();
  check(rig);
}

async function misbehave(
  bad: PlainClient,
  input: Uint8Array,
  { small }: Rig,
  others: () => Promise<void>,
): Promise<void> {
  const way = wayToLeave(input);
  if (way === 'staying without reading') bad.socket.pause();
  bad.send(input);
  await turns(3);
  await others();
  if (way === 'half way') bad.socket.end();
  else if (way === 'by reset') bad.socket.resetAndDestroy();
  else for (let step = 0; step < 3; step++) await small.clock.advance(STEP_MS);
  await turns(3);
  await others();
}

function check({ small }: Rig): void {
  const cartridges = cartridgesOf(small.autoloader);
  if (cartridges !== ALL_CARTRIDGES) throw new Error(`the cartridges are ${cartridges}`);
}

async function listDevices(attachment: UsbipAttachment): Promise<void> {
  const client = await PlainClient.connect(attachment);
  client.send(operationHeader.encode({ code: OperationCode.REQUEST_DEVICE_LIST }));
  await client.take(LIST_BYTES, 'the list of devices');
  await client.close();
}

/** A client that has imported the device and drives it by Bulk-Only. */
class Importer {
  readonly client: PlainClient;
  #sequenceNumber = 0x1000;

  private constructor(client: PlainClient) {
    this.client = client;
  }

  static async on(attachment: UsbipAttachment): Promise<Importer> {
    const importer = new Importer(await PlainClient.connect(attachment));
    importer.client.send(importOf(BUS_ID));
    const reply = await importer.client.take(IMPORT_REPLY_BYTES, 'the import');
    if (reply.readUInt32BE(4) !== 0) throw new Error('the import was refused');
    await importer.#transfer(0, OUT, 0, { setup: setConfiguration });
    return importer;
  }

  async askDescriptor(): Promise<void> {
    await this.#transfer(0, IN, 18, { setup: getDeviceDescriptor });
  }

  async inquire(): Promise<void> {
    const commandBlock = Uint8Array.of(0x12, 0, 0, 0, 36, 0);
    const cbw = { tag: 0x77, dataTransferLength: 36, dataIn: true, lun: 0, commandBlock };
    await this.#transfer(2, OUT, 31, { data: encodeCommandBlockWrapper(cbw) });
    await this.#transfer(1, IN, 36, {});
    const csw = await this.#transfer(1, IN, 13, {});
    if (csw[12] !== 0) throw new Error(`INQUIRY ended with status ${csw[12]}`);
  }

  async #transfer(
    endpoint: number,
    direction: UsbipDirection,
    length: number,
    { setup, data = NOTHING }: { readonly setup?: Uint8Array; readonly data?: Uint8Array },
  ): Promise<Buffer> {
    this.client.send(submit(this.#sequenceNumber++, endpoint, direction, length, setup), data);
    const what = `a transfer at endpoint ${endpoint}`;
    const reply = await this.client.take(REPLY_BYTES, what);
    const [status, actualLength] = [reply.readInt32BE(20), reply.readUInt32BE(24)];
    if (status !== 0 || actualLength !== length) throw new Error(`${what}: status ${status}, ${actualLength} bytes`);
    return this.client.take(direction === IN ? length : 0, what);
  }
}

function seedsBefore(): Uint8Array[] {
  return [
    operationHeader.encode({ code: OperationCode.REQUEST_DEVICE_LIST }),
    importOf(BUS_ID),
    inputOf(importOf('2-1'), submit(1, 0, IN, 18, getDeviceDescriptor)),
  ];
}

function seedsAfter(): Uint8Array[] {
  const cbw = (commandBlock: Uint8Array, dataTransferLength: number, dataIn: boolean): Uint8Array =>
    encodeCommandBlockWrapper({ tag: 1, dataTransferLength, dataIn, lun: 0, commandBlock });
  const inquiry = Uint8Array.of(0x12, 0, 0, 0, 36, 0);
  const write = Uint8Array.of(0x0a, 0, 0, 0, 64, 0);
  const unit = encodeCommandUnit({ tag: 1, logicalUnitNumber: new Uint8Array(8), cdb: inquiry });
  return [
    inputOf(submit(1, 0, IN, 18, getDeviceDescriptor)),
    inputOf(submit(1, 2, OUT, 31), cbw(inquiry, 36, true), submit(2, 1, IN, 36), submit(3, 1, IN, 13)),
    inputOf(
      submit(1, 2, OUT, 31),
      cbw(write, 64, false),
      submit(2, 2, OUT, 64),
      new Uint8Array(64),
      submit(3, 1, IN, 13),
      unlink(4, 3),
    ),
    inputOf(
      submit(1, 0, OUT, 0, selectUas),
      submit(2, 3, IN, 64),
      submit(3, 4, OUT, unit.length),
      unit,
      submit(4, 1, IN, 36),
      submit(5, 3, IN, 64),
    ),
    inputOf(submit(1, 1, IN, 13), unlink(2, 1), submit(3, 0, OUT, 0, Uint8Array.of(0x21, 0xff, 0, 0, 0, 0, 0, 0))),
  ];
}
