import type { Command } from 'commander'
import type { CapturePoint } from '../../audit/verdict.ts'
import type { AddressBook, Identity } from '../../cluster/address-book.ts'
import type { Flow } from '../../flow/flow.ts'
import type { Sighting } from '../../report/report.ts'
import type { Context } from '../context.ts'
import { ExitStatus } from '../errors.ts'
import { compileFilter } from '../filter.ts'
import { flowOutput } from '../flow-output.ts'
import { addExamples, type Example } from '../help.ts'
import { readingBar, splitInputs } from '../inputs.ts'
import { INTERRUPTED, watchSignals } from '../interrupt.ts'
import { clusterRequest } from '../load-cluster.ts'
import { addCaptureOptions, CAPTURE_ARGUMENT, type CaptureOptions, flowOptions } from '../options/capture.ts'
import { addClusterOptions, type ClusterOptions, givenFacts } from '../options/cluster.ts'
import { addOutputOptions, addSelectionOptions, type OutputOptions, type SelectionOptions } from '../options/output.ts'
import { destinations } from '../output.ts'
import { skippedNotes, writeWarnings } from '../warnings.ts'

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
const FORMATS = ['table', 'json', 'ndjson', 'zeek', 'zeek-json', 'html']

type Options = ClusterOptions & CaptureOptions & OutputOptions & SelectionOptions

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
  addOutputOptions(command, FORMATS)
  addClusterOptions(command)
  command.action((captures: string[], options: Options) => run(captures, options, context))
}

async function run(named: readonly string[], options: Options, { io, setStatus }: Context): Promise<void> {
  const where = destinations(options.format, options.output ?? [])
  const { captures, cluster } = splitInputs(named, options)
  const [{ resolveInputs }, { readFlows }] = await Promise.all([
    import('../../capture/inputs.ts'),
    import('../../flow/read-flows.ts'),
  ])
  const book = await addressBook({ ...options, cluster })
  const matches = options.where === undefined ? null : await compileFilter(options.where)
  const onSkipped = skippedNotes(io, options)
  const sets = await resolveInputs(captures, {
    stdin: io.stdin,
    onSkipped,
    ...(options.at === undefined ? {} : { at: options.at }),
  })
  const output = flowOutput({ where, options, io, sets, matches })
  const interrupt = watchSignals()
  const bar = readingBar(io, options.progress && !options.quiet)
  try {
    const signal = AbortSignal.any([interrupt.signal, output.unread])
    const summaries = await readFlows(sets, { ...flowOptions(options), signal, onProgress: bar.onProgress }, (flow) => {
      output.add(sightingOf(flow, book))
    })
    bar.stop()
    if (interrupt.status() !== null) io.stderr.write(INTERRUPTED)
    await output.finish(summaries, interrupt.status() !== null)
    writeWarnings(
      summaries.flatMap(({ warnings }) => warnings),
      io,
      options,
    )
    setStatus(interrupt.status() ?? ExitStatus.Ok)
  } catch (error) {
    await output.abandon()
    throw error
  } finally {
    bar.stop()
    interrupt.stop()
  }
}

/** Names for addresses, where metadata was given. */
async function addressBook(options: ClusterOptions): Promise<AddressBook | null> {
  const request = clusterRequest(options)
  if (request.paths?.length === 0 && Object.keys(givenFacts(options)).length === 0) return null
  const { loadCluster } = await import('../../cluster/load.ts')
  return (await loadCluster(request)).addressBook
}

const NOT_JUDGED: CapturePoint = {
  kind: 'unknown',
  name: null,
  interface: null,
  side: 'both',
  basis: 'not judged',
  assumed: true,
}

function sightingOf(flow: Flow, book: AddressBook | null): Sighting {
  const identify = (ip: string): Identity =>
    book?.lookup(ip) ?? { ip, kind: 'unknown', name: null, node: null, basis: 'no metadata', source: null }
  return { flow, source: identify(flow.source.ip), destination: identify(flow.destination.ip), point: NOT_JUDGED }
}
