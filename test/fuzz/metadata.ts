import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lint } from '../../src/audit/lint/lint.ts'
import { errorText } from '../../src/cli/errors.ts'
import { warningText } from '../../src/cli/warnings.ts'
import { buildCluster } from '../../src/cluster/build-cluster.ts'
import { decodeBytes } from '../../src/cluster/decode-text.ts'
import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'
import { MasqcheckError } from '../../src/core/errors.ts'
import { parseIp } from '../../src/core/ip.ts'
import { decide } from '../../src/masquerade/decide.ts'
import { decideInstalled } from '../../src/masquerade/installed/decide-installed.ts'
import { decisionJson } from '../../src/report/decision-json.ts'
import { explain } from '../../src/report/explain.ts'
import { FORMATS, type FormatName } from '../../src/report/index.ts'
import { lintReport } from '../../src/report/report.ts'
import { runCli } from '../support/report-cli.ts'
import { MARKUP } from './mutate-metadata.ts'
import type { Random } from './random.ts'

/** A file of metadata as it lies on the disk. */
export interface MetadataFile {
  readonly file: string
  readonly octets: Uint8Array
}

/** What became of the files: how much was told of them, or the code of the error that says why nothing was. */
export type Outcome = { readonly findings: number; readonly decisions: number } | { readonly refused: string }

/** Addresses and names that are asked for, known or not. */
const ADDRESSES = ['10.244.2.53', '172.17.0.4', '10.244.2.122', '10.0.1.5', '10.96.0.1', '0.0.0.0', '::', 'fd00::1']
const NAMES = ['pod/default/curl-pod', 'node/kind-worker', 'node/', 'svc/default/', '__proto__', 'a/b/c', '']
/** Everything that follows the first few says nothing new. */
const FEW = 4
const FORMAT_NAMES: readonly FormatName[] = ['table', 'json', 'ndjson', 'markdown', 'junit', 'sarif', 'tap', 'html']

/**
 * Does with metadata what the commands do: reads it, looks addresses up, lints, decides, and writes all of it down.
 *
 * @throws Anything that is not an error of ours; an Error where what is written could reach a terminal or a browser as it stands.
 */
export async function checkMetadata(files: readonly MetadataFile[], random: Random): Promise<Outcome> {
  try {
    const cluster = buildCluster(files.map(({ file, octets }) => ({ file, text: decodeBytes(octets) ?? '' })))
    for (const warning of cluster.warnings) checkLine(warningText(warning))
    const decisions = askAround(cluster)
    const findings = await lintAs(random.pick(FORMAT_NAMES), cluster)
    return { findings, decisions }
  } catch (error) {
    if (!(error instanceof MasqcheckError)) throw error
    checkLine(errorText(error, true))
    return { refused: error.code }
  }
}

/** Asks whose addresses and names are, and what every node does with a packet. @returns Decisions made. */
function askAround(cluster: ClusterSnapshot): number {
  const { addressBook, nodes, pods } = cluster
  for (const name of [...NAMES, ...nodes.slice(0, FEW).map((node) => node.name)]) addressBook.resolve(name)
  const own = [
    ...pods.slice(0, FEW).flatMap(({ ips }) => ips),
    ...nodes.slice(0, FEW).map(({ addresses }) => addresses[0]?.ip),
  ]
  const asked = [...new Set([...ADDRESSES, ...own])].filter((ip) => ip !== undefined)
  let decisions = 0
  for (const source of asked) {
    if (parseIp(source) !== source) throw new Error(`The snapshot holds "${source}" for an address`)
    const destination = source.includes(':') ? '2001:db8::1' : '198.51.100.1'
    const packet = { source, destination, protocol: 6, sourcePort: 40000, destinationPort: 443 }
    for (const node of [undefined, ...nodes.slice(0, FEW).map(({ name }) => name)]) {
      const query = node === undefined ? packet : { ...packet, node }
      const [decision, installed] = [decide(query, cluster), decideInstalled(query, cluster)]
      const named = { query, source: addressBook.lookup(source), destination: addressBook.lookup(destination) }
      const look = { width: 100, color: false, quote: () => null }
      checkText([...explain({ ...named, decision, installed }, null, look)].join(''))
      checkText([...decisionJson(decision, null, 'json')].join(''))
      decisions++
    }
  }
  return decisions
}

async function lintAs(name: FormatName, cluster: ClusterSnapshot): Promise<number> {
  const findings = lint(cluster)
  const report = lintReport(findings, cluster, { name: 'masqcheck', version: '0' })
  const format = await FORMATS[name].load()
  const look = { width: 100, color: false, all: true, limit: 0, failOn: 'contradiction' } as const
  const text = [...format(report, look)].join('')
  checkText(text)
  if (name === 'html' && text.includes(MARKUP)) throw new Error('The page holds markup of the metadata')
  return findings.length
}

/** Runs `masqcheck lint` and `explain` on the files themselves, archives among them. */
export async function checkCommands(files: readonly MetadataFile[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'masqcheck-metadata-'))
  try {
    for (const [i, { file, octets }] of files.entries()) {
      writeFileSync(join(folder, `${i}-${file.replace(/[^\w.-]+/g, '_')}`), octets)
    }
    const commands = [
      ['lint', folder, '--verbose', '--color', 'never'],
      ['explain', '--cluster', folder, '--from', '10.244.2.53', '--to', '172.17.0.6:80'],
    ]
    for (const command of commands) {
      const { status, stdout, stderr } = await runCli(command)
      if (![0, 1, 2].includes(status) || stderr.includes('internal error')) throw new Error(`${status}: ${stderr}`)
      for (const text of [stdout, stderr]) checkText(text)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Invisible characters that Markdown reports put in themselves, and line feeds. */
const UNSAFE = /(?![\n\u2060])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

function checkText(text: string): void {
  const found = UNSAFE.exec(text)
  if (found === null) return
  const around = JSON.stringify(text.slice(Math.max(0, found.index - 60), found.index + 20))
  throw new Error(`U+${found[0].codePointAt(0)?.toString(16)} is written unescaped: ${around}`)
}

/** Text that is a line of its own on standard error, or a few where a message points at a place. */
function checkLine(text: string): void {
  checkText(text)
  if (text.length > 20_000) throw new Error(`A line of ${text.length} characters: ${text.slice(0, 200)}`)
}
