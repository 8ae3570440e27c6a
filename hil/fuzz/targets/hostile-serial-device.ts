import { SimulatedClock } from '../../../devices/clock.js';
import { SerialTransport } from '../../../devices/transport/serial/serial-transport.js';
import type { OpenSerialLine, SerialLineEvents } from '../../../devices/transport/serial/serial-line.js';
import { SerialLineServer } from '../../../devices/virtual/attach/serial/serial-line-server.js';
import { ALL_COMMANDS, useTransport } from '../driven-transport.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { inputOf } from '../input-reader.js';
import { smallAutoloader } from '../small-autoloader.js';
import { decodeLine, encodeLine } from '../../../devices/transport/serial/line.js';
import { editBytes, EditedMessages, MessageEdit } from '../edited-messages.js';

const BAUD_RATE = 115_200;

/**
 * A good device at the other end of a serial line, whose lines are changed on their way to the host, as the input says. With an
 * odd first byte they get a right CRC again, as a device that errs would send them.
 */
export function hostileSerialDevices(): FuzzTarget[] {
  return [{ name: 'hostile-serial-device', seeds, take: driveDevice, codes: [], cost: 'session' }];
}

async function driveDevice(input: Uint8Array): Promise<void> {
  const small = await smallAutoloader();
  const clock = new SimulatedClock();
  const edited = new EditedMessages(input.subarray(1), hexDigit);
  const reframes = ((input[0] ?? 0) & 1) === 1;
  let events: SerialLineEvents | undefined;
  const server = new SerialLineServer({
    target: small.autoloader,
    clock,
    bootId: 1,
    write: (line) => {
      const body = decodeLine(line) ?? '';
      const sent = reframes ? body : line;
      const changed = edited.push(Buffer.from(sent, 'latin1')).map((one) => Buffer.from(one).toString('latin1'));
      for (const text of changed) events?.onLine(reframes ? encodeLine(text) : text);
      if (edited.ended === 'closed') {
        events?.onClosed(new Error('the line was hung up'));
        events = undefined;
      }
    },
  });
  const openPort: OpenSerialLine = (_settings, told) => {
    if (edited.ended === 'closed') return Promise.reject(new Error('there is no such line any more'));
    events = told;
    return Promise.resolve({
      send: (line) => queueMicrotask(() => server.receive(line)),
      close: () => {
        events = undefined;
        return Promise.resolve();
      },
    });
  };
  try {
    let nonce = 0;
    const transport = new SerialTransport({
      path: 'memory',
      baudRate: BAUD_RATE,
      clock,
      openPort,
      openTimeoutMs: 2_000,
      nonce: () => ++nonce,
    });
    const completed = await useTransport(transport, clock);
    if (input.length <= 1 && completed < ALL_COMMANDS)
      throw new Error(`only ${completed} commands reached a good device`);
    server.close();
    if (clock.pending > 0) throw new Error(`${clock.pending} timers are left after close`);
  } finally {
    server.close();
    await small.autoloader.close();
  }
}

/** Small values become the digit that they are, so that a changed number is still one. */
function hexDigit(value: number): number {
  return value < 0x80 ? '0123456789ABCDEF'.charCodeAt(value & 0x0f) : value;
}

function seeds(): Uint8Array[] {
  const edits = [
    ...[0, 1, 2, 3].flatMap((message) =>
      [0, 2, 4, 6, 8, 10, 12, 16, 20].map((at) => editBytes(MessageEdit.SET, message, at, 15)),
    ),
    ...[0, 1, 2].flatMap((message) => Object.values(MessageEdit).map((kind) => editBytes(kind, message, 9, 15, 6))),
  ];
  return [inputOf(0), inputOf(1), ...edits.map((edit, index) => inputOf(index % 4 === 0 ? 0 : 1, edit))];
}
