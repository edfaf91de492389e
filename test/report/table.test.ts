import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import type { Verdict } from '../../src/audit/verdict.ts'
import { table } from '../../src/report/table/table.ts'
import { analysis, capture, flow, leak, POD, POINT, render, report, verdict } from '../support/report-fixtures.ts'

const LONG_V6 = '2001:db8:1234:5678:9abc:def0:1234:5678'
const v6 = flow({ id: 9, family: 6, source: { ip: LONG_V6, port: 53938 }, destination: { ip: LONG_V6, port: 443 } })
const FINDING = {
  code: 'NODE_SET_INCOMPLETE',
  severity: 'error' as const,
  message: 'the node set on kind-worker lacks 172.17.0.5',
  subject: 'cilium_node_set_v4',
  sources: [{ file: 'ipset-list.txt', line: 3 }],
  flows: [2, 3],
  confirm: 'ipset list cilium_node_set_v4',
}

describe('analyze', () => {
  const of = report(
    [verdict(), leak(2), leak(3), leak(4), verdict({ flow: v6, verdict: 'inconclusive', source: POD })],
    {
      findings: [FINDING],
    },
  )

  test.each([60, 80, 100, 140, 200])('fits %i columns', (width) => {
    const lines = render(table, of, { width }).split('\n')
    // Commands to copy are never broken.
    for (const line of lines.filter((each) => !each.includes('ipset list')))
      expect(stringWidth(line)).toBeLessThanOrEqual(width)
  })

  test('shows contradictions first, grouped by cause, with the command that confirms it', () => {
    const text = render(table, of)
    const order = [
      'masquerade it (2 flows)',
      'lacks 172.17.0.5',
      'ipset-list.txt:3',
      'confirm with',
      'masquerade it (1 flow)',
      'inconclusive',
      'consistent',
      '5 flows · 3 contradictions',
    ]
    const positions = order.map((part) => text.indexOf(part))
    expect(positions).not.toContain(-1)
    expect(positions).toEqual([...positions].sort((a, b) => a - b))
  })

  test('names the ends, the rule and the reason in words', () => {
    const text = render(table, report([verdict()]))
    for (const part of [
      '172.17.0.4:53938',
      'node kind-worker',
      'external',
      'masquerade to 172.17.0.4',
      'rule local-endpoint',
      'outside 10.244.0.0/16',
    ]) {
      expect(text).toContain(part)
    }
    expect(text).toContain('1 flow · 0 contradictions · 1 consistent · 10 packets in 1 capture')
  })

  test('counts flows that need no attention where there are many, and lists them with --all', () => {
    const many = report(Array.from({ length: 40 }, (_, i) => verdict({ flow: flow({ id: i + 1 }) })))
    expect(render(table, many)).toMatch(/^ +40 +✓ consistent +node → external +masquerade +local-endpoint$/m)
    expect(render(table, many, { all: true }).match(/172\.17\.0\.4:53938/g)).toHaveLength(40)
  })

  test('shows the first flows of a large cause and says how many more there are', () => {
    const many = report(Array.from({ length: 30 }, (_, i) => leak(i + 1)))
    expect(render(table, many)).toContain('and 25 more flows (--all lists them)')
    expect(render(table, many, { limit: 7 })).toContain('and 23 more flows')
  })

  test('uses no colour without --color, and keeps every word with it', () => {
    const plain = render(table, of)
    expect(plain).not.toContain('\u001b')
    const coloured = render(table, of, { color: true })
    expect(coloured).toContain('\u001b[31m')
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(plain)
  })

  test('never lets a name from outside act on the terminal', () => {
    const hostile = verdict({ source: { ...POD, name: 'default/\u001b[2J\u202eevil' } })
    const text = render(table, report([hostile]))
    expect(text).toContain('\\x1b[2J')
    expect(text).not.toMatch(/[\u001b\u202e]/)
  })

  test('counts wide characters as two columns', () => {
    const wide = verdict({ source: { ...POD, name: 'default/東京東京東京東京東京東京東京東京東京' } })
    for (const line of render(table, report([wide]), { width: 80 }).split('\n')) {
      expect(stringWidth(line)).toBeLessThanOrEqual(80)
    }
  })
})

test('says of warnings the fact alone, and with --all everything', () => {
  const warning = {
    ...FINDING,
    severity: 'warning' as const,
    message: 'A is on and B is off. Turn one of them.',
    flows: [],
  }
  const brief = render(table, report([verdict()], { findings: [warning] }))
  expect(brief).toContain('! warning NODE_SET_INCOMPLETE cilium_node_set_v4: A is on and B is off (ipset-list.txt:3)\n')
  expect(brief).not.toContain('Turn one')
  expect(render(table, report([verdict()], { findings: [warning] }), { all: true })).toContain('Turn one of them.')
})

describe('where it was seen', () => {
  test.each([
    [{}, 'at 49b71dac045f:eth0'],
    [{ kind: 'pod' as const, name: 'default/curl', interface: null }, 'at pod default/curl'],
    [{ name: null }, 'at eth0'],
  ])('%o', (some, text) => {
    expect(render(table, report([verdict({ point: { ...POINT, ...some } })]))).toContain(text)
  })
})

test('counts what the settings say nothing about last', () => {
  const many = Array.from({ length: 20 }, (_, i) => verdict({ flow: flow({ id: i + 1 }), verdict: 'not_applicable' }))
  const text = render(table, report([...many, verdict()]))
  expect(text.indexOf('consistent')).toBeLessThan(text.indexOf('not applicable'))
})

test('names a command to go on with', () => {
  expect(render(table, report([leak(2)]), { again: 'leak.txt --masquerade bpf' })).toContain(
    '  masqcheck show 2 leak.txt --masquerade bpf\n',
  )
})

test('shows flows and how to get verdicts where no metadata was given', () => {
  const nothing = { expected: null, verdict: 'not_applicable' as const, because: ['no cluster metadata was given'] }
  const text = render(table, report([verdict(nothing)], { unjudged: true }), { again: 'a.pcap' })
  expect(text).toMatch(/172\.17\.0\.4:53938 .* SF +ShADadFf/)
  expect(text).toContain('nginx-eth0.txt, taken at external/49b71dac045f:eth0, past the SNAT point (told by prompt)')
  expect(text).toContain('masqcheck a.pcap --cluster cluster/')
  expect(text).not.toContain('no expectation')
})

describe('empty states', () => {
  const summary = (skipped: Record<string, number>, packets = 226) => ({ ...analysis([]).summary, skipped, packets })

  test('say what was there instead', () => {
    const text = render(table, report([], { summary: summary({ icmp: 12, arp: 214 }) }))
    expect(text).toContain('No TCP in this capture: 214 ARP, 12 ICMP')
  })

  test('say that there was nothing', () => {
    expect(render(table, report([], { summary: summary({}, 0) }))).toContain(
      'No TCP in this capture: no packets at all',
    )
  })

  test('say that --where matched nothing, and nothing of what it left out', () => {
    const text = render(table, report([], { summary: summary({ arp: 1 }), setAside: 12 }))
    expect(text).toContain('No flows: none of 12 flows matches --where')
    expect(text).toContain('0 of 12 flows · ')
    expect(text).not.toContain('No TCP')
    const udp = verdict({ flow: flow({ protocol: 17, tcp: null, connState: 'SF' }) })
    expect(render(table, report([udp], { setAside: 1 }))).not.toContain('No TCP')
  })

  test('count flows of other protocols', () => {
    const udp = verdict({ flow: flow({ protocol: 17, tcp: null, connState: 'SF' }) })
    expect(render(table, report([udp]))).toContain('No TCP in this capture: flows of 1 UDP')
  })
})

describe('flows', () => {
  const of = report([verdict(), leak(2)], { command: 'flows' })

  test.each([80, 100, 140])('fits %i columns', (width) => {
    for (const line of render(table, of, { width }).split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width)
  })

  test('gives state, history, counts and totals', () => {
    const text = render(table, of, { width: 140 })
    expect(text).toMatch(/172\.17\.0\.4:53938 .* SF +ShADadFf +6 \/ 4 +75 \/ 238 B +1\.7[23] ms/)
    expect(text).toContain('states: 2 SF')
  })
})

describe('flows of several captures', () => {
  const second = capture({ index: 1, name: 'second.pcap' })
  const at = (id: number, capture: number, device = 'eth0') =>
    verdict({ flow: flow({ id, capture }), point: { ...POINT, kind: 'unknown', name: null, interface: device } })
  const of = (...flows: Verdict[]) => report(flows, { command: 'flows', captures: [capture(), second] })

  test('stand under the name of their capture', () => {
    const lines = render(table, of(at(1, 0), at(2, 0), at(3, 1))).split('\n')
    expect(lines.filter((line) => /^(?:nginx|second)/.test(line))).toEqual([
      'nginx-eth0.txt, eth0',
      'second.pcap, eth0',
    ])
  })

  test('name it one by one where an order mixes them', () => {
    const text = render(table, of(at(1, 0), at(3, 1), at(2, 0)))
    expect(text.match(/· (?:nginx-eth0\.txt|second\.pcap), eth0/g)).toHaveLength(3)
  })

  test('name the device where a capture has several', () => {
    const flows = of(at(1, 0), at(2, 0, 'lxc12'))
    expect(render(table, flows)).toMatch(/destination +device[\s\S]*lxc12 +SF/)
    expect(render(table, flows, { width: 80 })).toContain('node kind-worker on lxc12')
  })
})

describe('lint', () => {
  test('lists findings with their places and counts them', () => {
    const text = render(table, report([], { command: 'lint', findings: [FINDING] }))
    expect(text).toContain('✗ error NODE_SET_INCOMPLETE cilium_node_set_v4')
    expect(text).toContain('ipset-list.txt:3')
    expect(text).toContain('1 error · 0 warnings · 0 notes')
  })

  test('says so when nothing is wrong', () => {
    expect(render(table, report([], { command: 'lint' }))).toContain('nothing in the metadata contradicts itself')
  })
})

test('lists thousands of flows whole', () => {
  const many = report(Array.from({ length: 2000 }, (_, i) => verdict({ flow: flow({ id: i + 1 }) })))
  expect(render(table, many, { all: true }).match(/consistent:/g)).toHaveLength(2000)
}, 60_000)
