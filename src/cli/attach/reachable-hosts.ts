import { networkInterfaces } from 'node:os';

type Interfaces = ReturnType<typeof networkInterfaces>;

/** The addresses by which others reach a server that listens on `host`; for all addresses, those of the network first of all. */
export function reachableHosts(host: string, interfaces: Interfaces = networkInterfaces()): [string, ...string[]] {
  const isEverywhere = host === '0.0.0.0' || host === '::';
  if (!isEverywhere) return [host];
  const addresses = Object.values(interfaces)
    .flatMap((one) => one ?? [])
    // A link-local address is one of a certain link only, which has another name on the other machine.
    .filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address))
    .filter(({ family }) => family === 'IPv4' || host === '::')
    .map(({ address }) => address);
  const [first, ...others] = addresses;
  return first === undefined ? [host === '::' ? '::1' : '127.0.0.1'] : [first, ...others];
}

/** A line for people where a server listens on all addresses; none where it listens on one. */
export function describeHosts(host: string): string[] {
  const [first, ...others] = reachableHosts(host);
  if (first === host) return [];
  const more = others.length === 0 ? '' : `, and at ${others.join(', ')}`;
  return [`listens on all addresses of this machine; reached from elsewhere at ${first}${more}`];
}
