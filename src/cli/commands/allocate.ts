import { NtmsAllocateOptions } from '../../ntms/index.js';
import { type CommandContext, unlessInterrupted } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { placeOf } from '../names/medium-name.js';
import { findObject } from '../names/object-name.js';
import { findLogicalMedium, findSide } from '../names/side-name.js';
import { parseTimeSpan } from '../names/time-span.js';
import { withManager } from '../open-manager.js';
import { poolPath, readMedia, type SideView } from '../views/media.js';

export interface AllocateCommandOptions {
  /** The application pool that the medium is for. */
  readonly pool: string;
  /** Absent: the best available one. */
  readonly medium?: string;
  /** Number of the side; with `medium` only. */
  readonly side?: number;
  /** Keeps the other sides of the cartridge for the caller. */
  readonly new?: boolean;
  /** The next side of the cartridge that this logical medium, side or medium is on. */
  readonly next?: string;
  readonly timeout?: string;
}

const FREE_STATES = ['NTMS_PARTSTATE_AVAILABLE', 'NTMS_PARTSTATE_IMPORT'];

/** `rsm allocate --pool POOL`: gives the caller a side of a cartridge, and tells the logical medium that names it. */
export async function allocate(context: CommandContext, options: AllocateCommandOptions): Promise<void> {
  const timeoutMs = options.timeout === undefined ? undefined : parseTimeSpan(options.timeout);
  if (options.side !== undefined && options.medium === undefined) {
    throw new CommandError('USAGE', '--side says which side of --medium; name that, too.');
  }
  await withManager(context, async (open) => {
    const reader = open.reader();
    const media = await readMedia(reader);
    const pool = await findObject(reader, 'pool', options.pool);
    const preferred = ({ state }: SideView): boolean => FREE_STATES.includes(state);
    const number = options.side === undefined ? {} : { number: options.side };
    const side =
      options.medium === undefined ? null : findSide(options.medium, media, { ...number, preferred }).side.id;
    const next = options.next === undefined ? null : findLogicalMedium(options.next, media).logicalMedium;

    const { NTMS_ALLOCATE_NEW, NTMS_ALLOCATE_NEXT, NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE } = NtmsAllocateOptions;
    const how =
      (options.new === true ? NTMS_ALLOCATE_NEW : 0) |
      (next === null ? 0 : NTMS_ALLOCATE_NEXT) |
      (timeoutMs === undefined ? NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE : 0);
    const call = open.api.AllocateNtmsMedia(open.session, pool.id, side, next, how, timeoutMs ?? 0);
    const { lpMediaId, lpAllocateInformation } = await unlessInterrupted(context, call);

    const after = open.reader();
    const allocated = findLogicalMedium(lpMediaId, await readMedia(after));
    const { medium, label } = allocated;
    const from = await poolPath(after, lpAllocateInformation.AllocatedFrom);
    context.terminal.line(
      `${lpMediaId} is ${label} (${placeOf(medium)}) in ${medium.pool ?? '?'}, from ${from ?? '?'}.`,
    );
    context.terminal.document({
      logicalMedium: lpMediaId,
      pool: medium.pool,
      allocatedFrom: from,
      medium,
      side: allocated.side,
    });
  });
}
