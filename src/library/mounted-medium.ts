import { NtmsError } from '../objects/ntms-error.js';
import type { LibraryContext } from './library-context.js';
import type { PlannedMount } from './mount-plan.js';
import { labelMismatch } from './on-media-label.js';
import type { OnMediaLabel } from './on-media-label.js';
import { readOnMediaLabel } from './read-on-media-label.js';

/**
 * Asks the changer what is in the drive of a cartridge that was there already and did not move: a person may have changed
 * it since. Rejects with ERROR_INVALID_STATE, `data.check` bar-code, when it is another one or gone.
 */
export async function checkContent(context: LibraryContext, mount: PlannedMount): Promise<void> {
  const { into, medium: mediumId, requestId } = mount;
  const { full, barCode } = await context.hardware.readElement(into.address, requestId);
  const { name, barCode: expected } = context.store.table('physicalMedia').require(mediumId);
  if (full && (barCode === undefined || expected === '' || barCode === expected)) return;
  const found = full ? `holds ${barCode}` : 'is empty';
  throw new NtmsError('ERROR_INVALID_STATE', `${into.name} ${found}, not ${name}`, {
    data: { check: 'bar-code', recordsWrong: true, medium: mediumId, drive: into.objectId },
  });
}

/**
 * Reads the label of the medium in a drive that is ready. Rejects with ERROR_INVALID_STATE, `data.check` on-media-label,
 * when it is not the one that the records describe.
 */
export async function readLabel(context: LibraryContext, mount: PlannedMount): Promise<OnMediaLabel> {
  const { store } = context;
  const { side: sideId, medium, into, requestId } = mount;
  const label = await readOnMediaLabel(context, into.address, requestId);
  const mismatch = labelMismatch(store, store.table('sides').require(sideId), label);
  if (mismatch === undefined) return label;
  const { name } = store.table('physicalMedia').require(medium);
  throw new NtmsError('ERROR_INVALID_STATE', `${into.name} holds another medium than ${name}: ${mismatch}`, {
    data: { check: 'on-media-label', recordsWrong: true, medium, drive: into.objectId, label },
  });
}
