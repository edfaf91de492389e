import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { MasqcheckError } from '../../../src/core/errors.ts'
import { toFlowRecord } from '../../../src/report/records/flow-record.ts'
import { generate } from '../../../src/report/where/generate.js'
import { compileWhere } from '../../../src/report/where/where.ts'
import fc from '../../support/property.ts'
import { direction, flow, leak, verdict } from '../../support/report-fixtures.ts'

const LEAK = toFlowRecord(leak(1), 'a.pcap')
const UDP = toFlowRecord(
  verdict({ flow: flow({ protocol: 17, tcp: null, forward: direction({ packets: 7 }) }) }),
  'a.pcap',
)

const { source, destination } = LEAK

function failure(text: string): string {
  try {
    compileWhere(text)
  } catch (error) {
    if (error instanceof MasqcheckError) return `${error.code} ${error.message}`
    throw error
  }
  return 'accepted'
}

describe('compileWhere() on a leaked TCP flow', () => {
  test.each([
    ['source.kind == pod', true],
    ['source.kind == "pod"', true],
    ["source.kind = 'node'", false],
    ['source.kind != node', true],
    ['verdict == contradiction and code == MASQUERADE_MISSING', true],
    ['verdict == consistent or code == MASQUERADE_MISSING', true],
    ['verdict == consistent && code == MASQUERADE_MISSING', false],
    ['not verdict == consistent', true],
    ['!(verdict == consistent || verdict == inconclusive)', true],
    [`src == ${source.ip}`, true],
    [`src in ${source.ip}/32`, true],
    ['src in 0.0.0.0/0', true],
    ['src in ::/0', false],
    ['src not in [0.0.0.0/0, ::/0]', false],
    [`ip == ${destination.ip}`, true],
    [`ip != ${destination.ip}`, false],
    [`port == ${destination.port}`, true],
    [`dport in [1, ${destination.port}]`, true],
    [`sport != ${source.port}`, false],
    [`src <= ${source.ip}`, true],
    [`src < ${source.ip}`, false],
    ['proto == tcp', true],
    ['proto in [udp, icmp]', false],
    ['forward.packets >= 0', true],
    ['forward.packets > 1e9', false],
    ['connection == null', true],
    ['nat.code != null', true],
    ['tcp.originKnown', true],
    ['not tcp.originKnown', false],
    [`source.name ~ ${String(source.name).slice(1, 4).toUpperCase()}`, true],
    ['source.name ~ "*"', true],
    ['source.name !~ "no-such-*"', true],
  ])('%s is %s', (text, expected) => {
    expect(compileWhere(text)(LEAK)).toBe(expected)
  })

  test('"and" binds closer than "or", "not" closest', () => {
    expect(compileWhere('proto == udp and proto == tcp or proto == tcp')(LEAK)).toBe(true)
    expect(compileWhere('not proto == udp and proto == tcp')(LEAK)).toBe(true)
    expect(compileWhere('not (proto == udp or proto == tcp)')(LEAK)).toBe(false)
  })
})

test('a field below a member that is null is null itself', () => {
  expect(compileWhere('state == SF')(UDP)).toBe(false)
  expect(compileWhere('state == null')(UDP)).toBe(true)
  expect(compileWhere('tcp.retransmissions.forward > 0')(UDP)).toBe(false)
})

describe('errors name the column and the way out', () => {
  test.each([
    ['source.knd == pod', /column 1: "source.knd" is no field of a flow: did you mean source.kind/],
    ['proto == tcp and foo == 1', /column 18: "foo" is no field/],
    ['forward.packets == many', /column 20: a number is wanted/],
    ['source.kind == pdo', /column 16: "pdo" never occurs there: it is one of pod, node/],
    ['src in 10.0.0.0/99', /column 8: "10.0.0.0\/99" is no CIDR/],
    ['src == 10.0.0.0/8', /column 8: a CIDR is asked for with "in"/],
    ['src > banana', /an IP address is wanted/],
    ['verdict < consistent', /no order/],
    ['tcp.originKnown == yes', /true or false/],
    ['proto ==', /column 9/],
    ['proto == tcp and', /column 17/],
    ['(proto == tcp', /column 14/],
    ['proto == tcp )', /column 14/],
    ['', /column 1/],
  ])('%s', (text, expected) => {
    const message = failure(text)
    expect(message).toMatch(/^WHERE_BAD /)
    expect(message).toMatch(expected)
    const [, line = '', pointer = ''] = message.split('\n')
    expect(line.trimEnd()).toBe(`  ${text}`.trimEnd())
    expect(pointer).toMatch(/^ +\^$/)
  })
})

test('any text compiles or fails as WHERE_BAD, and a compiled one never throws', () => {
  const words = fc.constantFrom(
    'src',
    'dst',
    'proto',
    '==',
    '!=',
    'in',
    'and',
    'or',
    'not',
    '(',
    ')',
    '[',
    ']',
    ',',
    '10.0.0.0/8',
    'tcp',
    '80',
    '"x',
    '~',
    '*',
    'null',
    'tcp.history',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 12 }).map((parts) => parts.join(' ')),
  )
  fc.assert(
    fc.property(text, (expression) => {
      if (failure(expression) !== 'accepted') return
      expect(typeof compileWhere(expression)(LEAK)).toBe('boolean')
      expect(typeof compileWhere(expression)(UDP)).toBe('boolean')
    }),
  )
})

test('a pattern with many stars does not take long', () => {
  const record = { ...LEAK, source: { ...LEAK.source, name: 'a'.repeat(20_000) } }
  const started = performance.now()
  expect(compileWhere(`source.name ~ "${'a*'.repeat(200)}b"`)(record)).toBe(false)
  expect(performance.now() - started).toBeLessThan(2_000)
})

test('the generated parser is that of the grammar', () => {
  const generated = join(import.meta.dirname, '../../../src/report/where/grammar.generated.ts')
  expect(readFileSync(generated, 'utf8')).toBe(generate())
})
