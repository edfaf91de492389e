import { describe, expect, test } from 'vitest'
import { github } from '../../src/report/github.ts'
import { markdown } from '../../src/report/markdown.ts'
import { sarif } from '../../src/report/sarif.ts'
import { tap } from '../../src/report/tap.ts'
import { zeek, zeekJson } from '../../src/report/zeek.ts'
import { capture, direction, flow, leak, POD, render, report, verdict } from '../support/report-fixtures.ts'

const HOSTILE = '<b>|`*\u001b[31m\u202e\n::error::x'
const finding = (some = {}) => ({
  code: 'NODE_SET_INCOMPLETE',
  severity: 'error' as const,
  message: 'the node set lacks 172.17.0.5',
  subject: 'cilium_node_set_v4',
  sources: [{ file: 'dumps/ipset list.txt', line: 3 }],
  ...some,
})

describe('zeek', () => {
  test('writes a conn.log that its header describes', () => {
    const lines = render(zeek, report([verdict(), leak(2)]))
      .trimEnd()
      .split('\n')
    const fields = lines
      .find((line) => line.startsWith('#fields'))
      ?.split('\t')
      .slice(1)
    const types = lines
      .find((line) => line.startsWith('#types'))
      ?.split('\t')
      .slice(1)
    expect(lines.slice(0, 5)).toEqual([
      '#separator \\x09',
      '#set_separator\t,',
      '#empty_field\t(empty)',
      '#unset_field\t-',
      '#path\tconn',
    ])
    expect(types).toHaveLength(fields?.length ?? 0)
    const rows = lines.filter((line) => !line.startsWith('#'))
    expect(rows.map((row) => row.split('\t').length)).toEqual([24, 24])
    expect(rows[0]).toBe(
      '42988.960087\tC1\t172.17.0.4\t53938\t172.17.0.6\t80\ttcp\t-\t0.001725\t75\t238\tSF\tT\tF\t0\tShADadFf\t6\t395\t4\t454\tconsistent\t-\tnode\texternal',
    )
    expect(rows[1]?.split('\t').slice(20)).toEqual(['contradiction', 'MASQUERADE_MISSING', 'pod', 'external'])
  })

  test('leaves duration and bytes unset for a flow of one packet', () => {
    const single = flow({ zeekDurationSeconds: 0, reverse: direction() })
    const row = render(zeek, report([verdict({ flow: single })]))
      .split('\n')
      .find((line) => line.startsWith('42988'))
    expect(row?.split('\t').slice(8, 11)).toEqual(['-', '-', '-'])
  })

  test.each([
    [8, 0, 4, 0],
    [3, 1, 4, 1],
    [128, 0, 6, 129],
  ] as const)('puts ICMP type %i code %i into the ports as Zeek does', (type, code, family, answer) => {
    const ping = flow({
      protocol: family === 4 ? 1 : 58,
      family,
      tcp: null,
      connState: 'OTH',
      icmp: { type, code, id: 1 },
      source: { ip: '10.0.0.1', port: null },
      destination: { ip: '10.0.0.2', port: null },
    })
    const record = JSON.parse(render(zeekJson, report([verdict({ flow: ping })])))
    expect([record['id.orig_p'], record['id.resp_p'], record.proto]).toEqual([type, answer, 'icmp'])
  })

  test('writes JSON with numbers and without unset fields', () => {
    const record = JSON.parse(render(zeekJson, report([verdict()])))
    expect(record).toMatchObject({
      ts: 42988.960087,
      uid: 'C1',
      duration: 0.001725,
      local_orig: true,
      local_resp: false,
    })
    expect(record).not.toHaveProperty('service')
  })

  test('keeps a tab in a printed name inside its column', () => {
    const named = flow({ source: { ip: 'a\tb', port: 1, isName: true } })
    expect(render(zeek, report([verdict({ flow: named })]))).toContain('\ta\\x09b\t1\t')
  })
})

describe('markdown', () => {
  test('leads with the outcome and groups contradictions by cause', () => {
    const text = render(markdown, report([verdict(), leak(2), leak(3)], { findings: [finding({ flows: [2, 3] })] }))
    expect(text).toContain('❌ 2 contradictions, 1 error.')
    expect(text).toMatch(/### MASQUERADE\\_MISSING: pod address kept .*2 flows/)
    expect(text).toContain('`dumps/ipset list.txt:3`')
    expect(text).toContain('## Consistent')
  })

  test('says so when all is well', () => {
    expect(render(markdown, report([verdict()]))).toContain('✅ Nothing contradicts the settings.')
  })

  test('keeps hostile text inside its cell', () => {
    const text = render(markdown, report([verdict({ source: { ...POD, name: HOSTILE } })]))
    const row = text.split('\n').find((line) => line.includes('31m'))
    expect(row).toContain('&lt;b&gt;\\|\\`\\*\\\\x1b\\[31m')
    expect(text).not.toContain('<b>')
  })
})

describe('github', () => {
  test('writes one annotation a cause with its first flows', () => {
    const many = Array.from({ length: 20 }, (_, i) => leak(i + 1))
    const lines = render(github, report(many)).trimEnd().split('\n')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(
      /^::error title=MASQUERADE_MISSING%3A pod address kept .*\(20 flows\)::flow 1 in nginx-eth0\.txt.*%0Aand 17 more flows$/,
    )
  })

  test('stays under ten annotations a level and names the rest', () => {
    const findings = Array.from({ length: 25 }, (_, i) => finding({ code: `CODE_${i}` }))
    const lines = render(github, report([], { findings })).trimEnd().split('\n')
    expect(lines).toHaveLength(10)
    expect(lines.at(-1)).toContain('and 16 more')
    expect(lines.at(-1)).toContain('CODE_24')
  })

  test('points at the line of the metadata', () => {
    expect(render(github, report([], { findings: [finding()] }))).toContain(',file=dumps/ipset list.txt,line=3::')
  })

  test('cannot be made to emit a command of its own', () => {
    const text = render(github, report([], { findings: [finding({ message: HOSTILE, subject: HOSTILE })] }))
    expect(text.trimEnd().split('\n')).toHaveLength(1)
    expect(text).not.toContain('\u001b')
  })
})

describe('tap', () => {
  test('numbers its cases and proves what failed', () => {
    const text = render(tap, report([verdict(), leak(2), verdict({ verdict: 'inconclusive', because: ['no SYN #1'] })]))
    expect(text).toMatch(/^TAP version 14\n1\.\.3\n# nginx-eth0\.txt\nok 1 - flow 1: TCP/)
    expect(text).toMatch(/\nnot ok 2 - flow 2: .*\n {2}---\n {2}message: ".*"\n {2}type: "MASQUERADE_MISSING"\n/)
    expect(text).toMatch(/\nok 3 - .* # SKIP no SYN \\#1/)
  })
})

describe('sarif', () => {
  test('gives findings their places and rules', () => {
    const log = JSON.parse(
      render(
        sarif,
        report([], {
          command: 'lint',
          findings: [finding(), finding({ severity: 'info', sources: [{ file: '--node' }] })],
        }),
      ),
    )
    expect(log.version).toBe('2.1.0')
    const [run] = log.runs
    expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual(['NODE_SET_INCOMPLETE'])
    expect(run.results[0]).toMatchObject({
      ruleId: 'NODE_SET_INCOMPLETE',
      level: 'error',
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'dumps/ipset%20list.txt' }, region: { startLine: 3 } } },
      ],
    })
    expect(run.results[1]).toMatchObject({ level: 'note', locations: [] })
  })

  test('gives contradictions without a finding the capture they are in', () => {
    const log = JSON.parse(render(sarif, report([leak(1)], { captures: [capture({ files: ['/tmp/x/a.pcap'] })] })))
    expect(log.runs[0].results[0]).toMatchObject({
      ruleId: 'MASQUERADE_MISSING',
      locations: [{ physicalLocation: { artifactLocation: { uri: 'file:///tmp/x/a.pcap' } } }],
    })
  })
})
