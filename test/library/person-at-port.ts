import { portPollMs } from '../../src/library/port-control.js';
import { NtmsEjectOperation, NtmsInjectOperation, NtmsPortPosition } from '../../src/ntms/index.js';
import type { LibRequestRow } from '../../src/objects/rows.js';
import type { VirtualLibrary } from './virtual-library.js';

/** A library with one port; the virtual library's own profile has three. */
export const onePort = { profile: 'hp-msl2024' } as const;

/** Lets time pass until something is so; a minute of polls at most. */
export async function until(library: VirtualLibrary, isSo: () => boolean): Promise<void> {
  for (let polls = 0; polls < 600; polls++) {
    if (isSo()) return;
    await library.clock.sleep(100);
  }
  throw new Error('it did not come to that');
}

/** The address of the port that shows this position. */
export async function portAt(library: VirtualLibrary, position: number, number = 1): Promise<number> {
  const port = () => library.store.table('ports').find({ library: library.library.id, number });
  await until(library, () => port()?.position === position);
  return port()?.elementAddress ?? 0;
}

/** A person waits for the port to open, and fills it. */
export async function putIn(library: VirtualLibrary, barcode: string, number = 1): Promise<void> {
  const address = await portAt(library, NtmsPortPosition.NTMS_PORTPOSITION_EXTENDED, number);
  await library.autoloader.operator.insertCartridge(address, { barcode });
}

/** A person waits for the port to open, and empties it. Gives the cartridge's id beside the device. */
export async function takeFrom(library: VirtualLibrary, number = 1): Promise<number> {
  const address = await portAt(library, NtmsPortPosition.NTMS_PORTPOSITION_EXTENDED, number);
  return library.autoloader.operator.removeCartridge(address);
}

/** What the device itself holds in its ports. */
export function inPorts({ autoloader, store, library }: VirtualLibrary): (string | null)[] {
  const addresses = store
    .table('ports')
    .list({ library: library.id })
    .map(({ elementAddress }) => elementAddress);
  return autoloader
    .inspect()
    .filter(({ address }) => addresses.includes(address))
    .map(({ barcode }) => barcode);
}

/** Starts an eject of these cartridges; gives its operation. */
export async function eject(library: VirtualLibrary, ...barCodes: string[]): Promise<string> {
  const { api, session } = library;
  const last = barCodes.at(-1) ?? '';
  for (const barCode of barCodes.slice(0, -1)) {
    await api.EjectNtmsMedia(session, library.medium(barCode).id, null, NtmsEjectOperation.NTMS_EJECT_QUEUE);
  }
  return (await api.EjectNtmsMedia(session, library.medium(last).id, null, NtmsEjectOperation.NTMS_EJECT_START)) ?? '';
}

export async function inject(
  { api, session, library }: VirtualLibrary,
  action: number = NtmsInjectOperation.NTMS_INJECT_START,
): Promise<string> {
  return api.InjectNtmsMedia(session, library.id, null, action);
}

/** Sets the time limit of all ports, in seconds. */
export function limitPorts({ store, library }: VirtualLibrary, maxExtendSecs: number): void {
  for (const { id } of store.table('ports').list({ library: library.id })) {
    store.table('ports').update(id, { maxExtendSecs });
  }
}

/** Two looks at the ports, so that what a person did is seen. */
export async function looksPass(library: VirtualLibrary): Promise<void> {
  await library.clock.sleep(2 * portPollMs + 1);
}

export function ended(library: VirtualLibrary, requestId: string): Promise<LibRequestRow> {
  return library.manager.whenFinished(requestId);
}
