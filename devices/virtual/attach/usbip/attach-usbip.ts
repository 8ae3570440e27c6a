import { createServer, type Server } from 'node:net';
import { hostname } from 'node:os';

import type { Clock } from '../../../clock.js';
import type { ScsiTarget } from '../../../transport/scsi-target.js';
import { USBIP_PORT } from '../../../transport/usbip/usbip-pdu.js';
import type { Attachment } from '../attachment.js';
import { UsbMassStorage, type UsbMassStorageOptions } from '../usb/usb-mass-storage.js';
import { ExportedUsbDevice } from './exported-usb-device.js';
import { UsbipConnection } from './usbip-connection.js';

export interface AttachUsbipOptions {
  readonly target: ScsiTarget;
  readonly luns: readonly number[];
  readonly clock: Clock;
  /** Address to listen on. Default loopback: USB/IP knows neither passwords nor secrecy. */
  readonly host?: string | undefined;
  /** Default 3240, which clients try by themselves; 0 takes a free one. */
  readonly port?: number | undefined;
  readonly device?: Omit<UsbMassStorageOptions, 'target' | 'luns' | 'onError'> | undefined;
  /** Hears why a client's connection was ended. */
  readonly onError?: ((cause: Error) => void) | undefined;
}

export interface UsbipAttachment extends Attachment {
  readonly kind: 'usbip';
  readonly host: string;
  readonly port: number;
  readonly busId: string;
  readonly vendorId: number;
  readonly productId: number;
  /** Pulls the device's cable: its client is dropped, and it cannot be imported. */
  unplug(): void;
  /** Puts the cable back; a client may import the device again. */
  plug(): void;
}

/** The server could not listen. */
export class UsbipListenError extends Error {
  override readonly name = 'UsbipListenError';
  readonly code = 'USBIP_LISTEN';
}

/** More clients at once are dropped; each may keep one transfer's worth of memory. */
const MOST_CLIENTS = 32;

/**
 * Serves a target as a USB mass storage device over USB/IP. Rejects with {@link UsbipListenError}, `UsbDeviceOptionError`, and
 * `ScsiFormatError` for an id or text that fits no descriptor.
 */
export async function attachUsbip(options: AttachUsbipOptions): Promise<UsbipAttachment> {
  const { target, luns, clock, host = '127.0.0.1', port = USBIP_PORT } = options;
  const onError = options.onError ?? ((): void => undefined);
  const device = new ExportedUsbDevice(new UsbMassStorage({ ...options.device, target, luns, onError }), {
    busNumber: 1,
    port: 1,
    deviceNumber: 2,
  });
  const connections = new Set<UsbipConnection>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new UsbipConnection({ socket, clock, devices: [device], onError });
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  server.maxConnections = MOST_CLIENTS;
  const listening = await listen(server, host, port);
  // A later failure of the listening socket leaves the clients that are connected alone.
  server.on('error', onError);

  const dropClients = (): void => {
    for (const connection of connections) connection.end();
  };
  let closing: Promise<void> | undefined;
  const { busId } = device;
  return {
    kind: 'usbip',
    host,
    port: listening,
    busId,
    vendorId: device.description.vendorId,
    productId: device.description.productId,
    howToConnect: [
      `USB/IP on ${host} port ${listening}, bus id ${busId}. On the Linux machine that shall see the device, as root:`,
      'modprobe vhci-hcd',
      `usbip ${listening === USBIP_PORT ? '' : `--tcp-port ${listening} `}attach -r ${reachable(host)} -b ${busId}`,
    ],
    unplug() {
      device.plugged = false;
      for (const connection of connections) if (connection.device === device) connection.end();
    },
    plug() {
      device.plugged = true;
    },
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        dropClients();
      });
      return closing;
    },
  };
}

/** What a client can connect to where the server listens on every address. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? hostname() : host;
}

/** Resolves with the port. */
function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => {
      const hint =
        cause.code === 'EADDRINUSE'
          ? 'another program has this port; end it (usbipd?) or choose another port'
          : 'choose an address of this machine and a port that this user may have';
      reject(new UsbipListenError(`Cannot listen on ${host} port ${port}: ${hint}`, { cause }));
    };
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
