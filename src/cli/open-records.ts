import { join } from 'node:path';
import { FolderLockedError } from '../../devices/folder-lock.js';
import type { HardwareError } from '../library/library-hardware.js';
import { recordedApi } from '../ntms/recorded-api.js';
import { RecordedObjects } from '../objects/recorded-objects.js';
import type { Rig } from '../rig/rig.js';
import { chosenRig, chosenStateFolder } from './chosen-rig.js';
import type { CommandContext } from './command-context.js';
import { withManager } from './open-manager.js';
import { ObjectReader } from './views/object-reader.js';

/** What a command that only shows things works with. */
export interface OpenRecords {
  readonly rig: Rig;
  /** Libraries of the rig that cannot be used. */
  readonly failures: readonly HardwareError[];
  /** Set when another process has the library: what is shown is what it has recorded last. */
  readonly recorded?: { readonly holder: unknown };
  reader(): ObjectReader;
}

/**
 * Runs `use` on the manager, as every command; while another process has the database, on what that one has recorded, with a
 * note that says so. Nothing is asked of the hardware then.
 */
export async function withRecords<T>(context: CommandContext, use: (records: OpenRecords) => Promise<T>): Promise<T> {
  // An error of `use` is its own, whatever code it has.
  let isUsed = false;
  try {
    return await withManager(context, async (open) => {
      isUsed = true;
      return use({ rig: open.rig, failures: open.manager.failures, reader: () => open.reader() });
    });
  } catch (error) {
    const folder = join(chosenStateFolder(context), 'database');
    if (isUsed || !isLockOn(folder, error)) throw error;
    return withRecordedOnly(context, { folder, error }, use);
  }
}

async function withRecordedOnly<T>(
  context: CommandContext,
  { folder, error }: { readonly folder: string; readonly error: FolderLockedError },
  use: (records: OpenRecords) => Promise<T>,
): Promise<T> {
  const rig = await chosenRig(context);
  const objects = openRecorded(folder, context, error);
  try {
    objects.holdStill();
    const { holder } = error;
    const who = holder === undefined ? 'another process' : `process ${holder.pid} (${holder.command})`;
    context.terminal.note(`The library is in use by ${who}; this is what it has recorded.`);
    const { api, session } = recordedApi(objects);
    const reader = (): ObjectReader => new ObjectReader(api, session, objects);
    return await use({ rig, failures: [], recorded: { holder: holder ?? null }, reader });
  } finally {
    objects.close();
  }
}

/** Who has the folder may just be making or replacing the database: then the lock is all that can be told. */
function openRecorded(folder: string, { clock }: CommandContext, locked: FolderLockedError): RecordedObjects {
  try {
    return RecordedObjects.open(folder, clock);
  } catch (error) {
    if (error instanceof Error && 'reason' in error) throw locked;
    throw error;
  }
}

function isLockOn(folder: string, error: unknown): error is FolderLockedError {
  return error instanceof FolderLockedError && error.folder === folder;
}
