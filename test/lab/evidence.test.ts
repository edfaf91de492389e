import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { markdownTable } from 'markdown-table'
import { afterAll, describe, expect, test } from 'vitest'
import { analyze } from '../../src/audit/analyze.ts'
import type { Verdict } from '../../src/audit/verdict.ts'
import { installBpfStandIn, installIptables } from './support/masquerading.ts'
import { labUnavailable } from './support/namespaces.ts'
import { type CapturePointName, type Exchange, type PlayedScenario, play, type Scenario } from './support/scenario.ts'

const PAGE = join(import.meta.dirname, '../../docs/evidence.md')
const BEGIN = '<!-- measured: begin -->'
const END = '<!-- measured: end -->'

const folder = mkdtempSync(join(tmpdir(), 'masqcheck-evidence-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const POINTS: Readonly<Partial<Record<CapturePointName, string>>> = {
  'n1-eth0': 'node/n1:eth0',
  outside: 'external/outside1',
  'outside-text': 'external/outside1',
}

/** Twelve exchanges of pods and six of the host itself, over every protocol, towards the outside. */
const EXCHANGES: readonly Exchange[] = (['tcp', 'udp', 'icmp'] as const).flatMap((protocol, p) =>
  (['client', 'second', 'n1'] as const).flatMap((from, f) =>
    [0, 1].map(
      (i): Exchange => ({ from, to: 'outside', protocol, sourcePort: 40_000 + 100 * p + 10 * f + i, code: null }),
    ),
  ),
)

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'iptables',
    story: 'iptables masquerading',
    install: (cast) => installIptables(cast.n1, { nodeSet: [cast.n1.ip, cast.n2.ip] }),
    exchanges: EXCHANGES,
  },
  {
    name: 'bpf',
    story: 'BPF masquerading',
    config: { 'enable-bpf-masquerade': 'true', devices: 'eth0' },
    install: (cast) => installBpfStandIn(cast.n1, { nodes: [cast.n1.ip, cast.n2.ip] }),
    exchanges: EXCHANGES,
  },
]

interface Count {
  right: number
  wrong: number
  silent: number
}

/** Who really sent a node-sourced flow, by the kernel's record; `undefined` for other flows. */
function sender(played: PlayedScenario, verdict: Verdict): 'pod' | 'host' | undefined {
  const { source, icmp } = verdict.flow
  if (verdict.source.kind !== 'node') return undefined
  const port = icmp ? icmp.id : source.port
  const truth = played.truths.find((each) => each.translatedSource === source.ip && each.translatedPort === port)
  if (!truth) return undefined
  return truth.exchange.from === 'n1' ? 'host' : 'pod'
}

describe.skipIf(labUnavailable() !== null)(
  'evidence on who is behind a node address, paired sightings withheld',
  () => {
    test('is never wrong with high confidence, and its figures stand in docs/evidence.md', {
      timeout: 120_000,
    }, async () => {
      const counts = new Map<string, Count>()
      const wrongWithHighConfidence: string[] = []
      for (const scenario of SCENARIOS) {
        const played = await play(scenario, join(folder, scenario.name))
        for (const [point, at] of Object.entries(POINTS)) {
          const { verdicts } = await analyze({
            captures: [played.files[point as CapturePointName]],
            cluster: [played.cluster],
            at: [at],
          })
          for (const verdict of verdicts) {
            const truth = sender(played, verdict)
            if (truth === undefined) continue
            for (const kind of ['ttl', 'source-port', 'tcp-timestamp-clock', 'sibling-flows']) {
              const key = `${kind}|${point}`
              const count = counts.get(key) ?? { right: 0, wrong: 0, silent: 0 }
              counts.set(key, count)
              const said = verdict.evidence.find((evidence) => evidence.kind === kind && evidence.says !== undefined)
              if (said === undefined) count.silent++
              else if (said.says === truth) count.right++
              else {
                count.wrong++
                if (said.confidence === 'high') wrongWithHighConfidence.push(`${key}: ${said.detail}`)
              }
            }
          }
        }
      }
      expect(wrongWithHighConfidence).toEqual([])
      expect(counts.get('ttl|n1-eth0')?.right).toBeGreaterThan(0)
      record(counts)
    })
  },
)

/** Writes the figures into the page where they are asked for: `MASQCHECK_RECORD=1`. */
function record(counts: ReadonlyMap<string, Count>): void {
  if (process.env.MASQCHECK_RECORD !== '1') return
  const rows = [...counts].map(([key, { right, wrong, silent }]) => {
    const [kind = '', point = ''] = key.split('|')
    const spoke = right + wrong
    const precision = spoke === 0 ? '–' : `${right} of ${spoke}`
    return [kind, point, precision, `${right} of ${spoke + silent}`]
  })
  const table = markdownTable([
    ['evidence', 'captured at', 'right when it spoke (precision)', 'of all flows (recall)'],
    ...rows,
  ])
  const page = readFileSync(PAGE, 'utf8')
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  expect(begin).toBeGreaterThan(0)
  expect(end).toBeGreaterThan(begin)
  writeFileSync(PAGE, `${page.slice(0, begin + BEGIN.length)}\n${table}\n${page.slice(end)}`)
}
