/** The whole state that the reference model has: plain data. Rights are kept as the access lists that give them. */

export type PoolKind = 'free' | 'import' | 'unrecognized' | 'application' | 'root';
export type SideState =
  'available' | 'allocated' | 'complete' | 'reserved' | 'import' | 'foreign' | 'decommissioned' | 'other';

export interface ModelPool {
  readonly id: string;
  readonly kind: PoolKind;
  name: string;
  readonly parent: string | null;
  /** Media type; null: holds other pools. */
  readonly type: string | null;
  /** Takes from the free pool when it has nothing itself. */
  draws: boolean;
  /** Gives deallocated cartridges back to the free pool. */
  gives: boolean;
  /** 0: as often as anybody likes. */
  maxAllocates: number;
  readonly owner: string | null;
}

export interface ModelSide {
  readonly id: string;
  readonly medium: string;
  readonly number: number;
  state: SideState;
  allocations: number;
  logical: string | null;
}

export interface ModelMedium {
  readonly id: string;
  pool: string;
  readonly type: string | null;
  enabled: boolean;
  /** Asked for while it was mounted; done when it is dismounted. */
  disableLater: boolean;
  online: boolean;
  /** The side that is in a drive. */
  mounted: string | null;
}

export interface Grant {
  readonly trustee: string;
  readonly mask: number;
  readonly deny: boolean;
}

export interface ModelUser {
  readonly name: string;
  readonly groups: readonly string[];
  readonly administrator: boolean;
}

export interface World {
  readonly root: string;
  readonly library: string;
  readonly shelf: string;
  readonly computer: string;
  readonly drives: number;
  readonly pools: Map<string, ModelPool>;
  readonly media: Map<string, ModelMedium>;
  readonly sides: Map<string, ModelSide>;
  /** Access lists by the object that has one; absent: what is above it decides. */
  readonly lists: Map<string, readonly Grant[]>;
  /** By object and name. */
  readonly attributes: Map<string, string>;
  readonly questions: Map<string, 'open' | 'complete' | 'refused'>;
}

export const USE = 1;
export const MODIFY = 2;
export const CONTROL = 4;
export const READ_CONTROL = 0x2_0000;
export const WRITE_DAC = 0x4_0000;
export const EVERYTHING: number = USE | MODIFY | CONTROL | READ_CONTROL | WRITE_DAC;

/** Whether somebody may do that with a pool, a library or the computer. */
export function may(world: World, user: ModelUser, object: string, mask: number): boolean {
  if (user.administrator) return true;
  const mine = [`user:${user.name}`, ...user.groups.map((group) => `group:${group}`), 'everyone'];
  const list = listOf(world, object).filter(({ trustee }) => mine.includes(trustee));
  let rights = 0;
  for (const { mask: bits, deny } of list) if (!deny) rights |= bits;
  for (const { mask: bits, deny } of list) if (deny) rights &= ~bits;
  if (mine.includes(ownerOf(world, object))) rights |= READ_CONTROL | WRITE_DAC;
  return (rights & mask) === mask;
}

export function listOf(world: World, object: string): readonly Grant[] {
  for (const id of upwards(world, object)) {
    const list = world.lists.get(id);
    if (list !== undefined) return list;
  }
  return [];
}

function ownerOf(world: World, object: string): string {
  for (const id of upwards(world, object)) {
    const owner = world.pools.get(id)?.owner;
    if (owner !== undefined && owner !== null) return owner;
  }
  return 'user:tester';
}

function upwards(world: World, object: string): string[] {
  const path: string[] = [];
  for (let id: string | null | undefined = object; id !== null && id !== undefined; id = world.pools.get(id)?.parent) {
    path.push(id);
  }
  return path.includes(world.computer) ? path : [...path, world.computer];
}

export function sidesOf(world: World, medium: string): ModelSide[] {
  return [...world.sides.values()].filter((side) => side.medium === medium).toSorted((a, b) => a.number - b.number);
}

export function freePoolFor(world: World, type: string | null): ModelPool | undefined {
  return [...world.pools.values()].find((pool) => pool.kind === 'free' && pool.type === type);
}
