import { type Command, InvalidArgumentError, Option } from 'commander'

/** Parsers for option values. They throw commander's error, which names the option; only syntax is looked at here. */

/** Gathers a repeatable option. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

/** Gathers a repeatable option whose values may also be joined by commas. */
export function collectList(value: string, before: readonly string[] = []): string[] {
  return [
    ...before,
    ...value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ]
}

/** A whole number from `min` on, to `max` where there is an end; both inclusive. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): (value: string) => number {
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`
  return (value) => {
    const n = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    if (!(n >= min && n <= max)) throw new InvalidArgumentError(`It must be a whole number ${range}.`)
    return n
  }
}

/** A release of Cilium: `1.17`, `v1.17.6`, `1.18.0-rc.1`. */
export function version(value: string): string {
  if (!/^v?\d{1,3}\.\d{1,3}(?:[.+-]|$)/.test(value))
    throw new InvalidArgumentError('It must be a version such as 1.17 or 1.17.6.')
  return value
}

/** An option that takes one of a few words. */
export function choice(flags: string, description: string, words: readonly string[]): Option {
  return new Option(flags, description).choices(words)
}

/** Adds options to a command in a group with a title of its own in the help. */
export function addGroup(command: Command, title: string, options: readonly Option[]): void {
  for (const option of options) command.addOption(option.helpGroup(title))
}
