import type { Command, Option } from 'commander'
import { examplesOf } from './help.ts'

/** The manual page of the whole program as roff, made from the definitions of the commands; man(7). */
export function manPage(program: Command, version: string): string {
  const commands = program.commands
  const lines = [
    `.TH MASQCHECK 1 "" "masqcheck ${version}" "User Commands"`,
    '.SH NAME',
    `masqcheck \\- ${roff(firstLower(program.description()).replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    '.B masqcheck',
    roff('<capture…> [options]'),
    ...commands.flatMap((command) => ['.br', `.B masqcheck ${command.name()}`, roff(synopsis(command))]),
    '.SH DESCRIPTION',
    roff(program.description()),
    roff('Without a command, captures are analysed.'),
    ...commands.flatMap(commandSection),
    '.SH EXIT STATUS',
    ...EXIT_STATUS.flatMap(([status, meaning]) => ['.TP', `.B ${status}`, roff(meaning)]),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, meaning]) => ['.TP', `.B ${name}`, roff(meaning)]),
  ]
  return `${lines.join('\n')}\n`
}

const EXIT_STATUS: readonly (readonly [string, string])[] = [
  ['0', 'Analysed; nothing that --fail-on names, every expectation met.'],
  ['1', 'Analysed; at least one contradiction (or what --fail-on names), or an expectation failed.'],
  ['2', 'Could not be analysed: wrong usage, unreadable or malformed input, contradictory options.'],
  ['130, 143', 'Interrupted by SIGINT or SIGTERM; what was finished until then is reported.'],
]

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['NO_COLOR, FORCE_COLOR', 'No colour, or colour everywhere, where neither --color nor --no-color is given.'],
  ['COLUMNS', 'Width of tables where the output is no terminal.'],
  ['GITHUB_STEP_SUMMARY', 'With --format github, the file that the summary in Markdown is added to.'],
]

function commandSection(command: Command): string[] {
  const groups = new Map<string, Option[]>()
  const help = command.createHelp()
  for (const option of help.visibleOptions(command)) {
    const title = option.helpGroupHeading ?? 'Options:'
    groups.set(title, [...(groups.get(title) ?? []), option])
  }
  return [
    `.SH MASQCHECK ${command.name().toUpperCase()}`,
    '.B masqcheck',
    roff(`${command.name()} ${synopsis(command)}`),
    '.PP',
    roff(command.description()),
    ...[...groups].flatMap(([title, options]) => [
      `.SS ${roff(title.replace(/:$/, ''))}`,
      ...options.flatMap((option) => ['.TP', `.B ${roff(option.flags)}`, roff(help.optionDescription(option))]),
    ]),
    ...examplesOf(command).flatMap(({ why, line }) => [
      '.PP',
      roff(why),
      '.PP',
      '.nf',
      '.RS',
      roff(line),
      '.RE',
      '.fi',
    ]),
  ]
}

function synopsis(command: Command): string {
  const named = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '…' : ''}`
    return argument.required ? `<${name}>` : `[${name}]`
  })
  return [...named, '[options]'].join(' ')
}

// A dot or an apostrophe at the start of a line would be a request.
function roff(text: string): string {
  return text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^(?=[.'])/gm, '\\&')
    .replaceAll('…', '...')
}

function firstLower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
