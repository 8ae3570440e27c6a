import type { CommandContext } from '../command-context.js';
import { withRecords } from '../open-records.js';
import { table } from '../output/table.js';
import { type KindName, VIEWED_KINDS } from '../views/kinds.js';

/** `rsm view <kind>`. */
export async function view(context: CommandContext, kind: KindName): Promise<void> {
  await withRecords(context, async (open) => {
    const { titles, read } = VIEWED_KINDS[kind];
    const { objects, rows } = await read(open.reader(), context.terminal.width !== undefined);
    const { terminal } = context;
    terminal.line(
      rows.length === 0 ? `There are no ${kind.replace('-', ' ')}.` : table(titles, rows, { width: terminal.width }),
    );
    terminal.document({ kind, objects });
  });
}
