import type { Test } from 'tap';
import { SimulatedClock } from '../../../../../devices/clock.js';
import type { ScsiTarget } from '../../../../../devices/transport/scsi-target.js';
import {
  attachUsbip,
  type AttachUsbipOptions,
  type UsbipAttachment,
} from '../../../../../devices/virtual/attach/usbip/index.js';
import { ScriptedTarget } from '../usb/scripted-target.js';
import { UsbipClient } from './usbip-client.js';

export interface UsbipBench<T extends ScsiTarget> {
  readonly attachment: UsbipAttachment;
  readonly target: T;
  readonly clock: SimulatedClock;
  /** What `onError` heard: code and message. */
  readonly errors: string[];
  /** A client that has connected; it is closed with the test. */
  readonly client: () => UsbipClient;
  /** A client that has imported the device. */
  readonly imported: () => Promise<UsbipClient>;
}

/** A server on a free port, gone with the test. */
export async function usbipBench<T extends ScsiTarget = ScriptedTarget>(
  t: Test,
  options: Partial<AttachUsbipOptions> & { target?: T } = {},
): Promise<UsbipBench<T>> {
  const clock = new SimulatedClock();
  const errors: string[] = [];
  const target = options.target ?? (new ScriptedTarget() as unknown as T);
  const attachment = await attachUsbip({
    luns: [0, 1],
    clock,
    port: 0,
    onError: (cause) => errors.push(`${(cause as NodeJS.ErrnoException).code ?? ''} ${cause.message}`),
    ...options,
    target,
  });
  const clients: UsbipClient[] = [];
  t.teardown(async () => {
    for (const client of clients) await client.close();
    await attachment.close();
  });
  const client = (): UsbipClient => {
    const made = new UsbipClient(attachment.port);
    clients.push(made);
    return made;
  };
  return {
    attachment,
    target,
    clock,
    errors,
    client,
    async imported() {
      const made = client();
      const device = await made.import();
      if (typeof device === 'number') throw new Error(`the import was refused with status ${device}`);
      return made;
    },
  };
}

/** Waits until `condition` holds; what it waits for is bound to come over a socket. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
