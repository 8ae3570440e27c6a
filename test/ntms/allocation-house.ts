import type { Test } from 'tap';
import { NtmsAllocateOptions, NtmsPartitionState, NtmsPoolType } from '../../src/ntms/index.js';
import type { Guid } from '../../src/ntms/index.js';
import type { MediaPoolRow, OpRequestRow, SideRow } from '../../src/objects/rows.js';
import { VirtualLibrary } from '../library/virtual-library.js';
import type { VirtualLibraryOptions } from '../library/virtual-library.js';
import type { ApiCaller } from './house.js';

const { NTMS_PARTSTATE_AVAILABLE, NTMS_PARTSTATE_IMPORT, NTMS_PARTSTATE_FOREIGN } = NtmsPartitionState;

type PoolColumns = Partial<
  Pick<MediaPoolRow, 'allocationPolicy' | 'deallocationPolicy' | 'maxAllocates' | 'mediaType' | 'name'>
>;

/** A house with an application pool for its tapes, and the questions that tests of allocation ask. */
export class AllocationHouse {
  readonly library: VirtualLibrary;
  readonly pool: Guid;

  private constructor(library: VirtualLibrary, pool: Guid) {
    this.library = library;
    this.pool = pool;
  }

  /** @param own bar codes of cartridges that are available in the pool */
  static async open(
    t: Test,
    own: readonly string[] = [],
    { pool = {}, ...options }: VirtualLibraryOptions & { readonly pool?: PoolColumns } = {},
  ): Promise<AllocationHouse> {
    const library = await VirtualLibrary.open(t, options);
    const house = new AllocationHouse(library, addPool(library, { name: 'Backup', ...pool }));
    for (const barCode of own) house.put(barCode, house.pool);
    return house;
  }

  get caller(): ApiCaller {
    return this.library;
  }

  /** The pool of that type which the server has for the tapes. */
  systemPool(poolType: number): MediaPoolRow {
    const { mediaType } = this.library.medium('ORS001L8');
    const pool = this.library.store.table('mediaPools').find({ poolType, mediaType });
    if (pool === undefined) throw new Error(`there is no pool of type ${poolType}`);
    return pool;
  }

  get free(): Guid {
    return this.systemPool(NtmsPoolType.NTMS_POOLTYPE_SCRATCH).id;
  }

  get import(): Guid {
    return this.systemPool(NtmsPoolType.NTMS_POOLTYPE_IMPORT).id;
  }

  /** The pool's record. */
  get row(): MediaPoolRow {
    return this.library.store.table('mediaPools').require(this.pool);
  }

  /** Puts a cartridge into a pool, its sides in the state that sides have there. */
  put(barCode: string, mediaPool: Guid, state?: number): SideRow {
    const { store } = this.library;
    const { poolType } = store.table('mediaPools').require(mediaPool);
    const { id } = this.library.medium(barCode);
    store.table('physicalMedia').update(id, { mediaPool });
    for (const side of store.table('sides').list({ physicalMedia: id })) {
      store.table('sides').update(side.id, { state: state ?? usualState(poolType) });
    }
    return this.side(barCode);
  }

  /** A cartridge of the pool whose free label is still to be written; it cannot be while the drives are off. */
  unprepared(barCode: string): SideRow {
    const { store } = this.library;
    for (const { id } of store.table('drives').list()) store.table('drives').update(id, { enabled: false });
    const { id } = this.put(barCode, this.pool);
    const state = NtmsPartitionState.NTMS_PARTSTATE_UNPREPARED;
    return store.table('sides').update(id, { state, owedFreeLabel: '00'.repeat(16) });
  }

  /** Gives a cartridge a second side in the same state as the first. */
  addSide(barCode: string, state = this.side(barCode).state): SideRow {
    const { physicalMedia } = this.side(barCode);
    return this.library.store.table('sides').insert({ physicalMedia, side: 1, state, name: `${barCode} side 2` });
  }

  side(barCode: string, side = 0): SideRow {
    const { store } = this.library;
    const row = store.table('sides').find({ physicalMedia: this.library.medium(barCode).id, side });
    if (row === undefined) throw new Error(`${barCode} has no side ${side}`);
    return row;
  }

  /** AllocateNtmsMedia; without waiting unless told otherwise. */
  allocate(
    options: {
      readonly by?: ApiCaller;
      readonly pool?: Guid;
      readonly side?: Guid | null;
      readonly mediaId?: Guid | null;
      readonly flags?: number;
      readonly timeoutMs?: number;
    } = {},
  ): Promise<Given> {
    const { by = this.caller, pool = this.pool, side = null, mediaId = null, flags = 0, timeoutMs = 0 } = options;
    return by.api.AllocateNtmsMedia(by.session, pool, side, mediaId, flags, timeoutMs);
  }

  async next(mediaId: Guid | null, more: { readonly side?: Guid } = {}): Promise<Given> {
    return this.allocate({ mediaId, flags: NtmsAllocateOptions.NTMS_ALLOCATE_NEXT, ...more });
  }

  /** Allocates and gives the logical medium. */
  async allocated(flags = 0): Promise<Guid> {
    const { lpMediaId } = await this.allocate({ flags });
    return lpMediaId;
  }

  /** The bar code of the cartridge that a logical medium stands for. */
  barCodeOf(logicalMedium: Guid): string | undefined {
    const { store } = this.library;
    const side = store.table('sides').find({ logicalMedia: logicalMedium });
    return side && store.table('physicalMedia').require(side.physicalMedia).barCode;
  }

  /** What is asked of the operator just now. */
  asked(): OpRequestRow[] {
    return this.library.manager.operatorRequests.open();
  }

  answer(answer: 'complete' | 'refused'): void {
    const [request] = this.asked();
    if (request === undefined) throw new Error('nothing is asked of the operator');
    this.library.manager.operatorRequests.answer(request.id, answer);
  }
}

interface Given {
  readonly lpMediaId: Guid;
  readonly lpAllocateInformation: { readonly AllocatedFrom: Guid };
}

/** An application pool at the top level for the type of ORS001L8. */
export function addPool(library: VirtualLibrary, columns: PoolColumns = {}): Guid {
  const { store } = library;
  return store.table('mediaPools').insert({
    poolType: NtmsPoolType.NTMS_POOLTYPE_APPLICATION,
    mediaType: library.medium('ORS001L8').mediaType,
    parent: store.wellKnown.rootPool,
    ...columns,
  }).id;
}

/**
 * Leaves no page for what a change in a table would write. The change itself would fit into the page that it is on, so a
 * trigger makes it need more.
 */
export function noRoomFor({ store }: VirtualLibrary, operation: 'INSERT' | 'UPDATE', table: string): void {
  const { connection } = store;
  const pages = connection.pragma('page_count', { simple: true }) as number;
  connection.pragma(`max_page_count = ${pages}`);
  connection.exec(
    `CREATE TEMP TRIGGER needs_room AFTER ${operation} ON main."${table}" BEGIN ` +
      `INSERT INTO access_entries (id, object, trustee, mask) VALUES ('x', hex(zeroblob(1000000)), 'nobody', 0); END`,
  );
}

function usualState(poolType: number): number {
  if (poolType === NtmsPoolType.NTMS_POOLTYPE_IMPORT) return NTMS_PARTSTATE_IMPORT;
  return poolType === NtmsPoolType.NTMS_POOLTYPE_FOREIGN ? NTMS_PARTSTATE_FOREIGN : NTMS_PARTSTATE_AVAILABLE;
}

/** Writes the records of a cartridge that is allocated in a new pool of that name. */
export function addAllocated(library: VirtualLibrary, barCode: string, poolName: string): void {
  const { store } = library;
  const mediaPool = addPool(library, { name: poolName });
  store.table('physicalMedia').update(library.medium(barCode).id, { mediaPool });
  const { id: logicalMedia } = store.table('logicalMedia').insert({ mediaPool });
  const state = NtmsPartitionState.NTMS_PARTSTATE_ALLOCATED;
  store.table('sides').update(library.side(barCode).id, { logicalMedia, state });
}
