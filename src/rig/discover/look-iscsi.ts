import { discoverTargets, type DiscoveredTarget } from '../../../devices/transport/iscsi/index.js';
import { connectIscsi, readSecret } from '../transports/iscsi.js';
import type { PlugBoard } from '../plug-board.js';
import type { ChapUnit, IscsiUnit } from '../rig.js';
import { askTarget } from './ask-units.js';
import type { Look } from './found-unit.js';
import { patienceOf } from './patience.js';

export interface IscsiLook {
  /** `host:port`, each of them asked for its targets. */
  readonly portals: readonly string[];
  readonly chap?: ChapUnit;
}

/** The changers and drives behind the targets that the portals tell. */
export async function lookIscsi({ portals, chap }: IscsiLook, board: PlugBoard): Promise<Look> {
  const looks: Look[] = [];
  for (const portal of portals) {
    for (const target of await targetsOf(portal, chap, board, looks)) {
      const unit = (lun: number): IscsiUnit => ({
        transport: 'iscsi',
        portal: portalOf(target, portal),
        target: target.name,
        lun,
        ...(chap === undefined ? {} : { chap }),
      });
      looks.push(await askTarget(await connectIscsi(unit(0), board, undefined), unit, patienceOf(board)));
    }
  }
  return joined(looks);
}

export function joined(looks: readonly Look[]): Look {
  return { units: looks.flatMap(({ units }) => units), notices: looks.flatMap(({ notices }) => notices) };
}

async function targetsOf(
  portal: string,
  chap: ChapUnit | undefined,
  board: PlugBoard,
  looks: Look[],
): Promise<DiscoveredTarget[]> {
  const env = board.options.env ?? process.env;
  const credentials = chap === undefined ? {} : { chap: { user: chap.user, secret: readSecret(chap, env, undefined) } };
  try {
    const targets = await discoverTargets({ portal, clock: board.options.clock, ...credentials });
    if (targets.length === 0) looks.push({ units: [], notices: [`${portal} offers no target to this machine`] });
    return targets;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    looks.push({ units: [], notices: [`${portal} did not tell its targets: ${message}`] });
    return [];
  }
}

/** The address that was asked is known to work; a target may have others that only its own network reaches. */
function portalOf({ addresses }: DiscoveredTarget, asked: string): string {
  const told = addresses.map((address) => address.replace(/,\d+$/, ''));
  return told.length === 0 || told.includes(asked) ? asked : (told[0] ?? asked);
}
