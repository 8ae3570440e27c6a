import { NtmsLmState, NtmsObjectsTypes, NtmsPartitionState } from '../../src/ntms/index.js';
import type { ObjectStore } from '../../src/objects/object-store.js';
import type { VirtualAutoloader } from '../../devices/virtual/index.js';
import type { House } from './house.js';

const { NTMS_LM_QUEUED, NTMS_LM_INPROCESS, NTMS_LM_WAITING } = NtmsLmState;
const { NTMS_PARTSTATE_ALLOCATED, NTMS_PARTSTATE_COMPLETE } = NtmsPartitionState;

/** What must not be while nothing moves, in a house that had `cartridges` at first: one line each. */
export function verdict({ store, manager, autoloader }: House, cartridges: number): string[] {
  if (autoloader === undefined) throw new Error('the hardware cannot be looked at from here');
  return [
    ...(manager.state === 'ready' ? [] : [`the manager is ${manager.state}`]),
    ...manager.failures.map(({ message }) => `the library cannot be used: ${message}`),
    ...manager.notices.filter((text) => text.includes('did not expect')),
    ...cartridgesOnce(autoloader, cartridges),
    ...agreement(store, autoloader),
    ...unended(store),
    ...allocations(store),
    ...integrity(store),
  ];
}

/** Each cartridge that there was is in one element or beside the device. */
function cartridgesOnce(autoloader: VirtualAutoloader, count: number): string[] {
  const inside = autoloader.inspect().flatMap(({ cartridgeId }) => cartridgeId ?? []);
  const all = [...inside, ...autoloader.operator.outside().map(({ id }) => id)].toSorted((one, other) => one - other);
  const wanted = Array.from({ length: count }, (_, index) => index + 1);
  return all.join() === wanted.join() ? [] : [`cartridges ${wanted.join()} were there, now ${all.join()}`];
}

/** The records say of each element what the device says, or a person is asked about it. */
function agreement(store: ObjectStore, autoloader: VirtualAutoloader): string[] {
  const asked = store
    .table('opRequests')
    .list()
    .flatMap(({ arg1Type, arg1 }) => (arg1Type === NtmsObjectsTypes.NTMS_UNKNOWN ? [] : (arg1 ?? [])));
  const wrong: string[] = [];
  for (const { address, barcode, full } of autoloader.inspect()) {
    const tables = ['slots', 'drives', 'ports', 'changers'] as const;
    const element = tables.flatMap((table) => store.table(table).find({ elementAddress: address }) ?? [])[0];
    if (element === undefined) {
      wrong.push(`element ${address} has no record`);
      continue;
    }
    const medium = store.table('physicalMedia').find({ location: element.id });
    if (asked.includes(element.id) || (medium !== undefined && asked.includes(medium.id))) continue;
    if (full !== (medium !== undefined)) {
      wrong.push(
        `element ${address} ${full ? `holds ${barcode}` : 'is empty'}, the records say ${medium?.name ?? 'empty'}`,
      );
    } else if (barcode !== null && medium !== undefined && medium.barCode !== barcode && medium.barCode !== '') {
      wrong.push(`element ${address} holds ${barcode}, the records say ${medium.barCode}`);
    }
  }
  const barCodes = store
    .table('physicalMedia')
    .list()
    .flatMap(({ barCode }) => (barCode === '' ? [] : barCode));
  const twice = barCodes.filter((barCode, index) => barCodes.indexOf(barCode) !== index);
  return [...wrong, ...twice.map((barCode) => `${barCode} has two records`)];
}

/** A start cancels what the dead process had not finished. */
function unended(store: ObjectStore): string[] {
  const requests = store.table('libRequests').list({ state: [NTMS_LM_QUEUED, NTMS_LM_INPROCESS, NTMS_LM_WAITING] });
  const motions = store.table('moveJournal').list({ outcome: 'intended' });
  return [
    ...requests.map(({ operationCode, state }) => `a request (operation ${operationCode}) is left in state ${state}`),
    ...motions.map(({ source, destination }) => `the motion from ${source} to ${destination} is still open`),
  ];
}

/** A side is allocated exactly when a logical medium names it. */
function allocations(store: ObjectStore): string[] {
  const sides = store.table('sides').list();
  const named = new Set(sides.flatMap(({ logicalMedia }) => logicalMedia ?? []));
  const allocated: readonly number[] = [NTMS_PARTSTATE_ALLOCATED, NTMS_PARTSTATE_COMPLETE];
  return [
    ...sides
      .filter(({ state, logicalMedia }) => allocated.includes(state) !== (logicalMedia !== null))
      .map(({ name, id, state }) => `side ${name || id} in state ${state} has its logical medium wrong`),
    ...store
      .table('logicalMedia')
      .list()
      .filter(({ id }) => !named.has(id))
      .map(({ id }) => `logical medium ${id} is on no side`),
  ];
}

function integrity({ connection }: ObjectStore): string[] {
  const found = connection.pragma('integrity_check') as readonly { readonly integrity_check: string }[];
  const dangling = connection.pragma('foreign_key_check') as readonly { readonly table: string }[];
  return [
    ...found.map(({ integrity_check: text }) => text).filter((text) => text !== 'ok'),
    ...dangling.map(({ table }) => `a row of ${table} points nowhere`),
  ];
}
