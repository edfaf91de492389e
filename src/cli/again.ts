import type { Command, Option } from 'commander'

/** Options that say how a report looks or is sifted, not what is read and judged. */
const LOOKS: ReadonlySet<string> = new Set(
  'format output color quiet verbose progress where sort limit all failOn expect whatIf'.split(' '),
)

/** A hint longer than this helps nobody. */
const LONGEST = 160

/**
 * What a command was given to read, as a shell would take it again: captures, metadata, facts given by hand.
 *
 * @returns `undefined` where it cannot be given again (standard input) or would fill the screen.
 */
export function inputArguments(captures: readonly string[], command: Command): string | undefined {
  if (captures.includes('-')) return undefined
  const given = command.options.filter((option) => {
    const name = option.attributeName()
    return !LOOKS.has(name) && command.getOptionValueSource(name) === 'cli'
  })
  const words = given.flatMap((option) => optionWords(option, command.getOptionValue(option.attributeName())))
  // Captures come first: --cluster takes every word that follows it.
  const text = [...captures, ...words].map(shellWord).join(' ')
  return text.length > LONGEST || text === '' ? undefined : text
}

function optionWords(option: Option, value: unknown): string[] {
  const flag = option.long ?? option.flags
  if (value === true) return [flag]
  if (!Array.isArray(value)) return [flag, String(value)]
  return option.variadic ? [flag, ...value.map(String)] : value.flatMap((each) => [flag, String(each)])
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
