import { describe, expect, test } from 'vitest'
import { checkExpectations } from '../../src/audit/expectation/check.ts'
import { parseExpectations } from '../../src/audit/expectations.ts'
import { judgeFlows } from '../../src/audit/judge-flows.ts'
import type { ExpectationResult } from '../../src/audit/verdict.ts'
import { aCluster, SEED } from '../support/audit-cluster.ts'
import { aCapture, aFlow } from '../support/audit-flows.ts'

const OUTSIDE = aCapture({ name: 'nginx.txt', interfaces: [{ name: 'eth0', host: '49b71dac045f' }] })
const FLOWS = [
  aFlow({ id: 1, tuple: '172.17.0.4:53938 > 172.17.0.6:80', isn: 1 }),
  aFlow({ id: 2, tuple: '10.244.2.53:40000 > 172.17.0.6:443', isn: 2 }),
]

function checkText(text: string): ExpectationResult[] {
  const { verdicts, context } = judgeFlows(FLOWS, [OUTSIDE], aCluster(SEED))
  return checkExpectations(parseExpectations(text, 'expect.yaml'), verdicts, context)
}

const entry = (lines: string): string => `expectations:\n  - name: e\n${lines.replace(/^/gm, '    ')}\n`

describe('checkExpectations()', () => {
  const rows: [string, string, ExpectationResult['status'], number[]][] = [
    [
      'a masqueraded flow of a pod of that node',
      'flow: { from: pod/default/net-client, to: 172.17.0.6:80 }\nnat: masquerade\naddress: node/kind-worker\nmin: 1',
      'passed',
      [1],
    ],
    [
      'a pod of another node',
      'flow: { from: pod/default/curl, to: 172.17.0.6:80 }\nnat: masquerade\nmin: 1',
      'failed',
      [],
    ],
    [
      'another address',
      'flow: { from: node, to: 172.17.0.6:80 }\nnat: masquerade\naddress: node/kind-worker2',
      'failed',
      [1],
    ],
    ['a leak', 'flow: { from: pod, to: external }\nnat: masquerade', 'failed', [2]],
    ['a port that nobody calls', 'flow: { from: pod, to: 172.17.0.6:8080 }\nnat: masquerade', 'unmatched', []],
    ['a CIDR', 'flow: { from: 10.244.0.0/16, to: 172.17.0.0/16 }\nnat: preserve', 'passed', [2]],
    ['too few', 'flow: { to: 172.17.0.6:443 }\nnat: preserve\nmin: 2', 'failed', [2]],
  ]
  test.each(rows)('%s', (_, lines, status, flows) => {
    expect(checkText(entry(lines))).toMatchObject([{ name: 'e', status, flows }])
  })

  test('a node flow may not break what is expected of a pod', () => {
    const [result] = checkText(entry('flow: { from: pod/default/net-client, to: 172.17.0.6:80 }\nnat: preserve'))
    expect(result).toMatchObject({ status: 'unmatched' })
  })
})

describe('parseExpectations() names file and line', () => {
  const rows: [string, string, string][] = [
    ['no YAML', 'expectations:\n  - name: "x\n', 'e.yaml:3: Cannot read YAML'],
    ['an unknown treatment', entry('flow: { from: pod }\nnat: masq'), 'e.yaml:4: expectations.0.nat'],
    ['an unknown key', entry('flow: { from: pod }\nnat: preserve\nmax: 3'), 'e.yaml:2: expectations.0'],
    ['a selector that is none', entry('flow:\n  from: pods\nnat: preserve'), 'e.yaml:4: "pods" is no kind'],
    ['a port out of range', entry('flow: { from: "10.0.0.1:70000" }\nnat: preserve'), 'e.yaml:3: "10.0.0.1:70000"'],
    ['an empty file', '', 'e.yaml:1:'],
    ['a list', '- a\n', 'e.yaml:1:'],
  ]
  test.each(rows)('%s', (_, text, message) => {
    expect(() => parseExpectations(text, 'e.yaml')).toThrow(message)
  })

  test('an alias bomb is refused', () => {
    const bomb = `a: &a [${'x,'.repeat(50)}x]\nb: &b [${'*a,'.repeat(50)}*a]\nc: [${'*b,'.repeat(50)}*b]\nexpectations: []\n`
    expect(() => parseExpectations(bomb, 'e.yaml')).toThrow('e.yaml:1: Cannot read YAML')
  })
})
