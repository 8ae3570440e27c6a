import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { commandTree } from '../completion/command-tree.js';
import { completionScript, type Shell } from '../completion/scripts.js';

/** `rsm completion`: prints what makes a shell complete this version's commands. */
export function completion({ terminal }: CommandContext, program: Command, shell: Shell): void {
  const script = completionScript(shell, commandTree(program));
  terminal.line(script.trimEnd());
  terminal.document({ shell, script });
}
