import t from 'tap';
import { reachableHosts } from '../../src/cli/attach/reachable-hosts.js';

const one = (address: string, family: 'IPv4' | 'IPv6', internal = false) => ({
  address,
  family,
  internal,
  netmask: '',
  mac: '',
  cidr: null,
  scopeid: 0,
});
const interfaces = {
  lo: [one('127.0.0.1', 'IPv4', true), one('::1', 'IPv6', true)],
  eth0: [one('192.0.2.7', 'IPv4'), one('fe80::1', 'IPv6'), one('2001:db8::7', 'IPv6')],
  eth1: [one('198.51.100.7', 'IPv4')],
} as Parameters<typeof reachableHosts>[1];

t.test('a server on all addresses is reached at those of the network, never at 0.0.0.0', (t) => {
  t.strictSame(reachableHosts('0.0.0.0', interfaces), ['192.0.2.7', '198.51.100.7']);
  t.strictSame(reachableHosts('::', interfaces), ['192.0.2.7', '2001:db8::7', '198.51.100.7']);
  t.strictSame(reachableHosts('0.0.0.0', {}), ['127.0.0.1'], 'without a network from this machine only');
  t.strictSame(reachableHosts('bench.test', interfaces), ['bench.test']);
  t.end();
});
