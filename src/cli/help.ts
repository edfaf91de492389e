import type { Command } from 'commander'

/** A command line to try, and what for. */
export interface Example {
  readonly why: string
  /** Without the leading `$`; lines continued with a backslash. */
  readonly line: string
}

const EXAMPLES = new WeakMap<Command, readonly Example[]>()

/** Adds examples to a command's help, and points there after a mistake. */
export function addExamples(command: Command, examples: readonly Example[]): void {
  EXAMPLES.set(command, examples)
  const words = command.parent === null ? [command.name()] : [command.parent.name(), command.name()]
  command.showHelpAfterError(`(${words.join(' ')} --help explains it)`)
  const lines = examples.map(({ why, line }) => `  ${why}\n    $ ${line.replaceAll('\n', '\n      ')}`)
  command.addHelpText('after', `\nExamples:\n${lines.join('\n\n')}\n`)
}

/** Examples of a command; none where it has none. */
export function examplesOf(command: Command): readonly Example[] {
  return EXAMPLES.get(command) ?? []
}
