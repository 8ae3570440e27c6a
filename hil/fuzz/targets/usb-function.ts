import { encodeCommandBlockWrapper } from '../../../devices/transport/usb/bulk-only-wrappers.js';
import {
  encodeCommandUnit,
  taskManagementUnit,
  UasTaskManagementFunction,
} from '../../../devices/transport/usb/information-units.js';
import type { UsbFunctionTransfer } from '../../../devices/virtual/attach/usb/usb-function.js';
import { UsbMassStorage } from '../../../devices/virtual/attach/usb/usb-mass-storage.js';
import { turns, until, within } from '../event-loop.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { InputReader, inputOf } from '../input-reader.js';
import {
  ALL_CARTRIDGES,
  cartridgesOf,
  GOOD_NEXUS,
  smallAutoloader,
  type SmallAutoloader,
} from '../small-autoloader.js';

const NOTHING = new Uint8Array(0);
const setConfiguration = Uint8Array.of(0x00, 9, 1, 0, 0, 0, 0, 0);
const selectUas = Uint8Array.of(0x01, 11, 1, 0, 0, 0, 0, 0);
const MOST_STEPS = 200;
const never = new AbortController().signal;

/** What a step of an input does; a byte says which. */
const Step = {
  CONTROL: 0,
  BULK_OUT: 1,
  BULK_IN: 2,
  ABORT: 3,
  TURNS: 4,
  BUS_RESET: 5,
  TARGET_RESET: 6,
} as const;
const STEPS = 7;

/** Transfers in any order to the device model in memory. Whatever was under way must end when the cable is pulled. */
export function usbFunctionTargets(): FuzzTarget[] {
  return (['bulk-only', 'uas'] as const).map((protocol) => ({
    name: `usb-function-${protocol}`,
    seeds: () => (protocol === 'uas' ? uasSeeds() : bulkOnlySeeds()),
    take: (input) => sendTransfers(input, protocol),
    codes: [],
    cost: 'session',
  }));
}

async function sendTransfers(input: Uint8Array, protocol: 'bulk-only' | 'uas'): Promise<void> {
  const small = await smallAutoloader();
  const errors: Error[] = [];
  const { autoloader, luns } = small;
  const device = new UsbMassStorage({
    target: autoloader,
    luns,
    blockLengthOf: (lun) => autoloader.blockLengthOf(lun),
    onError: (error) => errors.push(error),
  });
  try {
    const host = new Host(device);
    host.configure(protocol);
    const reader = new InputReader(input);
    for (let steps = 0; !reader.isAtEnd && steps < MOST_STEPS; steps++) await host.take(reader, small);
    device.detached();
    await until('every transfer ends when the cable is pulled', () => host.pending === 0);
    device.busReset();
    host.configure('bulk-only');
    await inquireByBulkOnly(device);
    for (const error of errors) throw error;
    await checkOthers(small);
  } finally {
    device.detached();
    await autoloader.close();
  }
}

class Host {
  readonly #device: UsbMassStorage;
  readonly #aborts: AbortController[] = [];
  pending = 0;

  constructor(device: UsbMassStorage) {
    this.#device = device;
  }

  configure(protocol: 'bulk-only' | 'uas'): void {
    this.#count(this.#device.control(setConfiguration, NOTHING));
    if (protocol === 'uas') this.#count(this.#device.control(selectUas, NOTHING));
  }

  async take(reader: InputReader, { autoloader }: SmallAutoloader): Promise<void> {
    const device = this.#device;
    const step = reader.byte() % STEPS;
    if (step === Step.CONTROL) this.#count(device.control(reader.bytes(8), reader.bytes(reader.byte())));
    else if (step === Step.BULK_OUT) {
      const endpoint = reader.byte() % 16;
      this.#count(device.bulkOut(endpoint, reader.bytes(reader.byte()), this.#signal()));
    } else if (step === Step.BULK_IN) {
      const endpoint = reader.byte() % 16;
      this.#count(device.bulkIn(endpoint, reader.byte() * 4, this.#signal()));
    } else if (step === Step.ABORT) this.#aborts[reader.byte() % (this.#aborts.length + 1)]?.abort();
    else if (step === Step.BUS_RESET) {
      device.busReset();
      this.configure((reader.byte() & 1) === 0 ? 'bulk-only' : 'uas');
    } else if (step === Step.TARGET_RESET) await autoloader.resetLogicalUnit(reader.byte() % 4);
    else await turns(1 + (reader.byte() % 4));
  }

  #signal(): AbortSignal {
    const abort = new AbortController();
    this.#aborts.push(abort);
    return abort.signal;
  }

  #count(transfer: Promise<UsbFunctionTransfer>): void {
    this.pending += 1;
    // A rejection stays unhandled, which counts as harm: the contract says that nothing rejects.
    void transfer.then(() => (this.pending -= 1));
  }
}

async function inquireByBulkOnly(device: UsbMassStorage): Promise<void> {
  const commandBlock = Uint8Array.of(0x12, 0, 0, 0, 36, 0);
  const cbw = encodeCommandBlockWrapper({ tag: 9, dataTransferLength: 36, dataIn: true, lun: 0, commandBlock });
  await within('the CBW', device.bulkOut(2, cbw, never));
  const data = await within('the data', device.bulkIn(1, 36, never));
  const csw = await within('the CSW', device.bulkIn(1, 13, never));
  if (data.kind !== 'done' || csw.kind !== 'done' || csw.data[12] !== 0) {
    throw new Error(`after it all INQUIRY ends with ${data.kind} and ${csw.kind}`);
  }
}

async function checkOthers({ autoloader, failures }: SmallAutoloader): Promise<void> {
  const cdb = Uint8Array.of(0x12, 0, 0, 0, 36, 0);
  const answer = autoloader.execute({ nexus: GOOD_NEXUS, lun: 1, cdb, dataOut: NOTHING });
  const { status } = await within('another host', answer);
  if (status !== 0) throw new Error(`another host got status ${status}`);
  if (failures.length > 0) throw failures[0];
  if (cartridgesOf(autoloader) !== ALL_CARTRIDGES) throw new Error(`the cartridges are ${cartridgesOf(autoloader)}`);
}

const out = (endpoint: number, data: Uint8Array): Uint8Array => inputOf(Step.BULK_OUT, endpoint, data.length, data);
const offer = (endpoint: number, quads: number): Uint8Array => inputOf(Step.BULK_IN, endpoint, quads);
const wait = inputOf(Step.TURNS, 3);
const control = (...setup: readonly number[]): Uint8Array => inputOf(Step.CONTROL, Uint8Array.from(setup), 0);
const inquiry = Uint8Array.of(0x12, 0, 0, 0, 36, 0);
const write = Uint8Array.of(0x0a, 0, 0, 0, 64, 0);

function bulkOnlySeeds(): Uint8Array[] {
  const cbw = (commandBlock: Uint8Array, dataTransferLength: number, dataIn: boolean): Uint8Array =>
    encodeCommandBlockWrapper({ tag: 1, dataTransferLength, dataIn, lun: 0, commandBlock });
  const reset = control(0x21, 0xff, 0, 0, 0, 0, 0, 0);
  const clear = (address: number): Uint8Array => control(0x02, 1, 0, 0, address, 0, 0, 0);
  return [
    inputOf(out(2, cbw(inquiry, 36, true)), offer(1, 9), wait, offer(1, 4), wait),
    inputOf(out(2, cbw(write, 64, false)), out(2, new Uint8Array(64)), offer(1, 4), wait),
    inputOf(out(2, cbw(inquiry, 255, true)), wait, offer(1, 63), wait, clear(0x81), offer(1, 4), wait),
    inputOf(out(2, new Uint8Array(31)), wait, clear(2), reset, clear(2), clear(0x81), out(2, cbw(inquiry, 0, false))),
    inputOf(out(2, cbw(inquiry, 36, true)), offer(1, 9), Step.ABORT, 1, offer(1, 9), Step.BUS_RESET, 0, wait),
    inputOf(out(2, cbw(write, 0, false)), Step.TARGET_RESET, 0, offer(1, 4), wait),
  ];
}

function uasSeeds(): Uint8Array[] {
  const logicalUnitNumber = new Uint8Array(8);
  const unit = (tag: number, cdb: Uint8Array): Uint8Array => encodeCommandUnit({ tag, logicalUnitNumber, cdb });
  const manage = (tag: number, managedTag: number): Uint8Array =>
    taskManagementUnit.encode({
      tag,
      function: UasTaskManagementFunction.ABORT_TASK,
      managedTag,
      logicalUnitNumber,
    });
  return [
    inputOf(offer(3, 8), out(4, unit(1, inquiry)), wait, offer(1, 9), offer(3, 8), wait),
    inputOf(out(4, unit(1, write)), offer(3, 8), wait, out(2, new Uint8Array(64)), offer(3, 8), wait),
    inputOf(out(4, unit(1, write)), wait, out(4, manage(2, 1)), offer(3, 8), offer(3, 8), wait),
    inputOf(out(4, unit(1, inquiry)), out(4, unit(1, inquiry)), out(4, unit(2, inquiry)), offer(3, 8), offer(3, 8)),
    inputOf(out(4, new Uint8Array(7)), offer(3, 8), Step.BUS_RESET, 1, offer(3, 8), wait),
  ];
}
