import type { Command, Option } from 'commander';

/** What can stand after a command, as completion needs it. */
export interface CompletedCommand {
  /** `requests list`; empty for `rsm` itself. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletedOption[];
  /** Choices of each argument in turn; the last ones count for all that follow when `variadic`. */
  readonly arguments: readonly (readonly string[])[];
  readonly variadic: boolean;
}

export interface CompletedOption {
  /** With their dashes. */
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
  /** The value is a path in the file system. */
  readonly isFile: boolean;
}

/** All commands of a program, each with the options that it has of its own and from the program. */
export function commandTree(program: Command): CompletedCommand[] {
  const global = program.options.map(completed);
  const below = (command: Command, path: string): CompletedCommand[] => {
    const visible = command.createHelp().visibleCommands(command);
    const own = command.createHelp().visibleOptions(command).map(completed);
    const known = new Set(own.flatMap(({ names }) => names));
    const last = command.registeredArguments.at(-1);
    return [
      {
        path,
        commands: visible.map((one) => ({ name: one.name(), description: one.description() })),
        options: [...own, ...global.filter(({ names }) => !names.some((name) => known.has(name)))],
        arguments: command.registeredArguments.map(({ argChoices }) => argChoices ?? []),
        variadic: last?.variadic === true,
      },
      ...command.commands.flatMap((one) => below(one, `${path} ${one.name()}`.trim())),
    ];
  };
  const tree = below(program, '');
  // After "help" stand the commands themselves.
  const names = tree[0]?.commands.map(({ name }) => name).filter((name) => name !== 'help') ?? [];
  return [...tree, { path: 'help', commands: [], options: [], arguments: [names], variadic: false }];
}

function completed(option: Option): CompletedOption {
  return {
    names: [option.long, option.short].filter((name) => name !== undefined && name !== null),
    description: option.description,
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? choicesWritten(option.flags),
    isFile: /<(file|folder|path)>/.test(option.flags),
  };
}

/** `--auto-recovery <on|off>` */
function choicesWritten(flags: string): string[] {
  const written = /<([a-z-]+(?:\|[a-z-]+)+)>/.exec(flags)?.[1];
  return written?.split('|') ?? [];
}
