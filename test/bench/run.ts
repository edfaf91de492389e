// `npm run bench`: whole processes on the same file in the same run, peers included, ratios of medians.
// Options: --packets N (1 000 000), --runs N (3), --quick (100 000 packets, one run), --write (the table of README.md).
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
    packets: { type: 'string', default: '1000000' },
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

/** Every command once a round, so that a machine whose speed drifts drifts for all. */
function measure(commands: Readonly<Record<string, readonly string[]>>, items: number, input?: string): Row[] {
  const all = new Map<string, Timing[]>()
  for (let run = 0; run < runs; run++) {
    for (const [name, command] of Object.entries(commands)) {
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

/** Peers that are installed, on a capture. */
function peers(file: string): Record<string, readonly string[]> {
  const out = join(folder, 'peer-out')
  mkdirSync(out, { recursive: true })
  const candidates: Record<string, readonly string[]> = {
    'nfpcapd: flows': ['nfpcapd', '-r', file, '-l', out],
    'argus: flows': ['argus', '-r', file, '-w', join(out, 'argus')],
    'tcptrace: flows': ['tcptrace', '-n', file],
    'tcpdump -n: prints': ['tcpdump', '-n', '-r', file],
    'tshark: conversations': ['tshark', '-n', '-q', '-z', 'conv,tcp', '-r', file],
  }
  return Object.fromEntries(Object.entries(candidates).filter(([, [tool = '']]) => installed(tool)))
}

async function main(): Promise<string> {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' })
  const file = (name: string): string => join(folder, name)
  const traffic = { packets, flows: 1_000, ipv6Every: 5 }
  await makePcap(file('a.pcap'), traffic)
  await makePcapng(file('a.pcapng'), traffic)
  await makePcap(file('tunnel.pcap'), { ...traffic, tunnelEvery: 2 })
  await makeText(file('a.txt'), traffic)
  const sections: string[] = []
  const add = (section: string): void => {
    sections.push(section)
    console.log(section)
  }

  const whole = (name: string): readonly string[] => [
    'node',
    CLI,
    'flows',
    file(name),
    '--format',
    'ndjson',
    '-o',
    file('out.ndjson'),
  ]
  add(
    table(
      `Classic pcap, ${packets.toLocaleString('en')} packets of 1 000 concurrent flows, IPv4 and IPv6, ${(statSync(file('a.pcap')).size / 1e6).toFixed(0)} MB`,
      measure(
        {
          'masqcheck flows, ndjson': whole('a.pcap'),
          'our reading alone': ['node', OURS, 'read', file('a.pcap')],
          'our reading and decoding': ['node', OURS, 'decode', file('a.pcap')],
          'our reading, decoding, flow table': ['node', OURS, 'flows', file('a.pcap')],
          'pcap-parser: bare reading': ['node', join(HERE, 'peers/pcap-parser.js'), file('a.pcap')],
          ...peers(file('a.pcap')),
        },
        packets,
      ),
      'masqcheck flows, ndjson',
    ),
  )
  add(
    table(
      'The same traffic in other containers',
      measure(
        {
          'classic pcap': whole('a.pcap'),
          pcapng: whole('a.pcapng'),
          'classic pcap, half of the flows in VXLAN': whole('tunnel.pcap'),
        },
        packets,
      ),
      'classic pcap',
    ),
  )
  add(
    table(
      'tcpdump text, lines',
      measure(
        {
          'masqcheck flows, ndjson': whole('a.txt'),
          'our flow table alone': ['node', OURS, 'flows', file('a.txt')],
          'readline and a regular expression, with flows': [
            'node',
            join(HERE, 'peers/readline-regex.js'),
            file('a.txt'),
          ],
        },
        packets,
      ),
      'masqcheck flows, ndjson',
    ),
  )
  add(await concurrency(file))
  add(await streaming(file))
  add(start())
  return sections.join('\n')
}

/** Cost per packet and memory from a thousand to a million concurrent flows. */
async function concurrency(file: (name: string) => string): Promise<string> {
  const rows: Row[] = []
  for (const flows of [1_000, 10_000, 100_000, 1_000_000]) {
    const count = Math.max(packets, flows * 3)
    await makePcap(file('many.pcap'), { packets: count, flows })
    const measured = measure(
      {
        [`decoding, ${flows.toLocaleString('en')} flows`]: ['node', OURS, 'decode', file('many.pcap')],
        [`flow table, ${flows.toLocaleString('en')} flows`]: ['node', OURS, 'flows', file('many.pcap')],
      },
      count,
    )
    rows.push(...measured)
    if (values.quick) break
  }
  return table('Concurrent flows', rows, `flow table, ${(1_000).toLocaleString('en')} flows`)
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
async function streaming(file: (name: string) => string): Promise<string> {
  const count = packets * 5
  await makePcap(file('long.pcap'), { packets: count, flows: 1_000 })
  await pipeline(createReadStream(file('long.pcap')), createGzip({ level: 1 }), createWriteStream(file('long.pcap.gz')))
  // A fifth of the packets with the same peak shows that memory does not follow the length.
  await makePcap(file('fifth.pcap'), { packets, flows: 1_000 })
  const rows = [
    ...measure({ 'a fifth of the file': whole('fifth.pcap') }, packets),
    ...measure({ file: whole('long.pcap'), gzip: whole('long.pcap.gz') }, count),
    ...measure(
      { 'standard input': ['node', CLI, 'flows', '-', '--format', 'ndjson', '-o', file('out.ndjson')] },
      count,
      file('long.pcap'),
    ),
  ]
  return table(`Streaming ${count.toLocaleString('en')} packets`, rows, 'file')

  function whole(name: string): readonly string[] {
    return ['node', CLI, 'flows', file(name), '--format', 'ndjson', '-o', file('out.ndjson')]
  }
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
