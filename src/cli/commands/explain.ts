import { type Command, Option } from 'commander'
import { UsageError } from '../../core/errors.ts'
import { parseIp } from '../../core/ip.ts'
import type { Difference, Explanation } from '../../report/explain.ts'
import type { Context } from '../context.ts'
import { parseQuery, type QueryOptions } from '../explain-query.ts'
import { addExamples, type Example } from '../help.ts'
import { type Io, outputWidth, useColor } from '../io.ts'
import { addClusterOptions, type ClusterOptions, givenFacts } from '../options/cluster.ts'
import { addOutputOptions, type OutputOptions } from '../options/output.ts'
import { addGroup, choice, collect, wholeNumber } from '../options/values.ts'
import { writePieces } from '../output.ts'
import { fileQuotes } from '../quote.ts'
import { writeWarnings } from '../warnings.ts'

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

type Options = ClusterOptions & OutputOptions & Omit<QueryOptions, 'node'> & { readonly diff?: readonly string[] }

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
    new Option('--source-port <port>', 'source port').argParser(wholeNumber(0)),
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
  addOutputOptions(command, ['table', 'json', 'ndjson'])
  command.action((options: Options) => run(options, context))
}

async function run(options: Options, { io }: Context): Promise<void> {
  const [{ loadCluster }, { decide }, { decideInstalled }, { overlayFacts }] = await Promise.all([
    import('../../cluster/load.ts'),
    import('../../masquerade/decide.ts'),
    import('../../masquerade/installed/decide-installed.ts'),
    import('../overlay.ts'),
  ])
  const { facts, node } = splitNodeOption(options)
  const { ciliumVersion } = options
  const source = { paths: options.cluster ?? [], ...(ciliumVersion === undefined ? {} : { ciliumVersion }) }
  const cluster = await loadCluster({ ...source, given: facts })
  writeWarnings(cluster.warnings, io, options)
  const { node: _, ...question } = options
  const named = parseQuery(node === undefined ? question : { ...question, node }, cluster.addressBook)
  const explanation = {
    ...named,
    decision: decide(named.query, cluster),
    installed: decideInstalled(named.query, cluster),
  }
  let difference: Difference | null = null
  if (options.diff !== undefined) {
    const { given, settings } = await overlayFacts(facts, options.diff)
    difference = { settings, decision: decide(named.query, await loadCluster({ ...source, given })) }
  }
  await writePieces(await render(explanation, difference, options, io), options.output, io)
}

async function render(
  explanation: Explanation,
  difference: Difference | null,
  options: Options,
  io: Io,
): Promise<Iterable<string>> {
  if (options.format === 'json' || options.format === 'ndjson') {
    const { decisionJson } = await import('../../report/decision-json.ts')
    return decisionJson(explanation.decision, difference, options.format)
  }
  const { explain } = await import('../../report/explain.ts')
  const look = { width: outputWidth(io), color: useColor(io.stdout, options.color), quote: fileQuotes() }
  return explain(explanation, difference, look)
}

/** `--node` is an address of a node (`name=ip` or `ip`) or, as a bare name, the node that decides. */
function splitNodeOption(options: Options): { facts: ReturnType<typeof givenFacts>; node: string | undefined } {
  const isFact = (text: string) => text.includes('=') || parseIp(text) !== undefined
  const names = (options.node ?? []).filter((text) => !isFact(text))
  if (names.length > 1) throw new UsageError(`--node names several nodes that should decide: ${names.join(', ')}`)
  const { node: _, ...others } = options
  const addresses = (options.node ?? []).filter(isFact)
  return { facts: givenFacts(addresses.length > 0 ? { ...others, node: addresses } : others), node: names[0] }
}
