import {
  type Guid,
  NtmsAllocationPolicy,
  NtmsCreateOptions,
  NtmsDeallocationPolicy,
  NtmsObjectsTypes,
} from '../../ntms/index.js';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { findObject } from '../names/object-name.js';
import { type OpenManager, withManager } from '../open-manager.js';
import { readPools } from '../views/libraries.js';

export interface CreatePoolOptions {
  /** Absent: a pool that holds other pools. */
  readonly mediaType?: string;
  /** Also makes the levels above it that are missing. */
  readonly parents?: boolean;
  readonly policy?: readonly PoolPolicy[];
  /** How often a side may be allocated before it is retired; absent: without limit. */
  readonly maxAllocates?: number;
}

export type PoolPolicy = 'draw-from-free' | 'return-to-free';

/** `rsm createpool Backup/Weekly`. */
export async function createPool(context: CommandContext, path: string, options: CreatePoolOptions): Promise<void> {
  const levels = levelsOf(path);
  await withManager(context, async (open) => {
    const { api, session } = open;
    const mediaType =
      options.mediaType === undefined ? null : await findObject(open.reader(), 'media-type', options.mediaType);
    const { NTMS_OPEN_ALWAYS, NTMS_CREATE_NEW } = NtmsCreateOptions;
    for (let depth = 1; options.parents === true && depth < levels.length; depth++) {
      await api.CreateNtmsMediaPool(session, levels.slice(0, depth).join('\\'), null, NTMS_OPEN_ALWAYS, null);
    }
    const type = mediaType?.id ?? null;
    const id = await api.CreateNtmsMediaPool(session, levels.join('\\'), type, NTMS_CREATE_NEW, null);
    try {
      await setPolicies(open, id, options);
    } catch (error) {
      // A pool that does not do what was asked for is worse than none.
      await api.DeleteNtmsMediaPool(session, id);
      throw error;
    }
    const pool = (await readPools(open.reader())).find((one) => one.id === id);
    const holds = mediaType === null ? 'other pools' : `${mediaType.label} media`;
    context.terminal.line(`Pool ${pool?.path ?? levels.join('/')} is there, for ${holds}.`);
    context.terminal.document({ pool });
  });
}

/** `rsm deletepool Backup/Weekly`. */
export async function deletePool(context: CommandContext, path: string): Promise<void> {
  await withManager(context, async (open) => {
    const pool = await findObject(open.reader(), 'pool', path);
    await open.api.DeleteNtmsMediaPool(open.session, pool.id);
    context.terminal.line(`Pool ${pool.label} is deleted.`);
    context.terminal.document({ deleted: { id: pool.id, path: pool.label } });
  });
}

/** Levels as a person writes them, between slashes or backslashes; a leading one means nothing. */
function levelsOf(path: string): string[] {
  const levels = path.split(/[/\\]/);
  if (levels.length > 1 && levels[0] === '') levels.shift();
  if (levels.every((level) => level.trim() !== '')) return levels;
  throw new CommandError('USAGE', `"${path}" is no path of a pool. Write its levels with slashes: Backup/Weekly.`);
}

async function setPolicies(
  { api, session }: OpenManager,
  id: Guid,
  { policy = [], maxAllocates }: CreatePoolOptions,
): Promise<void> {
  if (policy.length === 0 && maxAllocates === undefined) return;
  const record = await api.GetNtmsObjectInformation(session, id, { dwType: NtmsObjectsTypes.NTMS_MEDIA_POOL });
  if (!('MediaPool' in record.Info)) throw new TypeError('the record of a pool has no member MediaPool');
  const { MediaPool } = record.Info;
  const has = (one: PoolPolicy, bit: number): number => (policy.includes(one) ? bit : 0);
  await api.SetNtmsObjectInformation(session, id, {
    ...record,
    Info: {
      MediaPool: {
        ...MediaPool,
        AllocationPolicy: has('draw-from-free', NtmsAllocationPolicy.NTMS_ALLOCATE_FROMSCRATCH),
        DeallocationPolicy: has('return-to-free', NtmsDeallocationPolicy.NTMS_DEALLOCATE_TOSCRATCH),
        ...(maxAllocates === undefined ? {} : { dwMaxAllocates: maxAllocates }),
      },
    },
  });
}
