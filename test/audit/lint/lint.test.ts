import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LINT_CHECKS, lint } from '../../../src/audit/lint/lint.ts'
import { loadCluster } from '../../../src/cluster/load.ts'
import { buildCluster } from '../../support/masquerade-cluster.ts'
import { BPF, clusterWith, IPTABLES } from '../../support/masquerade-lint.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const SAMPLES = resolve(ROOT, '../shared/samples')

describe('lint()', () => {
  test('finds nothing in healthy clusters, and nothing where nothing is known', () => {
    expect(lint(clusterWith(BPF))).toEqual([])
    expect(lint(clusterWith(IPTABLES))).toEqual([])
    expect(lint(buildCluster({}))).toEqual([])
  })

  test('puts the gravest first and gives every finding both places', () => {
    const findings = lint(
      clusterWith(IPTABLES, { 'routing-mode': 'tunnel', 'install-no-conntrack-iptables-rules': 'true' }),
    )
    expect(findings.map(({ code }) => code)).toEqual(['iptables-no-conntrack', 'tunnel-rp-filter'])
    expect(findings[0]?.sources).toHaveLength(2)
  })

  const expected: readonly (readonly [string, readonly string[]])[] = [
    ['cluster-kind-bpf', []],
    ['cluster-kind-bpf-ipmasq', ['ip-masq-agent-replaces-defaults']],
    ['cluster-kind-iptables', ['iptables-with-bpf-nodeport']],
    ['cilium-sysdump-20250801-125841.zip', ['iptables-with-bpf-nodeport']],
  ]
  test.skipIf(!existsSync(SAMPLES)).each(expected)('%s raises %j (skipped without ../shared)', async (name, codes) => {
    const cluster = await loadCluster({ paths: [join(SAMPLES, name)] })
    expect(lint(cluster).map(({ code }) => code)).toEqual(codes)
  })
})

describe('docs/lint.md', () => {
  const file = join(ROOT, 'docs/lint.md')

  // `UPDATE_DOCS=1 npx vitest run test/audit/lint/lint.test.ts` writes the page anew.
  test('lists every check as the code has it', () => {
    if (process.env.UPDATE_DOCS) writeFileSync(file, page())
    expect(readFileSync(file, 'utf8')).toBe(page())
  })

  test('codes are unique, and each has a row that raises it and one that does not', () => {
    const codes = LINT_CHECKS.map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
    const tests = readdirSync(import.meta.dirname).map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
    expect(codes.filter((code) => !tests.some((text) => text.includes(`code: '${code}'`)))).toEqual([])
  })
})

function page(): string {
  const head = [
    '# What lint finds',
    '',
    'Contradictions inside the cluster metadata: settings against each other, against the nodes, and against what is',
    'installed. Each finding names what was found, both places, what follows, and what to do. Codes are public.',
    '',
    '_Error_: the agent refuses to start, or traffic breaks. _Warning_: silently other than meant. _Info_: worth knowing.',
    '',
  ]
  const sections = LINT_CHECKS.flatMap(({ code, severity, title, consequence, remedy }) => [
    `## ${code}`,
    '',
    `_${severity[0]?.toUpperCase()}${severity.slice(1)}_: ${title}.`,
    '',
    consequence,
    '',
    remedy,
    '',
  ])
  return [...head, ...sections].join('\n')
}
