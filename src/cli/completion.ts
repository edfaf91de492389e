import type { Command, Option } from 'commander'

/** What a shell can complete of one command. */
interface Completable {
  readonly name: string
  readonly summary: string
  readonly options: readonly CompletableOption[]
}

interface CompletableOption {
  /** `-f`, `--format`. */
  readonly flags: readonly string[]
  readonly description: string
  /** `null` where the option takes no value; empty where the value is a file or free text. */
  readonly values: readonly string[] | null
}

/** Shells there are completion scripts for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** The completion script of a shell, made from the definitions of the commands. */
export function completionScript(shell: Shell, program: Command): string {
  const commands = program.commands.map(completable)
  const analyze = commands.find(({ name }) => name === 'analyze')
  // `masqcheck <capture>` is `masqcheck analyze <capture>`.
  const bare = { name: '', summary: '', options: [...optionsOf(program), ...(analyze?.options ?? [])] }
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](commands, bare)
}

function completable(command: Command): Completable {
  return { name: command.name(), summary: command.summary(), options: optionsOf(command) }
}

function optionsOf(command: Command): CompletableOption[] {
  return command.createHelp().visibleOptions(command).map(completableOption)
}

function completableOption({ short, long, description, required, optional, argChoices }: Option): CompletableOption {
  const flags = [short, long].filter((flag): flag is string => flag !== undefined && flag !== null)
  return { flags, description, values: required || optional ? (argChoices ?? []) : null }
}

function bashScript(commands: readonly Completable[], bare: Completable): string {
  const names = commands.map(({ name }) => name).join(' ')
  const flagWords = ({ options }: Completable): string => options.flatMap(({ flags }) => flags).join(' ')
  // The same option may take other values in another command.
  const choices = ({ name, options }: Completable): string[] =>
    options
      .filter(({ values }) => values !== null && values.length > 0)
      .map(({ flags, values }) => {
        const pattern = flags.map((flag) => `${name || '*'}:${flag}`).join('|')
        return `    ${pattern}) COMPREPLY=($(compgen -W '${values?.join(' ')}' -- "$current")); return ;;`
      })
  return `# bash completion for masqcheck: source it, or put it into the completions folder
_masqcheck() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words=
  case \${COMP_WORDS[1]}:$previous in
${[...commands, bare].flatMap(choices).join('\n')}
  esac
  if [[ $current == -* ]]; then
    case \${COMP_WORDS[1]} in
${commands.map((command) => `      ${command.name}) words='${flagWords(command)}' ;;`).join('\n')}
      *) words='${flagWords(bare)}' ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    return
  fi
  ((COMP_CWORD == 1)) && COMPREPLY=($(compgen -W '${names}' -- "$current"))
  COMPREPLY+=($(compgen -f -- "$current"))
}
complete -o filenames -F _masqcheck masqcheck
`
}

function zshScript(commands: readonly Completable[], bare: Completable): string {
  // Inside single quotes; colons, brackets and backslashes mean something to _arguments.
  const quote = (text: string): string => text.replaceAll("'", "'\\''").replace(/[:[\]\\]/g, '\\$&')
  const spec = ({ flags, description, values }: CompletableOption): string => {
    const names = flags.length > 1 ? `{${flags.join(',')}}` : (flags[0] ?? '')
    const value = values === null ? '' : `:value:${values.length > 0 ? `(${values.join(' ')})` : '_files'}`
    return `'*'${names}'[${quote(description)}]${value}'`
  }
  const block = ({ options }: Completable): string => options.map(spec).join(' \\\n        ')
  return `#compdef masqcheck
# zsh completion for masqcheck: put it into a folder of $fpath as _masqcheck
_masqcheck() {
  local -a commands=(
${commands.map(({ name, summary }) => `    '${name}:${quote(summary)}'`).join('\n')}
  )
  if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then
    _describe command commands
    _files
    return
  fi
  case $words[2] in
${commands.map((command) => `    ${command.name})\n      _arguments ${block(command)} \\\n        '*:file:_files' ;;`).join('\n')}
    *)
      _arguments ${block(bare)} \\
        '*:file:_files' ;;
  esac
}
compdef _masqcheck masqcheck 2>/dev/null
`
}

function fishScript(commands: readonly Completable[], bare: Completable): string {
  const quote = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`
  const names = commands.map(({ name }) => name).join(' ')
  const line = (condition: string, { flags, description, values }: CompletableOption): string => {
    const parts = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
    const value = values === null ? '' : values.length > 0 ? ` -x -a ${quote(values.join(' '))}` : ' -r'
    return `complete -c masqcheck -n ${quote(condition)} ${parts.join(' ')}${value} -d ${quote(description)}`
  }
  const none = `not __fish_seen_subcommand_from ${names}`
  return [
    '# fish completion for masqcheck: put it into ~/.config/fish/completions/masqcheck.fish',
    ...commands.map(({ name, summary }) => `complete -c masqcheck -n ${quote(none)} -a ${name} -d ${quote(summary)}`),
    ...bare.options.map((option) => line(none, option)),
    ...commands.flatMap(({ name, options }) =>
      options.map((option) => line(`__fish_seen_subcommand_from ${name}`, option)),
    ),
    '',
  ].join('\n')
}
