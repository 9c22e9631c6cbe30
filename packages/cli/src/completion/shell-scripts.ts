/**
 * The scripts that make a shell ask this program what can come next. They hold no verbs and no flags,
 * so they stay true when the program changes. Names come from other devices: each script hands them
 * to the shell as data, quoted, never as something to run.
 */
import { shellWord } from '../shell-word.js';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** `launch` starts this program. */
export function completionScript(shell: Shell, launch: readonly string[]): string {
  return scripts[shell](launch.map(shellWord).join(' '));
}

/** Inside quotes only names that mean nothing to the shell are offered; elsewhere each is quoted. */
const bash = (launch: string): string => `# What can come next after holdfast, for bash.
_holdfast() {
  local current=\${COMP_WORDS[COMP_CWORD]} line value quoted
  local -a answer
  COMPREPLY=()
  mapfile -t answer < <(${launch} __complete --quoted -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  case \${answer[0]-} in
    :files | :directories)
      compopt -o filenames 2>/dev/null
      local how=-f
      [[ \${answer[0]} == :directories ]] && how=-d
      mapfile -t COMPREPLY < <(compgen $how -- "$current")
      return
      ;;
  esac
  for line in "\${answer[@]:1}"; do
    value=\${line%%$'\\t'*}
    if [[ $current == [\\'\\"]* ]]; then
      [[ $value =~ ^[A-Za-z0-9_.,/@+=\\ -]+$ ]] || continue
      quoted=$value
    else
      printf -v quoted %q "$value"
    fi
    [[ $value == */ ]] && compopt -o nospace 2>/dev/null
    COMPREPLY+=("$quoted")
  done
}
complete -F _holdfast holdfast
`;

const zsh = (launch: string): string => `#compdef holdfast
# What can come next after holdfast, for zsh.
_holdfast() {
  local -a answer values shown open
  local line value
  answer=("\${(@f)$(${launch} __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  case \${answer[1]} in
    :files) _files; return ;;
    :directories) _files -/; return ;;
  esac
  for line in "\${(@)answer[2,-1]}"; do
    value=\${line%%$'\\t'*}
    if [[ $value == */ ]]; then
      open+=("$value")
    else
      values+=("$value")
      shown+=("$value  \${line#*$'\\t'}")
    fi
  done
  (( \${#open} )) && compadd -S '' -a open
  (( \${#values} )) && compadd -l -d shown -a values
}
if [[ \${funcstack[1]} == _holdfast ]]; then
  _holdfast "$@"
else
  compdef _holdfast holdfast
fi
`;

const fish = (launch: string): string => `# What can come next after holdfast, for fish.
function __holdfast_complete
    set -l current (commandline -ct)
    set -l plain (string unescape -- "$current"; or printf '%s' "$current")
    set -l before (commandline -opc)
    set -e before[1]
    set -l answer (${launch} __complete -- $before "$plain" 2>/dev/null)
    set -l kind $answer[1]
    set -e answer[1]
    switch "$kind"
        case :files
            __fish_complete_path "$plain"
        case :directories
            __fish_complete_directories "$plain"
        case '*'
            test (count $answer) -gt 0; and printf '%s\\n' $answer
    end
end
complete -c holdfast -f -a '(__holdfast_complete)'
`;

const scripts: Readonly<Record<Shell, (launch: string) => string>> = { bash, zsh, fish };
