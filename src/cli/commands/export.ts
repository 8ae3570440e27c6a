import { statSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandContext } from '../command-context.js';
import { withManager } from '../open-manager.js';

/** `rsm export`: ExportNtmsDatabase. */
export async function exportDatabase(context: CommandContext): Promise<void> {
  await withManager(context, async (open) => {
    await open.api.ExportNtmsDatabase(open.session);
    const folder = join(open.store.folder, 'Export');
    const files = readdirSync(folder).map((name) => ({ name, bytes: statSync(join(folder, name)).size }));
    context.terminal.line(`The database is exported to ${folder}.`);
    context.terminal.document({ folder, files });
  });
}
