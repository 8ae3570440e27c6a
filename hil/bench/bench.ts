import { cpus } from 'node:os';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import type { Figure } from './figure.js';
import { bulkOnly } from './figures/bulk-only.js';
import { decodeElementStatus } from './figures/decode-element-status.js';
import { firstInquiry } from './figures/first-inquiry.js';
import { iscsi } from './figures/iscsi.js';
import { iscsiTarget } from './figures/iscsi-target.js';
import { loopback } from './figures/loopback.js';
import { mountCycles } from './figures/mount-cycles.js';
import { sgSocket } from './figures/sg-socket.js';
import { statusTime } from './figures/status-time.js';

/** `npm run bench`: the project's figures, each beside its peer in the same run where there is one. */
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);

const table = new Table({ head: ['figure', 'value', 'beside', 'ratio'], style: { head: [], border: [] } });
const figures: Figure[] = [];
const measures = [
  decodeElementStatus,
  loopback,
  bulkOnly,
  iscsi,
  () => iscsiTarget(root),
  () => sgSocket(root),
  mountCycles,
  () => firstInquiry(root),
  () => statusTime(root),
];
for (const measure of measures) {
  for (const figure of await measure()) {
    figures.push(figure);
    table.push(row(figure));
  }
}
const versions = ['better-sqlite3', 'xstate'].map((name) => `${name} ${version(name)}`);
const [cpu] = cpus();
console.log(table.toString());
console.log(
  `${cpus().length} cores (${cpu?.model ?? 'unknown'}), Node ${process.versions.node}, ${versions.join(', ')}`,
);
const skipped = figures.filter((figure) => figure.skipped !== undefined).length;
console.log(`bench: ${figures.length - skipped} figures${skipped === 0 ? '' : `, ${skipped} skipped`}`);

function row({ name, value, unit, peer, skipped: why }: Figure): string[] {
  if (why !== undefined) return [name, `skipped: ${why}`, '', ''];
  const shown = (number: number): string => number.toLocaleString('en', { maximumSignificantDigits: 3 });
  const beside = peer === undefined ? '' : `${peer.name}: ${shown(peer.value)}`;
  return [name, `${shown(value)} ${unit}`, beside, peer === undefined ? '' : (value / peer.value).toPrecision(2)];
}

function version(name: string): string {
  return (require(`${name}/package.json`) as { version: string }).version;
}
