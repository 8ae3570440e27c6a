import {
  NtmsLmState,
  NtmsObjectsTypes,
  NtmsOpreqState,
  NtmsPartitionState,
  NtmsPoolType,
} from '../../src/ntms/index.js';
import { isFinished } from '../../src/library/library-requests.js';
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
    ...pools(store),
    ...questions(store),
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

/** What an application has is in its pool, and what it has not is in no application's hands. */
function pools(store: ObjectStore): string[] {
  const wrong: string[] = [];
  for (const side of store.table('sides').list()) {
    const medium = store.table('physicalMedia').require(side.physicalMedia);
    const pool = store.table('mediaPools').require(medium.mediaPool);
    const logical = side.logicalMedia === null ? undefined : store.table('logicalMedia').get(side.logicalMedia);
    if (logical !== undefined && logical.mediaPool !== pool.id) {
      wrong.push(`the logical medium of ${medium.name} is in another pool than ${medium.name}`);
    }
    if (logical !== undefined && pool.poolType < NtmsPoolType.NTMS_POOLTYPE_APPLICATION) {
      wrong.push(`${medium.name} is allocated in ${pool.name}, a pool of the system`);
    }
    if (pool.mediaType !== medium.mediaType) wrong.push(`${medium.name} is of another type than its pool ${pool.name}`);
  }
  const { NTMS_POOLTYPE_SCRATCH, NTMS_POOLTYPE_FOREIGN, NTMS_POOLTYPE_IMPORT } = NtmsPoolType;
  for (const mediaType of new Set(
    store
      .table('physicalMedia')
      .list()
      .map((medium) => medium.mediaType),
  )) {
    for (const poolType of [NTMS_POOLTYPE_SCRATCH, NTMS_POOLTYPE_FOREIGN, NTMS_POOLTYPE_IMPORT]) {
      const count = store.table('mediaPools').count({ mediaType, poolType });
      if (count !== 1) wrong.push(`media type ${mediaType} has ${count} pools of type ${poolType}`);
    }
  }
  return wrong;
}

/** Nobody is asked for what no request waits for any more. */
function questions(store: ObjectStore): string[] {
  const { NTMS_OPSTATE_SUBMITTED, NTMS_OPSTATE_ACTIVE, NTMS_OPSTATE_INPROGRESS } = NtmsOpreqState;
  return store
    .table('opRequests')
    .list({ state: [NTMS_OPSTATE_SUBMITTED, NTMS_OPSTATE_ACTIVE, NTMS_OPSTATE_INPROGRESS] })
    .filter(({ libRequest }) => {
      const request = libRequest === null ? undefined : store.table('libRequests').get(libRequest);
      return request !== undefined && isFinished(request);
    })
    .map(({ message }) => `a person is still asked, though the request has ended: ${message}`);
}

function integrity({ connection }: ObjectStore): string[] {
  const found = connection.pragma('integrity_check') as readonly { readonly integrity_check: string }[];
  const dangling = connection.pragma('foreign_key_check') as readonly { readonly table: string }[];
  return [
    ...found.map(({ integrity_check: text }) => text).filter((text) => text !== 'ok'),
    ...dangling.map(({ table }) => `a row of ${table} points nowhere`),
  ];
}
