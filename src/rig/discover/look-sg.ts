import { discoverSg, type DiscoveredSgDevice } from '../../../devices/transport/sg/index.js';
import { openPath } from '../../../devices/open-path.js';
import type { UnitIdentity } from '../../../devices/unit-identity.js';
import type { UnitAddress } from '../../library/library-definition.js';
import { connectSg, systemRoot } from '../transports/sg.js';
import type { PlugBoard } from '../plug-board.js';
import type { SgUnit } from '../rig.js';
import { identify } from './ask-units.js';
import type { FoundUnit, Look } from './found-unit.js';
import { outOfPatience, type Patience, patienceOf, TARGET_PATIENCE_MS, withPatience } from './patience.js';

/** The changers and drives that the kernel of this machine has found. Units that need no asking (disks) are not opened. */
export async function lookSg(board: PlugBoard): Promise<Look> {
  const units: FoundUnit[] = [];
  const notices: string[] = [];
  for (const device of await discoverSg(systemRoot(board))) {
    const unit: SgUnit = { transport: 'sg', path: steadyPath(device) };
    const address = await connectSg(unit, board);
    const identity = await ask(address, patienceOf(board));
    const { host, channel, target, lun } = device;
    const place = { target: `kernel ${host}:${channel}:${target}`, lun };
    if (typeof identity === 'string') notices.push(`${described(device)}: ${identity}`);
    else if (identity !== undefined) units.push({ unit, address, place, identity });
  }
  return { units, notices };
}

function ask(address: UnitAddress, patience: Patience): Promise<UnitIdentity | string | undefined> {
  return withPatience(patience, TARGET_PATIENCE_MS, async (signal) => {
    if (signal.aborted) return undefined;
    const closed = await openPath(address.transport, signal);
    const identity = closed === undefined ? await identify(address, patience.clock, signal) : closed.message;
    return signal.aborted ? outOfPatience(address.deviceName, TARGET_PATIENCE_MS) : identity;
  });
}

/** A number of the kernel's may be another device's after the next start; a name made from the identity is not. */
function steadyPath({ byId, path }: DiscoveredSgDevice): string {
  return byId ?? path;
}

function described({ path, vendor, model }: DiscoveredSgDevice): string {
  return `${path} (${`${vendor} ${model}`.trim()})`;
}
