import { type Command, Option } from 'commander'
import type { Options } from '../actions/collect.ts'
import type { Context } from '../context.ts'
import { addExamples, type Example } from '../help.ts'
import { addGroup, wholeNumber } from '../options/values.ts'

const EXAMPLES: readonly Example[] = [
  {
    why: 'Metadata of the current context, then an analysis with it',
    line: 'masqcheck collect -o cluster && masqcheck node1.pcap --cluster cluster',
  },
  {
    why: 'With the installed rules, addresses and NAT tables of every node',
    line: 'masqcheck collect --agents --context staging -o cluster',
  },
]

/** `masqcheck collect`: what `--cluster` reads, fetched with kubectl. */
export function addCollect(program: Command, context: Context): void {
  const command = program
    .command('collect')
    .summary('gather the metadata of the current kubectl context into a folder for --cluster')
    .description(
      'Runs kubectl for what --cluster reads and writes it into a folder. Only reads; never asks for Secrets, and leaves out environment variables, commands and volumes of pods.',
    )
  addExamples(command, EXAMPLES)
  addGroup(command, 'Collection:', [
    new Option('-o, --output <folder>', 'folder to write; made where it does not exist').makeOptionMandatory(),
    new Option('--agents', 'also run status, iptables-save, ipset, ip and BPF dumps in the Cilium agent of each node'),
    new Option('--context <name>', 'kubectl context; the current one without it'),
    new Option('-n, --namespace <name>', 'namespace Cilium runs in').default('kube-system'),
    new Option('--kubectl <command>', 'kubectl to run').default('kubectl'),
    new Option('--timeout <seconds>', 'longest time for one command').argParser(wholeNumber(1)).default(60),
    new Option('-q, --quiet', 'print nothing but errors'),
    new Option('--no-progress', 'no progress bar'),
  ])
  command.action(async (options: Options) => {
    const { run } = await import('../actions/collect.ts')
    await run(options, context)
  })
}
