import type { CompletedCommand } from './command-tree.js';
import { FILES, posixTables } from './posix-tables.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** The script that makes a shell complete `rsm`. It asks nothing of `rsm` while it completes. */
export function completionScript(shell: Shell, tree: readonly CompletedCommand[]): string {
  if (shell === 'fish') return fishScript(tree);
  return shell === 'bash' ? bashScript(tree) : zshScript(tree);
}

/**
 * Both walk the words before the cursor: an option that takes a value hides the next word, a subcommand lengthens the path,
 * anything else is an argument.
 */
function bashScript(tree: readonly CompletedCommand[]): string {
  return `# rsm completion for bash; to have it: source <(rsm completion bash)
${posixTables(tree)}

_rsm() {
  local current=\${COMP_WORDS[COMP_CWORD]} path='' option='' position=1 i word words
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $option ]]; then option=''; continue; fi
    if [[ $word == -* ]]; then
      if _rsm_takes "$path" "$word"; then option=$word; fi
    elif [[ " $(_rsm_commands "$path") " == *" $word "* ]]; then
      path=\${path:+$path }$word
    else
      ((position++))
    fi
  done
  if [[ -n $option ]]; then words=$(_rsm_values "$path" "$option")
  elif [[ $current == -* ]]; then words=$(_rsm_options "$path")
  else words="$(_rsm_commands "$path") $(_rsm_arguments "$path" "$position")"
  fi
  if [[ $words == ${FILES} ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
}
complete -F _rsm rsm
`;
}

function zshScript(tree: readonly CompletedCommand[]): string {
  return `#compdef rsm
# rsm completion for zsh; to have it: source <(rsm completion zsh)
${posixTables(tree)}

_rsm() {
  local current=\${words[CURRENT]} route='' option='' place=1 i word found
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ -n $option ]]; then option=''; continue; fi
    if [[ $word == -* ]]; then
      if _rsm_takes "$route" "$word"; then option=$word; fi
    elif [[ " $(_rsm_commands "$route") " == *" $word "* ]]; then
      route=\${route:+$route }$word
    else
      ((place++))
    fi
  done
  if [[ -n $option ]]; then found=$(_rsm_values "$route" "$option")
  elif [[ $current == -* ]]; then found=$(_rsm_options "$route")
  else found="$(_rsm_commands "$route") $(_rsm_arguments "$route" "$place")"
  fi
  if [[ $found == ${FILES} ]]; then _files
  else compadd -- \${=found}
  fi
}
compdef _rsm rsm
`;
}

function fishScript(tree: readonly CompletedCommand[]): string {
  const paths = tree.map(({ path }) => path).filter((path) => path !== '');
  const takes = tree.flatMap(({ path, options }) =>
    options.filter(({ takesValue }) => takesValue).flatMap(({ names }) => names.map((name) => `${path}:${name}`)),
  );
  const lines = tree.flatMap(({ path, commands, options, arguments: positions }) => {
    const at = `-n ${fishQuoted(`__rsm_at ${fishQuoted(path)}`)}`;
    const named = commands.map(
      ({ name, description }) => `complete -c rsm ${at} -a ${fishQuoted(name)} -d ${fishQuoted(description)}`,
    );
    const words = [...new Set(positions.flat())];
    const choices = words.length === 0 ? [] : [`complete -c rsm ${at} -a ${fishQuoted(words.join(' '))}`];
    return [...named, ...choices, ...options.map((option) => fishOption(at, option))];
  });
  return `# rsm completion for fish; to have it: rsm completion fish | source
function __rsm_path
    set -l path ''
    set -l hidden 0
    for word in (commandline -opc)[2..-1]
        if test $hidden -eq 1
            set hidden 0
        else if string match -q -- '-*' $word
            contains -- "$path:$word" $__rsm_takes; and set hidden 1
        else
            set -l longer (string trim -- "$path $word")
            contains -- "$longer" $__rsm_paths; and set path "$longer"
        end
    end
    echo "$path"
end
function __rsm_at
    set -l path (__rsm_path)
    test "$path" = "$argv[1]"
end
set -g __rsm_paths ${paths.map(fishQuoted).join(' ')}
set -g __rsm_takes ${takes.map(fishQuoted).join(' ')}
complete -c rsm -e
complete -c rsm -f
${lines.join('\n')}
`;
}

function fishOption(at: string, option: CompletedCommand['options'][number]): string {
  const names = option.names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const value = option.isFile ? ' -r -F' : option.takesValue ? ' -x' : '';
  const choices = option.choices.length === 0 ? '' : ` -a ${fishQuoted(option.choices.join(' '))}`;
  return `complete -c rsm ${at} ${names.join(' ')}${value}${choices} -d ${fishQuoted(option.description)}`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
