import { NtmsObjectsTypes, NtmsPartitionState, NtmsPoolType } from '../../../src/ntms/index.js';
import type { VirtualLibrary } from '../../library/virtual-library.js';
import type { ModelMedium, ModelPool, ModelSide, PoolKind, SideState, World } from './world.js';

const kinds: Readonly<Record<number, PoolKind>> = {
  [NtmsPoolType.NTMS_POOLTYPE_SCRATCH]: 'free',
  [NtmsPoolType.NTMS_POOLTYPE_IMPORT]: 'import',
  [NtmsPoolType.NTMS_POOLTYPE_FOREIGN]: 'unrecognized',
  [NtmsPoolType.NTMS_POOLTYPE_APPLICATION]: 'application',
};

const states: Readonly<Record<number, SideState>> = {
  [NtmsPartitionState.NTMS_PARTSTATE_AVAILABLE]: 'available',
  [NtmsPartitionState.NTMS_PARTSTATE_ALLOCATED]: 'allocated',
  [NtmsPartitionState.NTMS_PARTSTATE_COMPLETE]: 'complete',
  [NtmsPartitionState.NTMS_PARTSTATE_RESERVED]: 'reserved',
  [NtmsPartitionState.NTMS_PARTSTATE_IMPORT]: 'import',
  [NtmsPartitionState.NTMS_PARTSTATE_FOREIGN]: 'foreign',
  [NtmsPartitionState.NTMS_PARTSTATE_DECOMMISSIONED]: 'decommissioned',
};

/** The world as the records tell it: where a conversation starts from, and what it has come to at its end. */
export function worldOf({ store, library }: VirtualLibrary): World {
  const { rootPool, offlineLibrary, computer } = store.wellKnown;
  const pools = new Map<string, ModelPool>();
  for (const row of store.table('mediaPools').list()) {
    pools.set(row.id, {
      id: row.id,
      kind: row.id === rootPool ? 'root' : (kinds[row.poolType] ?? 'root'),
      name: row.name,
      parent: row.parent,
      type: row.mediaType,
      draws: row.allocationPolicy !== 0,
      gives: row.deallocationPolicy !== 0,
      maxAllocates: row.maxAllocates,
      owner: store.table('objectSecurity').get(row.id)?.owner || null,
    });
  }
  const media = new Map<string, ModelMedium>();
  for (const row of store.table('physicalMedia').list()) {
    const inDrive = row.locationType === NtmsObjectsTypes.NTMS_DRIVE && row.location !== null;
    media.set(row.id, {
      id: row.id,
      pool: row.mediaPool,
      type: row.mediaType,
      enabled: row.enabled,
      disableLater: false,
      online: row.currentLibrary === library.id,
      mounted: inDrive ? row.mountedPartition : null,
    });
  }
  const sides = new Map<string, ModelSide>();
  for (const row of store.table('sides').list()) {
    sides.set(row.id, {
      id: row.id,
      medium: row.physicalMedia,
      number: row.side,
      state: states[row.state] ?? 'other',
      allocations: row.allocateCount,
      logical: row.logicalMedia,
    });
  }
  const lists = new Map<string, { trustee: string; mask: number; deny: boolean }[]>();
  for (const { id, ownList } of store.table('objectSecurity').list()) if (ownList) lists.set(id, []);
  for (const { object, trustee, mask, deny } of store.table('accessEntries').list()) {
    lists.set(object, [...(lists.get(object) ?? []), { trustee, mask, deny }]);
  }
  const attributes = new Map<string, string>();
  for (const row of store.table('objectAttributes').list()) {
    attributes.set(`${row.object} ${row.name}`, Buffer.from(row.data).toString());
  }
  return {
    ...{ root: rootPool, library: library.id, shelf: offlineLibrary, computer },
    ...{ drives: store.table('drives').count({ library: library.id }), pools, media, sides, lists, attributes },
    questions: new Map(),
  };
}

/** What differs between the model's world and that of the records, one line each. */
export function differences(model: World, found: World): string[] {
  const wrong: string[] = [];
  const compare = (what: string, wanted: ReadonlyMap<string, unknown>, seen: ReadonlyMap<string, unknown>): void => {
    for (const id of new Set([...wanted.keys(), ...seen.keys()])) {
      const [a, b] = [text(wanted.get(id)), text(seen.get(id))];
      if (a !== b) wrong.push(`${what} ${id}: expected ${a}, found ${b}`);
    }
  };
  compare('pool', model.pools, found.pools);
  compare('side', model.sides, found.sides);
  compare('attribute', model.attributes, found.attributes);
  compare('access list', model.lists, found.lists);
  const settled = new Map([...model.media].map(([id, medium]) => [id, { ...medium, disableLater: false }]));
  compare('cartridge', settled, found.media);
  return wrong;
}

/** The same for the same fields, in whatever order. */
function text(value: unknown): string {
  if (value === undefined) return 'nothing';
  const fields = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return fields.length === 0 || Array.isArray(value)
    ? JSON.stringify(value)
    : JSON.stringify(fields.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
