/**
 * Completion scripts of the shells. All pass the line to `desktop __complete`, whose output is `value TAB
 * description` lines, or `:files` alone for file names, which the shell completes itself. No space is added
 * after values that end in `=`.
 */
export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

// COMP_WORDS is cut at : and =, which are parts of our words; so the line is read instead, and what bash has
// already of the word up to the last of them is taken off the answers.
const bash = `# bash completion for desktop: source <(desktop completion bash)
_desktop() {
  local line=\${COMP_LINE:0:COMP_POINT} words=() cur cut answer
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  cur=\${words[\${#words[@]}-1]}
  cut=\${cur%"\${cur##*[:=]}"}
  COMPREPLY=()
  while IFS= read -r answer; do
    if [[ $answer == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r answer; do COMPREPLY+=("$answer"); done < <(compgen -f -- "\${cur#"$cut"}")
      return
    fi
    answer=\${answer%%$'\\t'*}
    [[ $answer == *= ]] && compopt -o nospace 2>/dev/null
    COMPREPLY+=("\${answer#"$cut"}")
  done < <("\${words[0]}" __complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _desktop desktop
`

const zsh = `#compdef desktop
# zsh completion for desktop: source <(desktop completion zsh), or a file _desktop in $fpath
_desktop() {
  local -a values shown open opened
  local answer value
  while IFS= read -r answer; do
    if [[ $answer == :files ]]; then
      _files
      return
    fi
    value=\${answer%%$'\\t'*}
    if [[ $value == *= ]]; then
      open+=("$value"); opened+=("\${answer/$'\\t'/  -- }")
    else
      values+=("$value"); shown+=("\${answer/$'\\t'/  -- }")
    fi
  done < <("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( $#values )) && compadd -l -d shown -a values
  (( $#open )) && compadd -l -S '' -d opened -a open
}
if [[ \${funcstack[1]-} == _desktop ]]; then
  _desktop
elif (( $+functions[compdef] )); then
  compdef _desktop desktop
fi
`

const fish = `# fish completion for desktop: desktop completion fish | source
function __desktop_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l answers ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
    if test "$answers[1]" = :files
        __fish_complete_path "$current"
    else
        printf '%s\\n' $answers
    end
end
complete -c desktop -f -a '(__desktop_complete)'
`

export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish }
