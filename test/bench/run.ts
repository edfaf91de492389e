// `npm run bench`: whole processes on the same file in the same run, peers included, ratios of medians.
// Options: --packets N (5 000 000; the first table has four times as many), --runs N (3), --quick (100 000 packets, one run), --write (the tables of README.md).
import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { createGzip } from 'node:zlib'
import { markdownTable } from 'markdown-table'
import { makePcap, makePcapng, makeText } from './make-captures.ts'

const HERE = import.meta.dirname
const ROOT = resolve(HERE, '../..')
const CLI = join(ROOT, 'bin/masqcheck.js')
const OURS = join(HERE, 'ours.js')

const { values } = parseArgs({
  options: {
    packets: { type: 'string', default: '5000000' },
    runs: { type: 'string', default: '3' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const packets = values.quick ? 100_000 : Number(values.packets)
const runs = values.quick ? 1 : Number(values.runs)
const folder = mkdtempSync(join(tmpdir(), 'masqcheck-bench-'))

interface Timing {
  readonly seconds: number
  /** Of all threads, user and system. Other load on the machine moves it less than the time on the clock. */
  readonly cpuSeconds: number
  readonly megabytes: number
}

interface Row extends Timing {
  readonly name: string
  readonly items: number
}

/** One run of a command as a whole process. @returns `null` where the tool is not installed or fails. */
function time(command: readonly string[], input?: string): Timing | null {
  const [program = '', ...args] = command
  const redirect = input === undefined ? '' : ` < '${input}'`
  const shell = `exec /usr/bin/time -f '%e %U %S %M' -o '${folder}/time' "$0" "$@" >/dev/null 2>&1${redirect}`
  const result = spawnSync('sh', ['-c', shell, program, ...args], { stdio: ['ignore', 'ignore', 'ignore'] })
  if (result.status !== 0) return null
  const [seconds = 0, user = 0, system = 0, kilobytes = 0] =
    readFileSync(join(folder, 'time'), 'utf8').trim().split('\n').at(-1)?.split(' ').map(Number) ?? []
  return { seconds, cpuSeconds: user + system, megabytes: kilobytes / 1024 }
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}

/** Ends the names of those that take so long that one run must do. */
const ONCE = '(one run)'

/** Every command once a round, so that a machine whose speed drifts drifts for all. */
function measure(commands: Readonly<Record<string, readonly string[]>>, items: number, input?: string): Row[] {
  // Captures just made would be written to the disk meanwhile.
  spawnSync('sync')
  const all = new Map<string, Timing[]>()
  for (let run = 0; run < runs; run++) {
    for (const [name, command] of Object.entries(commands)) {
      if (run > 0 && name.endsWith(ONCE)) continue
      const timing = time(command, input)
      if (timing) all.set(name, [...(all.get(name) ?? []), timing])
    }
  }
  return [...all].map(([name, timings]) => ({
    name,
    items,
    seconds: median(timings.map(({ seconds }) => seconds)),
    cpuSeconds: median(timings.map(({ cpuSeconds }) => cpuSeconds)),
    megabytes: median(timings.map(({ megabytes }) => megabytes)),
  }))
}

/** Rates, and the ratio of our figure (the first row named `reference`) to each. */
function table(title: string, rows: readonly Row[], reference: string): string {
  const ours = rows.find(({ name }) => name === reference)
  const times = (own: number, their: number): string => (their === 0 ? '' : `${(own / their).toFixed(2)} ×`)
  const body = rows.map(({ name, items, seconds, cpuSeconds, megabytes }) => [
    name,
    seconds.toFixed(2),
    cpuSeconds.toFixed(2),
    (items / seconds / 1e6).toFixed(2),
    ours && name !== reference ? times(ours.items / ours.seconds, items / seconds) : '',
    ours && name !== reference ? times(ours.items / ours.cpuSeconds, items / cpuSeconds) : '',
    megabytes.toFixed(0),
  ])
  const head = ['', 'seconds', 'CPU seconds', 'million a second', `"${reference}" is`, 'by CPU', 'peak MB']
  return `### ${title}\n\n${markdownTable([head, ...body], { align: ['l', 'r', 'r', 'r', 'r', 'r', 'r'] })}\n`
}

function installed(tool: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0
}

/** Peers that are installed, on a capture. @param all - Those too that take ten times as long as all others together. */
function peers(file: string, all: boolean): Record<string, readonly string[]> {
  const out = join(folder, 'peer-out')
  mkdirSync(out, { recursive: true })
  const candidates: Record<string, readonly string[]> = {
    'nfpcapd: flows': ['nfpcapd', '-r', file, '-w', out],
    'argus: flows': ['argus', '-r', file, '-w', join(out, 'argus')],
    'tcptrace: flows': ['tcptrace', '-n', file],
    [`tcpdump -n: prints ${ONCE}`]: ['tcpdump', '-n', '-r', file],
    [`tshark: conversations ${ONCE}`]: ['tshark', '-n', '-q', '-z', 'conv,tcp', '-r', file],
  }
  const slow = new Set(['tcpdump', 'tshark'])
  return {
    'pcap-parser: bare reading': ['node', join(HERE, 'peers/pcap-parser.js'), file],
    ...Object.fromEntries(
      Object.entries(candidates).filter(([, [tool = '']]) => installed(tool) && (all || !slow.has(tool))),
    ),
  }
}

const file = (name: string): string => join(folder, name)
const count = (number: number): string => number.toLocaleString('en')

/** The command that the tables are about. */
function whole(name: string): readonly string[] {
  return ['node', CLI, 'flows', file(name), '--format', 'ndjson', '-o', file('out.ndjson')]
}

/** A stage of ours alone. */
function stage(name: 'read' | 'decode' | 'flows', capture: string): readonly string[] {
  return ['node', OURS, name, file(capture)]
}

const CONCURRENT = 1_000
const MIXED = { packets, flows: CONCURRENT, ipv6Every: 5 }
/** Requests that make a connection of about a thousand packets. */
const LONG_EXCHANGES = 330

async function main(): Promise<string> {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' })
  const sections: string[] = []
  for (const section of [long, shorter, short, containers, text, concurrency, streaming, start]) {
    const measured = await section()
    sections.push(measured)
    console.log(measured)
  }
  return sections.join('\n')
}

/** Connections of about a thousand packets, in a long capture: what a packet costs. */
async function long(): Promise<string> {
  const many = 4 * packets
  await makePcap(file('long.pcap'), { ...MIXED, packets: many, exchanges: LONG_EXCHANGES })
  const rows = measure(
    {
      'masqcheck flows, ndjson': whole('long.pcap'),
      'our reading alone': stage('read', 'long.pcap'),
      'our reading and decoding': stage('decode', 'long.pcap'),
      'our reading, decoding, flow table': stage('flows', 'long.pcap'),
      ...peers(file('long.pcap'), true),
    },
    many,
  )
  const size = (statSync(file('long.pcap')).size / 1e6).toFixed(0)
  const title = `Classic pcap, ${count(many)} packets, ${count(CONCURRENT)} connections of 996 packets at a time, IPv4 and IPv6, ${size} MB`
  rmSync(file('long.pcap'))
  return table(title, rows, 'masqcheck flows, ndjson')
}

/** The same in shorter captures, of which starting and warming up are a larger part. */
async function shorter(): Promise<string> {
  const sections: string[] = []
  for (const some of [packets, packets / 5]) {
    await makePcap(file('shorter.pcap'), { ...MIXED, packets: some, exchanges: LONG_EXCHANGES })
    const rows = measure(
      { 'masqcheck flows, ndjson': whole('shorter.pcap'), ...peers(file('shorter.pcap'), false) },
      some,
    )
    sections.push(table(`The same, ${count(some)} packets`, rows, 'masqcheck flows, ndjson'))
  }
  rmSync(file('shorter.pcap'))
  return sections.join('\n')
}

/** Connections of a hundred packets: what a flow costs beside that. */
async function short(): Promise<string> {
  await makePcap(file('short.pcap'), MIXED)
  const rows = measure(
    {
      'masqcheck flows, ndjson': whole('short.pcap'),
      'our reading, decoding, flow table': stage('flows', 'short.pcap'),
      ...peers(file('short.pcap'), false),
    },
    packets,
  )
  return table(`${count(packets)} packets, connections of 96 packets`, rows, 'masqcheck flows, ndjson')
}

async function containers(): Promise<string> {
  await makePcap(file('long.pcap'), { ...MIXED, exchanges: LONG_EXCHANGES })
  await makePcapng(file('long.pcapng'), { ...MIXED, exchanges: LONG_EXCHANGES })
  await makePcap(file('tunnel.pcap'), { ...MIXED, exchanges: LONG_EXCHANGES, tunnelEvery: 2 })
  const rows = measure(
    {
      'classic pcap': whole('long.pcap'),
      pcapng: whole('long.pcapng'),
      'classic pcap, half of the flows in VXLAN': whole('tunnel.pcap'),
    },
    packets,
  )
  for (const done of ['long.pcap', 'long.pcapng', 'tunnel.pcap']) rmSync(file(done))
  return table(`${count(packets)} packets, connections of 996 packets, in other containers`, rows, 'classic pcap')
}

async function text(): Promise<string> {
  const lines = Math.ceil(packets / 2)
  const sections: string[] = []
  for (const [title, exchanges] of [
    ['connections of 996 packets', LONG_EXCHANGES],
    ['connections of 96 packets', undefined],
  ] as const) {
    await makeText(file('a.txt'), {
      packets: lines,
      flows: CONCURRENT,
      ...(exchanges === undefined ? {} : { exchanges }),
    })
    const rows = measure(
      {
        'masqcheck flows, ndjson': whole('a.txt'),
        'our flow table alone': stage('flows', 'a.txt'),
        'readline and a regular expression, with flows': ['node', join(HERE, 'peers/readline-regex.js'), file('a.txt')],
      },
      lines,
    )
    sections.push(table(`tcpdump text, ${count(lines)} lines, ${title}`, rows, 'masqcheck flows, ndjson'))
  }
  rmSync(file('a.txt'))
  return sections.join('\n')
}

/**
 * Cost of a packet from a thousand to a million concurrent flows. Opening and ending a flow costs as much as many packets; so a capture
 * is timed to its middle, where all flows are open, and to its end: what lies between is packets alone.
 */
async function concurrency(): Promise<string> {
  const half = packets * 2
  const body: string[][] = []
  let first = Number.NaN
  for (const flows of [1_000, 10_000, 100_000, 1_000_000]) {
    const traffic = { flows, exchanges: LONG_EXCHANGES, snapLength: 96 }
    await makePcap(file('half.pcap'), { ...traffic, packets: half })
    await makePcap(file('whole.pcap'), { ...traffic, packets: 2 * half })
    const rows = measure(
      {
        decodeHalf: stage('decode', 'half.pcap'),
        decode: stage('decode', 'whole.pcap'),
        flowsHalf: stage('flows', 'half.pcap'),
        flows: stage('flows', 'whole.pcap'),
      },
      half,
    )
    const [decodeHalf, decode, flowsHalf, inFlows] = rows.map(({ seconds }) => seconds) as [
      number,
      number,
      number,
      number,
    ]
    const decoding = ((decode - decodeHalf) / half) * 1e9
    const counting = ((inFlows - flowsHalf) / half) * 1e9
    first = Number.isNaN(first) ? counting : first
    body.push([
      count(flows),
      decoding.toFixed(0),
      counting.toFixed(0),
      `${(decoding / counting).toFixed(2)} ×`,
      `${(counting / first).toFixed(2)} ×`,
      inFlows.toFixed(2),
      `${(decode / inFlows).toFixed(2)} ×`,
      (rows.at(-1)?.megabytes ?? 0).toFixed(0),
    ])
    if (values.quick) break
  }
  for (const done of ['half.pcap', 'whole.pcap']) rmSync(file(done))
  const head = [
    'flows',
    'decoding, ns a packet',
    'flow table on, ns a packet',
    'rate of decoding alone',
    `cost of ${count(1_000)} flows`,
    'whole run, seconds',
    'rate of decoding alone, whole runs',
    'peak MB',
  ]
  const title = `Concurrent flows: ${count(2 * half)} packets of 96 octets, a packet in the second half of them`
  return `### ${title}\n\n${markdownTable([head, ...body], { align: head.map(() => 'r') })}\n`
}

/** What starting costs: small runs against an empty one of Node. The clock of `time` is too coarse, so each is ten in a row. */
function start(): string {
  const times = 10
  const repeat = (...command: readonly string[]): readonly string[] => [
    'sh',
    '-c',
    `for i in $(seq ${times}); do "$0" "$@"; done`,
    'node',
    ...command,
  ]
  const captures = join(ROOT, 'captures/seed')
  // Away from the captures.yaml that names its cluster.
  const alone = join(folder, 'alone.txt')
  copyFileSync(join(captures, 'nginx-eth0.txt'), alone)
  const rows = measure(
    {
      'node -e 0': repeat('-e', '0'),
      '--help': repeat(CLI, '--help'),
      'a small capture': repeat(CLI, alone),
      'a small capture, flows as ndjson': repeat(CLI, 'flows', alone, '--format', 'ndjson'),
      'two small captures, each with the metadata of its cluster': repeat(CLI, captures),
    },
    times,
  )
  const base = rows[0]?.seconds ?? Number.NaN
  const body = rows.map(({ name, seconds, megabytes }) => [
    name,
    ((seconds / times) * 1000).toFixed(0),
    `${(seconds / base).toFixed(2)} ×`,
    megabytes.toFixed(0),
  ])
  const head = ['', 'milliseconds', 'of node -e 0', 'peak MB']
  return `### Starting\n\n${markdownTable([head, ...body], { align: ['l', 'r', 'r', 'r'] })}\n`
}

/** Memory while many packets stream through: file, gzip, standard input. */
async function streaming(): Promise<string> {
  await pipeline(
    createReadStream(file('short.pcap')),
    createGzip({ level: 1 }),
    createWriteStream(file('short.pcap.gz')),
  )
  // A fifth of the packets with the same peak shows that memory does not follow the length.
  await makePcap(file('fifth.pcap'), { ...MIXED, packets: packets / 5 })
  const rows = [
    ...measure({ 'a fifth of the file': whole('fifth.pcap') }, packets / 5),
    ...measure({ file: whole('short.pcap'), gzip: whole('short.pcap.gz') }, packets),
    ...measure(
      { 'standard input': ['node', CLI, 'flows', '-', '--format', 'ndjson', '-o', file('out.ndjson')] },
      packets,
      file('short.pcap'),
    ),
  ]
  return table(`Streaming ${count(packets)} packets, connections of 96 packets`, rows, 'file')
}

try {
  const tables = await main()
  if (values.write) {
    const page = join(HERE, 'README.md')
    const text = readFileSync(page, 'utf8')
    const marker = '<!-- measured below -->'
    const machine = `${cpus().length} cores, Node ${process.versions.node}, medians of ${runs}`
    writeFileSync(page, `${text.slice(0, text.indexOf(marker) + marker.length)}\n\n${machine}.\n\n${tables}`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
