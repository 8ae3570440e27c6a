import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScsiTransport } from '../../devices/transport/scsi-transport.js';
import { BenchError } from './bench-error.js';

const PATIENCE_MS = 15_000;

/** The transport, with something done just before it is given a command with this operation code. */
export function doBefore(transport: ScsiTransport, opcode: number, action: () => void): ScsiTransport {
  return {
    name: transport.name,
    maxInFlight: transport.maxInFlight,
    open: () => transport.open(),
    execute: (command) => {
      if (command.cdb[0] === opcode) action();
      return transport.execute(command);
    },
    close: () => transport.close(),
  };
}

/**
 * Resolves when bytes have come to a server on this machine that it has not read: a stopped server has what it will do next.
 * Rejects with `TIMEOUT`.
 */
export async function unreadBytes(port: number): Promise<void> {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  // By the clock: on a busy machine with many connections reading the table takes longer than the pauses between.
  for (const started = performance.now(); performance.now() - started < PATIENCE_MS;) {
    const table = await readFile('/proc/net/tcp', 'utf8');
    for (const line of table.split('\n').slice(1)) {
      const [, localAddress = '', , state, queues = ''] = line.trim().split(/\s+/);
      const [, received = '0'] = queues.split(':');
      if (localAddress.endsWith(local) && state === ESTABLISHED && Number.parseInt(received, 16) > 0) return;
    }
    await sleep(10);
  }
  throw new BenchError('TIMEOUT', `nothing came to port ${port} within ${PATIENCE_MS / 1000} s`);
}

/** As /proc/net/tcp writes it. */
const ESTABLISHED = '01';
