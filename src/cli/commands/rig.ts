import { findRigFile } from '../../rig/find-rig.js';
import type { CommandContext } from '../command-context.js';
import { chosenRig } from '../chosen-rig.js';

/** `rsm rig`: checks the rig file and shows what it says; with --schema, the JSON schema of rig files. */
export async function showRig(context: CommandContext, options: { readonly schema?: boolean }): Promise<void> {
  const { terminal } = context;
  if (options.schema === true) {
    const { rigJsonSchema } = await import('../../rig/allowed.js');
    const schema = rigJsonSchema();
    terminal.line(JSON.stringify(schema, undefined, 2));
    terminal.document(schema);
    return;
  }
  const { file, origin } = findRigFile({ option: context.options.rig, env: context.env });
  const rig = await chosenRig(context);
  terminal.line(file === undefined ? 'The embedded virtual rig (no rig file is named).' : `${file} (from ${origin})`);
  for (const { name, changer, drive, drives } of rig.libraries) {
    const many =
      drives === undefined ? 'drives found by the changer' : `drives ${drives.map((one) => one.address).join(', ')}`;
    const what = drive === undefined ? `${changer?.transport}, ${many}` : `${drive.transport}, a drive without changer`;
    terminal.line(`  ${name}: ${what}`);
  }
  terminal.document({ file: file ?? null, origin, libraries: rig.libraries });
}
