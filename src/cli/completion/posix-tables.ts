import type { CompletedCommand } from './command-tree.js';

/** Stands among the values of an option whose value is a path. */
export const FILES = '@files';

/**
 * The tree as shell functions that bash and zsh both understand: `_rsm_commands PATH`, `_rsm_options PATH`,
 * `_rsm_values PATH OPTION`, `_rsm_takes PATH OPTION` and `_rsm_arguments PATH POSITION` print words, or say yes.
 */
export function posixTables(tree: readonly CompletedCommand[]): string {
  const values = tree.flatMap(({ path, options }) =>
    options
      .filter(({ choices, isFile }) => choices.length > 0 || isFile)
      .map(({ names, choices, isFile }) => ({
        keys: names.map((name) => `${path}:${name}`),
        words: isFile ? [FILES] : choices,
      })),
  );
  const takes = tree.flatMap(({ path, options }) =>
    options.filter(({ takesValue }) => takesValue).flatMap(({ names }) => names.map((name) => `${path}:${name}`)),
  );
  const positions = tree.flatMap((command) =>
    command.arguments.flatMap((words, index) => {
      const isLast = command.variadic && index === command.arguments.length - 1;
      return words.length === 0 ? [] : [{ keys: [`${command.path}:${isLast ? '*' : index + 1}`], words }];
    }),
  );
  return [
    table(
      '_rsm_commands',
      tree.map(({ path, commands }) => ({ keys: [path], words: commands.map(({ name }) => name) })),
    ),
    table(
      '_rsm_options',
      tree.map(({ path, options }) => ({ keys: [path], words: options.flatMap(({ names }) => names) })),
    ),
    table('_rsm_values', values),
    table('_rsm_arguments', positions),
    `_rsm_takes() {\n  case "$1:$2" in\n    ${takes.map(quoted).join(' | \\\n    ')}) return 0 ;;\n  esac\n  return 1\n}`,
  ].join('\n\n');
}

interface Entry {
  readonly keys: readonly string[];
  readonly words: readonly string[];
}

function table(name: string, entries: readonly Entry[]): string {
  const lines = entries
    .filter(({ words }) => words.length > 0)
    .map(({ keys, words }) => `    ${keys.map(pattern).join(' | ')}) echo ${quoted(words.join(' '))} ;;`);
  const key = name === '_rsm_values' || name === '_rsm_arguments' ? '"$1:$2"' : '"$1"';
  return `${name}() {\n  case ${key} in\n${lines.join('\n')}\n  esac\n}`;
}

/** A key to be matched as it is, but for a star at its end. */
function pattern(key: string): string {
  return key.endsWith(':*') ? `${quoted(key.slice(0, -1))}*` : quoted(key);
}

/** One word of the shell, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
