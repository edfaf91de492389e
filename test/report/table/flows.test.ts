import { describe, expect, test } from 'vitest'
import type { RenderOptions, Report } from '../../../src/report/report.ts'
import { flowList, flowsSummary } from '../../../src/report/table/flows.ts'
import { makeStyle } from '../../../src/report/table/style.ts'
import { direction, flow, OUTSIDE, report, verdict } from '../../support/report-fixtures.ts'

const STYLE = makeStyle(false)
const flows = (...some: readonly Parameters<typeof flow>[0][]): Report =>
  report(
    some.map((each, i) => verdict({ flow: flow({ id: i + 1, ...each }) })),
    { command: 'flows' },
  )
const listed = (of: Report, options: Partial<RenderOptions> = {}): string =>
  [...flowList(of, { ...OPTIONS_WIDE, ...options }, STYLE)].join('\n')
const OPTIONS_WIDE = { width: 140, color: false, all: false, limit: 0, failOn: 'never' as const }

describe('flowList()', () => {
  test('gives both directions in one unit where they share it, and each its own where not', () => {
    const sizes = (forward: number, reverse: number) =>
      listed(flows({ forward: direction({ payloadBytes: forward }), reverse: direction({ payloadBytes: reverse }) }))
    expect(sizes(75, 238)).toContain('75 / 238 B')
    expect(sizes(75, 3_000_000)).toMatch(/75 B \/ [\d.]+ M/)
  })

  test('gives no time to a flow of one packet', () => {
    const one = { forward: direction({ packets: 1 }), reverse: direction() }
    expect(listed(flows(one))).not.toMatch(/ms$/m)
    expect(listed(flows({}))).toMatch(/ms *$/m)
  })

  test('keeps addresses and counts on a narrow terminal, and gives up history and time', () => {
    const narrow = listed(flows({}), { width: 80 })
    expect(narrow).toContain('172.17.0.4:53938')
    expect(narrow).toContain('6 / 4')
    expect(narrow).not.toContain('ShADadFf')
  })

  test('lists a hundred, or what was asked for, and says how many more there are', () => {
    const many = flows(...Array.from({ length: 120 }, () => ({})))
    expect(listed(many)).toContain('and 20 more flows (--all lists them)')
    expect(listed(many, { limit: 119 })).toContain('and 1 more flow ')
    expect(listed(many, { all: true })).not.toContain('more flow')
  })

  test('names ends only where metadata does', () => {
    expect(listed(flows({}))).toContain('node kind-worker')
    const unknown = { ...OUTSIDE, kind: 'unknown' as const }
    const bare = report([verdict({ source: unknown, destination: unknown })], { command: 'flows' })
    expect(listed(bare)).not.toMatch(/unknown|no match/)
  })

  test('lets nothing that a capture says act on the terminal', () => {
    const named = listed(flows({ source: { ip: 'a\u001b[2Jb', port: 1, isName: true } }))
    expect(named).not.toContain('\u001b')
  })
})

describe('flowsSummary()', () => {
  test('counts states, most frequent first, and what went unanswered, reset or twice', () => {
    const unanswered = {
      connState: 'S0',
      reverse: direction(),
      forward: direction({ packets: 10, retransmissions: 3 }),
    }
    const reset = { connState: 'RSTR', reverse: direction({ packets: 5, resets: 1 }) }
    const udp = { protocol: 17, tcp: null, connState: 'S0', reverse: direction() }
    const lines = flowsSummary(flows(unanswered, reset, udp), STYLE).join('\n')
    expect(lines).toContain('states: 2 S0, 1 RSTR')
    expect(lines).toContain('2 unanswered · 1 reset · 14 % of TCP packets retransmitted')
  })

  test('has no rate of nothing', () => {
    const lines = flowsSummary(flows({ protocol: 17, tcp: null }), STYLE).join('\n')
    expect(lines).toContain('0 % of TCP packets')
    expect(flowsSummary(flows(), STYLE).join('\n')).not.toContain('states')
  })

  test('names who sent and received most, where there are enough to choose from', () => {
    const busy = { source: { ip: '10.9.9.9', port: 1 }, forward: direction({ ipBytes: 9_000_000 }) }
    const lines = flowsSummary(flows({}, {}, {}, {}, {}, busy), STYLE).join('\n')
    expect(lines).toMatch(/most octets: (?:172\.17\.0\.6|10\.9\.9\.9) \(/)
    expect(flowsSummary(flows(busy), STYLE).join('\n')).not.toContain('most octets')
  })
})
