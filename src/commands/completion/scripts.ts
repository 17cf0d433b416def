/**
 * The shells that have a completion script. The scripts request the candidates from fedctl at run time, so
 * the scripts do not become outdated.
 */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * Readline splits words at `=` and `:`, so the function rejoins words that have no space between them.
 * `printf %q` quotes the candidates. After an open quotation mark, only candidates without special characters
 * are offered.
 */
const BASH = String.raw`# bash completion for fedctl
_fedctl() {
  local rest=${'$'}{COMP_LINE:0:COMP_POINT} words=() piece
  for piece in "${'$'}{COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    if [[ ${'$'}{#words[@]} -eq 0 || $rest == [[:blank:]]* ]]; then
      rest=${'$'}{rest#"${'$'}{rest%%[![:blank:]]*}"}
      words+=('')
    fi
    [[ $rest == "$piece"* ]] || piece=$rest
    words[${'$'}{#words[@]}-1]+=$piece
    rest=${'$'}{rest#"$piece"}
  done
  local current=${'$'}{words[${'$'}{#words[@]}-1]} typed=$2 value description quoted
  [[ $current == *"$typed" ]] || typed=$current
  local before=${'$'}{current%"$typed"} quote=
  case $before in *[\"\']) quote=1 before=${'$'}{before%?} ;; esac
  COMPREPLY=()
  while IFS= read -r value && IFS= read -r description; do
    [[ $value == "$before"* ]] || continue
    value=${'$'}{value#"$before"}
    if [[ -n $quote ]]; then
      [[ $value == "$typed"* && $value != *[!A-Za-z0-9_./@%+=:,\ -]* ]] && COMPREPLY+=("$value")
      continue
    fi
    printf -v quoted %q "$value"
    [[ $value == "$typed"* || $quoted == "$typed"* ]] && COMPREPLY+=("$quoted")
  done < <(command fedctl completion bash --output human -- "${'$'}{words[@]:1}" 2>/dev/null)
}
complete -o default -F _fedctl fedctl
`;

/**
 * zsh quotes the inserted text. `(Q)` removes one level of quotes from the typed words and does not expand
 * variables or commands.
 */
const ZSH = String.raw`#compdef fedctl
# zsh completion for fedctl
_fedctl() {
  local value description
  local -a described
  while IFS= read -r value && IFS= read -r description; do
    value=${'$'}{${'$'}{value//\\/\\\\}//:/\\:}
    described+=("$value${'$'}{description:+:$description}")
  done < <(command fedctl completion zsh --output human -- "${'$'}{(@Q)words[2,CURRENT]}" 2>/dev/null)
  if (( $#described )); then _describe fedctl described; else _files; fi
}
if [[ $funcstack[1] == _fedctl ]]; then _fedctl; else compdef _fedctl fedctl; fi
`;

/** fish quotes the inserted text, so the script prints the candidates without quotes. */
const FISH = String.raw`# fish completion for fedctl
function __fedctl_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines (command fedctl completion fish --output human -- $words[2..-1] 2>/dev/null)
    for i in (seq 1 2 (count $lines))
        printf '%s\t%s\n' $lines[$i] $lines[(math $i + 1)]
    end
    test (count $lines) -gt 0; or __fish_complete_path (commandline -ct)
end
complete -c fedctl -f -a '(__fedctl_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
