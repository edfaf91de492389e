import { Argument, type Command } from 'commander'
import { completionScript, SHELLS, type Shell } from '../completion.ts'
import type { Context } from '../context.ts'
import { addExamples } from '../help.ts'

/** `masqcheck completion`: completion scripts. */
export function addCompletion(program: Command, { io }: Context): void {
  const command = program
    .command('completion')
    .summary('print a completion script for bash, zsh or fish')
    .description('Prints a script that completes commands, options and their values.')
    .addArgument(new Argument('<shell>', 'shell to complete in').choices(SHELLS))
  addExamples(command, [
    { why: 'In bash, for this session', line: 'source <(masqcheck completion bash)' },
    { why: 'In fish, for good', line: 'masqcheck completion fish > ~/.config/fish/completions/masqcheck.fish' },
  ])
  command.action(async (shell: Shell) => {
    const { writePieces } = await import('../output.ts')
    await writePieces([completionScript(shell, program)], null, io)
  })
}
