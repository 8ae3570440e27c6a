import type { CommandContext } from '../command-context.js';
import { findMedium } from '../names/medium-name.js';
import { refuseTwice } from '../names/named-twice.js';
import { findObject } from '../names/object-name.js';
import { withManager } from '../open-manager.js';
import { readMedia } from '../views/media.js';

export interface MoveCommandOptions {
  readonly pool: string;
  /** The media take over the type that the pool is for. */
  readonly changeType?: boolean;
}

/** `rsm move <medium>... --pool POOL`: into another pool; no cartridge leaves its place. */
export async function moveToPool(
  context: CommandContext,
  names: readonly string[],
  options: MoveCommandOptions,
): Promise<void> {
  await withManager(context, async (open) => {
    const { api, session } = open;
    const reader = open.reader();
    const media = await readMedia(reader);
    const pool = await findObject(reader, 'pool', options.pool);
    const named = names.map((name) => findMedium(name, media).medium);
    refuseTwice(named);
    for (const { id, label } of named) {
      if (options.changeType === true) await api.ChangeNtmsMediaType(session, id, pool.id);
      else await api.MoveToNtmsMediaPool(session, id, pool.id);
      context.terminal.line(`${label} is in ${pool.label}.`);
    }
    const ids = named.map(({ id }) => id);
    context.terminal.document({ media: (await readMedia(open.reader())).filter(({ id }) => ids.includes(id)) });
  });
}

/** `rsm delete <medium>...`: the records of cartridges that are on the shelf. */
export async function deleteMedia(context: CommandContext, names: readonly string[]): Promise<void> {
  await withManager(context, async (open) => {
    const media = await readMedia(open.reader());
    const named = names.map((name) => findMedium(name, media).medium);
    refuseTwice(named);
    for (const { id, label } of named) {
      await open.api.DeleteNtmsMedia(open.session, id);
      context.terminal.line(`${label} is deleted from the database.`);
    }
    context.terminal.document({ deleted: named });
  });
}
