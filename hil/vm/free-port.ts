import { once } from 'node:events';
import { createServer } from 'node:net';
import { BenchError } from './bench-error.js';

/** A TCP port of the loopback address that nobody has, for servers that must know their own before they listen. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address !== null && typeof address === 'object') return address.port;
  throw new BenchError('PREPARATION_FAILED', 'this machine has no free port');
}
