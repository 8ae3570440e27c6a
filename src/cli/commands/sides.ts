import type { Guid } from '../../ntms/index.js';
import type { CommandContext } from '../command-context.js';
import { refuseTwice } from '../names/named-twice.js';
import { findLogicalMedium, findSide, type NamedSide } from '../names/side-name.js';
import { type OpenManager, withManager } from '../open-manager.js';
import { words } from '../output/words.js';
import { type MediumView, readMedia } from '../views/media.js';

export interface SideCommandOptions {
  /** Number of the side of each medium. */
  readonly side?: number;
}

interface SideCommand {
  /** The side, and what the API is to be given for it. */
  readonly find: (wanted: string, media: readonly MediumView[], number: number | undefined) => NamedSide & { id: Guid };
  readonly call: (open: OpenManager, id: Guid) => Promise<void>;
}

const ofOwner: SideCommand['find'] = (wanted, media, number) => {
  const found = findLogicalMedium(wanted, media, number);
  return { ...found, id: found.logicalMedium };
};

const ofAnybody: SideCommand['find'] = (wanted, media, number) => {
  const preferred = ({ state }: { readonly state: string }): boolean => state === 'NTMS_PARTSTATE_AVAILABLE';
  const found = findSide(wanted, media, { ...(number === undefined ? {} : { number }), preferred });
  return { ...found, id: found.side.id };
};

/** What is done to a side by the word that names it on the command line. */
const SIDE_COMMANDS = {
  deallocate: { find: ofOwner, call: ({ api, session }, id) => api.DeallocateNtmsMedia(session, id, 0) },
  complete: { find: ofOwner, call: ({ api, session }, id) => api.SetNtmsMediaComplete(session, id) },
  decommission: { find: ofAnybody, call: ({ api, session }, id) => api.DecommissionNtmsMedia(session, id) },
} as const satisfies Record<string, SideCommand>;

/** `rsm deallocate`, `rsm complete`, `rsm decommission`: all names are looked up before the first call. */
export async function changeSides(
  context: CommandContext,
  command: keyof typeof SIDE_COMMANDS,
  names: readonly string[],
  options: SideCommandOptions,
): Promise<void> {
  const { find, call } = SIDE_COMMANDS[command];
  await withManager(context, async (open) => {
    const media = await readMedia(open.reader());
    const named = names.map((name) => find(name, media, options.side));
    refuseTwice(named.map(({ side, label }) => ({ id: side.id, label })));
    for (const { id, side, label } of named) {
      await call(open, id);
      const after = (await readMedia(open.reader())).find(({ sides }) => sides.some((one) => one.id === side.id));
      const state = after?.sides.find((one) => one.id === side.id)?.state ?? side.state;
      context.terminal.line(`${label} is ${words(state)} in ${after?.pool ?? '?'}.`);
    }
    const ids = named.map(({ medium }) => medium.id);
    context.terminal.document({ media: (await readMedia(open.reader())).filter(({ id }) => ids.includes(id)) });
  });
}
