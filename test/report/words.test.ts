import { describe, expect, test } from 'vitest'
import {
  addressText,
  caveatTexts,
  count,
  decisionText,
  duration,
  identityText,
  octets,
  protocolText,
  reasonText,
  skippedText,
} from '../../src/report/words.ts'
import { decision, POD, verdict } from '../support/report-fixtures.ts'

describe('numbers', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [1449, '1.4 kB'],
    [123_456_789, '123 MB'],
  ])('octets(%i)', (n, text) => expect(octets(n)).toBe(text))

  test.each([
    [0.000085, '85 µs'],
    [0.0017254, '1.73 ms'],
    [2.4, '2.4 s'],
    [185, '3 min 5 s'],
  ])('duration(%d)', (seconds, text) => expect(duration(seconds)).toBe(text))

  test.each([
    [1, '1 flow'],
    [9999, '9999 flows'],
    [1234567, '1,234,567 flows'],
  ])('count(%i)', (n, text) => expect(count(n, 'flow')).toBe(text))
})

describe('addresses', () => {
  test.each([
    [{ ip: '10.0.0.1', port: 80 }, '10.0.0.1:80'],
    [{ ip: 'fd00::1', port: 80 }, '[fd00::1]:80'],
    [{ ip: 'fd00::1', port: null }, 'fd00::1'],
    [{ ip: 'web:local', port: 80, isName: true }, 'web:local:80'],
  ])('addressText(%o)', (endpoint, text) => expect(addressText(endpoint)).toBe(text))

  test.each([
    [POD, 'pod default/curl'],
    [{ ...POD, name: null }, 'pod on kind-worker (unlisted)'],
    [{ ...POD, kind: 'cilium_host' as const }, 'cilium_host of kind-worker'],
    [{ ...POD, kind: 'egress_gateway' as const, name: 'gw' }, 'egress gateway gw'],
    [{ ...POD, kind: 'external' as const, name: null }, 'external'],
  ])('identityText() $kind', (identity, text) => expect(identityText(identity)).toBe(text))
})

test('decisionText() names every address that would be right', () => {
  expect(decisionText(decision())).toBe('masquerade to 172.17.0.4')
  expect(decisionText(decision({ addresses: ['172.17.0.4', '10.0.0.4'] }))).toBe('masquerade to 172.17.0.4 or 10.0.0.4')
  expect(decisionText(decision({ address: null, addresses: [] }))).toBe('masquerade')
})

test('caveatTexts() says what is assumed, what would hold otherwise, and what defeats the settings', () => {
  const doubtful = decision({
    assumptions: ['Cilium version 1.17 assumed'],
    alternatives: [{ action: 'preserve', addresses: [], rule: 'device-not-covered', when: 'it leaves by wan0' }],
    continuesAt: 'gateway',
    defeat: { code: 'X', reason: 'no rule matches', intended: { action: 'masquerade', addresses: ['1.2.3.4'] } },
  })
  expect(caveatTexts(doubtful).map(({ label, text }) => `${label} ${text}`)).toEqual([
    '! not what the settings ask for: no rule matches; they ask to masquerade to 1.2.3.4',
    '→ the packet goes on untranslated to node gateway, which decides next',
    '? assumed: Cilium version 1.17 assumed',
    '? otherwise: preserve the source (rule device-not-covered) if it leaves by wan0',
  ])
})

test('reasonText() names the rule once', () => {
  expect(reasonText(verdict())).toMatch(/CIDR \(rule local-endpoint\)$/)
  expect(reasonText(verdict({ because: ['kept', 'rule local-endpoint: a pod'] }))).toBe(
    'kept; rule local-endpoint: a pod',
  )
  expect(reasonText(verdict({ because: [], expected: null }))).toBe(verdict().observed.basis)
})

test('protocols and what was passed over read as people write them', () => {
  expect([6, 58, 89].map(protocolText)).toEqual(['TCP', 'ICMPv6', 'protocol 89'])
  expect(skippedText({ arp: 2, 'later-fragment': 3, stp: 0 })).toBe('3 later fragment, 2 ARP')
})
