import type { Command } from 'commander'
import type { Options } from '../actions/flows.ts'
import type { Context } from '../context.ts'
import { addExamples, type Example } from '../help.ts'
import { addCaptureOptions, CAPTURE_ARGUMENT } from '../options/capture.ts'
import { addClusterOptions } from '../options/cluster.ts'
import { addOutputOptions, addSelectionOptions, FLOW_FORMATS } from '../options/output.ts'

const EXAMPLES: readonly Example[] = [
  { why: 'Every connection of a pasted tcpdump', line: 'masqcheck flows captures/seed/nginx-eth0.txt' },
  {
    why: 'Connections nobody answered, largest first',
    line: 'masqcheck flows captures/seed --where \'tcp.connState == "S0"\' --sort -forward.packets',
  },
  {
    why: 'From a node, while it captures',
    line: 'kubectl exec -n kube-system ds/cilium -- tcpdump -U -i eth0 -w - | masqcheck flows -',
  },
  { why: 'For tools that read Zeek', line: 'masqcheck flows captures/seed --format zeek -o conn.log' },
]

/** Formats that make sense without verdicts. */
/** `masqcheck flows`: flow reconstruction alone. */
export function addFlows(program: Command, context: Context): void {
  const command = program
    .command('flows')
    .summary('flows alone (TCP, UDP, ICMP, SCTP), without cluster metadata')
    .description(
      'Reconstructs flows: who opened them, what became of them (in the vocabulary of Zeek), counts, bytes and round-trip times. With --cluster, addresses get names.',
    )
    .argument('[captures...]', CAPTURE_ARGUMENT)
  addExamples(command, EXAMPLES)
  addCaptureOptions(command)
  addSelectionOptions(command)
  addOutputOptions(command, FLOW_FORMATS)
  addClusterOptions(command)
  command.action(async (captures: string[], options: Options) => {
    const { run } = await import('../actions/flows.ts')
    await run(captures, options, context)
  })
}
