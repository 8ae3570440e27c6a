import { join } from 'node:path';
import type { CommandContext } from '../command-context.js';
import { withManager } from '../open-manager.js';

/** `rsm import`: ImportNtmsDatabase. The set is taken at the next start, which is the next command. */
export async function importDatabase(context: CommandContext): Promise<void> {
  await withManager(context, async (open) => {
    await open.api.ImportNtmsDatabase(open.session);
    const folder = join(open.store.folder, 'Export');
    context.terminal.line(
      `The next command takes ${folder} in place of the database, and keeps the old one beside it.`,
    );
    context.terminal.document({ folder, pending: true });
  });
}
