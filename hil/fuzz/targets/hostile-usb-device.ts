import { SimulatedClock } from '../../../devices/clock.js';
import { TransportError } from '../../../devices/transport/scsi-transport.js';
import type { UsbInterface, UsbTransfer } from '../../../devices/transport/usb/usb-interface.js';
import { UsbTransport } from '../../../devices/transport/usb/usb-transport.js';
import { UsbMassStorage } from '../../../devices/virtual/attach/usb/usb-mass-storage.js';
import { ALL_COMMANDS, useTransport } from '../driven-transport.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { InputReader, inputOf } from '../input-reader.js';
import { smallAutoloader } from '../small-autoloader.js';
import { UsbInMemory, type ChangeTransfer } from '../usb-in-memory.js';

/** What becomes of a transfer; a byte of the input says which. */
const Change = {
  SET_BYTE: 0,
  CUT: 1,
  FILL: 2,
  STALL: 3,
  NEVER: 4,
  DISCONNECT: 5,
  FAIL: 6,
  OVERFLOW: 7,
  REPEAT: 8,
  STALL_WITH_DATA: 9,
} as const;
type Change = (typeof Change)[keyof typeof Change];
const CHANGES = 10;
const MOST_CHANGES = 64;
/** How often the device can be opened again. */
const MOST_OPENINGS = 20;
/** `always` set: the change is done to this transfer and all later ones. */
const ALWAYS = 0x80;

/** A good device whose transfers are changed on their way to the host, as the input says. */
export function hostileUsbDevices(): FuzzTarget[] {
  return (['bulk-only', 'uas'] as const).map((protocol) => ({
    name: `hostile-usb-device-${protocol}`,
    seeds,
    take: (input) => driveDevice(input, protocol),
    codes: [],
    cost: 'session',
  }));
}

async function driveDevice(input: Uint8Array, protocol: 'bulk-only' | 'uas'): Promise<void> {
  const small = await smallAutoloader();
  const clock = new SimulatedClock();
  const { autoloader, luns } = small;
  const device = new UsbMassStorage({
    target: autoloader,
    luns,
    blockLengthOf: (lun) => autoloader.blockLengthOf(lun),
  });
  const change = changesOf(input);
  let openings = 0;
  let open: UsbInMemory | undefined;
  const openInterface = async (): Promise<UsbInterface> => {
    open?.vanish();
    openings += 1;
    if (openings > MOST_OPENINGS) {
      throw new TransportError({ code: 'unreachable', executed: 'no', message: 'the device is not there any more' });
    }
    device.busReset();
    const wire = new UsbInMemory(device, clock, change);
    open = wire;
    // A kernel's own configuration is not what is judged here.
    await new UsbInMemory(device, clock, (transfer) => transfer).configure();
    return wire;
  };
  try {
    const transport = new UsbTransport({
      vendorId: 0x1209,
      productId: 0xb070,
      protocol,
      clock,
      reconnect: { timeoutMs: 1_000, pauseMs: 250 },
      openInterface,
    });
    const completed = await useTransport(transport, clock);
    if (input.length === 0 && completed < ALL_COMMANDS)
      throw new Error(`only ${completed} commands reached a good device`);
    if (clock.pending > 0) throw new Error(`${clock.pending} timers are left after close`);
  } finally {
    device.detached();
    await autoloader.close();
  }
}

/** An input is changes: the number of the transfer, what, where in its data, the value. */
function changesOf(input: Uint8Array): ChangeTransfer {
  const reader = new InputReader(input);
  const changes: { index: number; kind: number; at: number; value: number; always: boolean }[] = [];
  while (!reader.isAtEnd && changes.length < MOST_CHANGES) {
    const [index, kind, at, value] = [reader.byte(), reader.byte(), reader.byte(), reader.byte()];
    changes.push({ index, kind: (kind & 0x7f) % CHANGES, at, value, always: (kind & ALWAYS) !== 0 });
  }
  let number = -1;
  let last: Uint8Array = new Uint8Array(0);
  return (transfer, { room, toHost }) => {
    number += 1;
    if (transfer.kind !== 'done') return transfer;
    let now: UsbTransfer | 'never' = transfer;
    for (const { index, kind, at, value, always } of changes) {
      if (now === 'never' || now.kind !== 'done') break;
      if (index === number || (always && number > index))
        now = changed(now.data, { kind, at, value, room, toHost, last });
    }
    if (transfer.data.length > 0) last = transfer.data.slice();
    return now;
  };
}

function changed(
  given: Uint8Array,
  how: {
    readonly kind: number;
    readonly at: number;
    readonly value: number;
    readonly room: number;
    readonly toHost: boolean;
    readonly last: Uint8Array;
  },
): UsbTransfer | 'never' {
  const { kind, at, value, room, toHost } = how;
  const done = (data: Uint8Array): UsbTransfer => ({ kind: 'done', data, length: data.length });
  const data = given.slice();
  switch (kind) {
    case Change.STALL:
      return { kind: 'stall' };
    case Change.NEVER:
      return 'never';
    case Change.DISCONNECT:
      return { kind: 'disconnected', message: 'the device was pulled out' };
    case Change.FAIL:
      return { kind: 'failed', message: 'the bus had an error' };
    case Change.OVERFLOW:
      return value < 0x80 ? { kind: 'overflow' } : { kind: 'overflow', data: new Uint8Array(room).fill(value) };
    case Change.STALL_WITH_DATA:
      return { kind: 'stall', data: data.subarray(0, at) };
    default:
  }
  // Of a transfer to the device only its length can be another.
  if (!toHost) return { kind: 'done', data: new Uint8Array(0), length: at };
  if (kind === Change.CUT) return done(data.subarray(0, at % (data.length + 1)));
  if (kind === Change.FILL) return done(new Uint8Array(Math.min(room, 0x1_0000)).fill(value));
  if (kind === Change.REPEAT) return done(how.last.slice(0, room));
  if (data.length > 0) data[at % data.length] = value;
  return done(data);
}

function seeds(): Uint8Array[] {
  const one = (kind: Change, index: number, at = 0, value = 0): Uint8Array => inputOf(index, kind, at, value);
  const indexes = [0, 1, 2, 3, 4, 5, 6, 8, 12];
  return [
    new Uint8Array(0),
    ...indexes.flatMap((index) => [
      one(Change.SET_BYTE, index, 0, 0xff),
      // The tag of a CSW, its residue, its status; the tag of a UAS unit.
      one(Change.SET_BYTE, index, 4, 0x55),
      one(Change.SET_BYTE, index, 8, 0xff),
      one(Change.SET_BYTE, index, 12, 2),
      one(Change.SET_BYTE, index, 3, 0x77),
      one(Change.CUT, index, 3),
      one(Change.FILL, index, 0, 0x53),
      one(Change.STALL, index),
      one(Change.NEVER, index),
      one(Change.DISCONNECT, index),
      one(Change.FAIL, index),
      one(Change.OVERFLOW, index, 0, 0xff),
      one(Change.REPEAT, index),
      one(Change.STALL_WITH_DATA, index, 8),
    ]),
    ...Object.values(Change).map((kind) => inputOf(3, kind | ALWAYS, 1, 1)),
  ];
}
