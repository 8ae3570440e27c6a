import { OperatorError } from '../../devices/virtual/operator-error.js';
import { NtmsEjectOperation, NtmsInjectOperation, NtmsPortPosition } from '../../src/ntms/index.js';
import { isFinished } from '../../src/library/library-requests.js';
import type { Deed, Hands } from './hands.js';

/** How often a person looks whether a port has opened before going away. */
const LOOKS = 30;

/** Media in and out, with a person at the ports who comes or does not. */
export const portDeeds: readonly (readonly [string, Deed])[] = [
  ['eject, and a person takes it', (hands) => eject(hands, true)],
  ['eject, and nobody comes', (hands) => eject(hands, false)],
  ['inject', (hands) => inject(hands, true)],
  ['inject, and nobody comes', (hands) => inject(hands, false)],
];

async function eject(hands: Hands, taken: boolean): Promise<void> {
  const { house, session, random } = hands;
  const { api, store, manager } = house;
  const medium = random.pick(store.table('physicalMedia').list({ currentLibrary: house.library }));
  if (medium === undefined) return;
  const { NTMS_EJECT_START, NTMS_EJECT_FORCE, NTMS_EJECT_STOP } = NtmsEjectOperation;
  const how = random.chance(0.8) ? NTMS_EJECT_START : NTMS_EJECT_FORCE;
  const operation = await api.EjectNtmsMedia(session, medium.id, null, how);
  if (operation === null) return;
  for (let look = 0; look < (taken ? LOOKS : random.below(LOOKS)) && !hasEnded(hands, operation); look++) {
    if (taken && (await takeFromPorts(hands))) break;
    await manager.clock.sleep(house.momentMs);
  }
  // Who took it leaves the rest to the manager, now and then.
  if (taken && random.chance(0.5)) await manager.clock.sleep(house.momentMs);
  if (!hasEnded(hands, operation)) await api.EjectNtmsMedia(session, null, operation, NTMS_EJECT_STOP);
}

async function inject(hands: Hands, comes: boolean): Promise<void> {
  const { house, session, random } = hands;
  const { api, manager } = house;
  const { NTMS_INJECT_START, NTMS_INJECT_STARTMANY, NTMS_INJECT_RETRACT, NTMS_INJECT_STOP } = NtmsInjectOperation;
  const many = random.chance(0.4);
  const operation = await api.InjectNtmsMedia(
    session,
    house.library,
    null,
    many ? NTMS_INJECT_STARTMANY : NTMS_INJECT_START,
  );
  for (let look = 0; look < (comes ? LOOKS : random.below(LOOKS)) && !hasEnded(hands, operation); look++) {
    if (comes && (await putIntoPorts(hands)) && !(many && random.chance(0.7))) break;
    await manager.clock.sleep(house.momentMs);
    if (many && random.chance(0.1) && !hasEnded(hands, operation)) {
      await api.InjectNtmsMedia(session, house.library, operation, NTMS_INJECT_RETRACT);
    }
  }
  if (!hasEnded(hands, operation)) await api.InjectNtmsMedia(session, house.library, operation, NTMS_INJECT_STOP);
}

function hasEnded({ house: { store } }: Hands, operation: string): boolean {
  const request = store.table('libRequests').get(operation);
  return request === undefined || isFinished(request);
}

/** Takes what lies in an open port; false when there is nothing to take. */
async function takeFromPorts({ house }: Hands): Promise<boolean> {
  const port = openPorts(house).find(({ full }) => full);
  if (port === undefined) return false;
  return unlessRefused(() => house.autoloader?.operator.removeCartridge(port.address));
}

async function putIntoPorts({ house }: Hands): Promise<boolean> {
  const port = openPorts(house).find(({ full }) => !full);
  const brought = house.autoloader?.operator.outside()[0];
  if (port === undefined || brought === undefined) return false;
  return unlessRefused(() => house.autoloader?.operator.insertCartridge(port.address, { id: brought.id }));
}

function openPorts({ store, autoloader }: Hands['house']): readonly { address: number; full: boolean }[] {
  const open = store
    .table('ports')
    .list({ position: NtmsPortPosition.NTMS_PORTPOSITION_EXTENDED })
    .map(({ elementAddress }) => elementAddress);
  return (autoloader?.inspect() ?? []).filter(({ address }) => open.includes(address));
}

async function unlessRefused(act: () => Promise<unknown> | undefined): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof OperatorError) return false;
    throw error;
  }
}
