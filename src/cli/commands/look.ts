import { type Guid, NtmsDismountOptions, NtmsInventoryMethod, NtmsObjectsTypes } from '../../ntms/index.js';
import { type CommandContext, unlessInterrupted } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { findDrive } from '../names/drive-name.js';
import { librariesNamed } from '../names/library-name.js';
import { findMedium, placeOf } from '../names/medium-name.js';
import { findObject } from '../names/object-name.js';
import { type OpenManager, withManager } from '../open-manager.js';
import { counted } from '../output/words.js';
import { awaitWork } from '../persons-part.js';
import { readDrives } from '../views/elements.js';
import { readLibraries } from '../views/libraries.js';
import { type MediumView, readMedia } from '../views/media.js';

/** `rsm identify <slot|medium>`: mounts what is there, reads its labels, and brings it back unless `deferred`. */
export async function identify(
  context: CommandContext,
  name: string,
  options: { readonly deferred?: boolean },
): Promise<void> {
  await withManager(context, async (open) => {
    const { NTMS_DISMOUNT_DEFERRED, NTMS_DISMOUNT_IMMEDIATE } = NtmsDismountOptions;
    const slot = await slotOf(open, name);
    const how = options.deferred === true ? NTMS_DISMOUNT_DEFERRED : NTMS_DISMOUNT_IMMEDIATE;
    const before = (await readMedia(open.reader())).find(({ location }) => location?.id === slot.id);
    await unlessInterrupted(context, open.api.IdentifyNtmsSlot(open.session, slot.id, how));
    const media = await readMedia(open.reader());
    const medium = media.find(({ id, location }) => id === before?.id || location?.id === slot.id);
    context.terminal.line(medium === undefined ? `${slot.label} is empty.` : found(medium));
    context.terminal.document({ slot: slot.label, medium: medium ?? null });
  });
}

function found(medium: MediumView): string {
  const labels = medium.sides.map(({ label }) => (label === '' ? 'no label' : `label ${label}`));
  return `${medium.label} (${placeOf(medium)}) in ${medium.pool ?? '?'}: ${labels.join('; ') || 'no sides'}.`;
}

/** A slot by number, `library/number`, name or GUID; or the slot that a medium lies in. */
async function slotOf(open: OpenManager, name: string): Promise<{ readonly id: Guid; readonly label: string }> {
  try {
    return await findObject(open.reader(), 'slot', name);
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'OBJECT_NOT_FOUND' || /^\d+$/.test(name)) throw error;
  }
  const { medium } = findMedium(name, await readMedia(open.reader()));
  if (medium.location?.kind === 'slot') return { id: medium.location.id, label: placeOf(medium) };
  const message = `${medium.label} is not in a slot but ${placeOf(medium)}. Dismount it first, or name a slot.`;
  throw new CommandError('IN_USE', message);
}

/** `rsm refresh [library|drive...]`: the records follow what the devices tell now; nothing is moved or scanned. */
export async function refresh(context: CommandContext, names: readonly string[]): Promise<void> {
  await withManager(context, async (open) => {
    const { api, session } = open;
    const libraries = await librariesOf(open, names);
    for (const { id, type } of libraries) {
      if (type === 'NTMS_LIBRARYTYPE_STANDALONE') {
        const look = api.SetNtmsDeviceChangeDetection(session, null, [id], NtmsObjectsTypes.NTMS_LIBRARY, 1);
        await unlessInterrupted(context, look);
      } else await api.InventoryNtmsLibrary(session, id, NtmsInventoryMethod.NTMS_INVENTORY_NONE);
    }
    const requests = [...session.requestIds];
    await unlessInterrupted(context, awaitWork(open, requests));
    const ids = libraries.map(({ id }) => id);
    const after = (await readLibraries(open.reader())).filter(({ id }) => ids.includes(id));
    for (const library of after) context.terminal.line(`${library.name}: ${counted(library.media, 'cartridge')}.`);
    context.terminal.document({ requests, libraries: after });
  });
}

/** A drive stands for the library that it is in. */
async function librariesOf(open: OpenManager, names: readonly string[]) {
  if (names.length === 0) return librariesNamed(open, undefined);
  const drives = await readDrives(open.reader());
  const chosen = new Map<Guid, Awaited<ReturnType<typeof librariesNamed>>[number]>();
  for (const name of names) {
    for (const library of await librariesOrDrive(open, name, drives)) chosen.set(library.id, library);
  }
  return [...chosen.values()];
}

async function librariesOrDrive(open: OpenManager, name: string, drives: Awaited<ReturnType<typeof readDrives>>) {
  try {
    return await librariesNamed(open, name);
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'LIBRARY_NOT_FOUND') throw error;
    const isDrive = drives.some(({ id, number, name: own, library }) =>
      [id, own, String(number), `${library ?? ''}/${number}`].some((one) => one.toLowerCase() === name.toLowerCase()),
    );
    if (!isDrive) throw error;
    return librariesNamed(open, findDrive(name, drives).library ?? undefined);
  }
}
