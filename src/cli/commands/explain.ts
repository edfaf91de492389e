import { type Command, Option } from 'commander'
import type { Options } from '../actions/explain.ts'
import type { Context } from '../context.ts'
import { addExamples, type Example } from '../help.ts'
import { addClusterOptions } from '../options/cluster.ts'
import { addOutputOptions, RECORD_FORMATS } from '../options/output.ts'
import { addGroup, choice, collect, wholeNumber } from '../options/values.ts'

const EXAMPLES: readonly Example[] = [
  {
    why: "Why does this pod's traffic leave with the node's address?",
    line: 'masqcheck explain --cluster captures/seed/cluster-bpf --from 10.244.2.53 --to 172.17.0.6:80',
  },
  {
    why: 'Pods and nodes by name, and what would change with iptables masquerading',
    line: 'masqcheck explain --cluster captures/seed/cluster-bpf --from pod/default/net-client \\\n  --to node/kind-control-plane:10250 --diff masquerade=iptables',
  },
  {
    why: 'Without any file, all facts by hand',
    line: 'masqcheck explain --masquerade bpf --routing native --native-routing-cidr 10.244.0.0/16 \\\n  --node kind-worker=172.17.0.4 --pod-cidr kind-worker=10.244.2.0/24 --from 10.244.2.53 --to 1.1.1.1:443',
  },
]

/** `masqcheck explain`: the decision for one packet, rule by rule. */
export function addExplain(program: Command, context: Context): void {
  const command = program
    .command('explain')
    .summary('why one packet is masqueraded or not, rule by rule')
    .description(
      'Prints what the settings do with the source address of one packet, and every rule asked on the way, with the line of configuration behind it.',
    )
  addExamples(command, EXAMPLES)
  addGroup(command, 'The packet:', [
    new Option('--from <source>', 'address, pod/<namespace>/<name> or node/<name>').makeOptionMandatory(),
    new Option('--to <destination>', 'address, pod/…, node/… or svc/…, with :port').makeOptionMandatory(),
    choice('--protocol <name>', 'protocol', ['tcp', 'udp', 'icmp', 'sctp']).default('tcp'),
    new Option('--source-port <port>', 'source port').argParser(wholeNumber(0, 65535)),
    new Option('--out-interface <device>', 'device the packet leaves by; told from routes without it'),
    new Option('--reply', 'the packet answers a connection that the destination opened'),
    new Option(
      '--fact <key=value>',
      'mark=0xa00, dnat=true, skip-tunnel=true, no-snat-endpoint=true, icmp-type=8; repeatable',
    ).argParser(collect),
    new Option(
      '--diff <settings>',
      'decide again with key=value, or the settings of a file, laid over; repeatable',
    ).argParser(collect),
  ])
  addClusterOptions(
    command,
    'address of a node, or the name of the node that decides (told from the source without it)',
  )
  addOutputOptions(command, RECORD_FORMATS)
  command.action(async (options: Options) => {
    const { run } = await import('../actions/explain.ts')
    await run(options, context)
  })
}
