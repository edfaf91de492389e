import { describe, expect, test } from 'vitest'
import { clusterFrom, clusterOf, TWO_NODES } from '../../support/cluster-pieces.ts'

const OUT = 'TCP OUT 10.0.1.5:1234 -> 192.0.2.9:80 XLATE_SRC 192.0.2.1:4321 Created=7sec ago NeedsCT=0'
const IN = 'TCP IN 192.0.2.9:80 -> 192.0.2.1:4321 XLATE_DST 10.0.1.5:1234 Created=7sec ago NeedsCT=0'
const TRANSLATION = {
  kind: 'nat-table',
  protocol: 6,
  originalSource: '10.0.1.5',
  originalSourcePort: 1234,
  destination: '192.0.2.9',
  destinationPort: 80,
  translatedSource: '192.0.2.1',
  translatedSourcePort: 4321,
}

describe('bpf nat list', () => {
  test.each([
    ['both rows', `${OUT}\n${IN}\n`],
    ['the way out alone', OUT],
    ['the way back alone, the other row evicted', IN],
    ['flags between the tuple and the translation', OUT.replace('XLATE', 'related service XLATE')],
    ['the forms of old releases', OUT.replace('Created=7sec ago NeedsCT=0', 'Created=28s HostLocal=0')],
  ])('one translation from %s', (_what, text) => {
    expect(clusterFrom(text).translations).toMatchObject([TRANSLATION])
  })

  test('ICMP: the identifier stands where the port is', () => {
    const text = 'ICMP OUT 10.0.1.5:2817 -> 192.0.2.9:0 XLATE_SRC 192.0.2.1:2817 Created=1'
    expect(clusterFrom(text).translations).toMatchObject([
      { protocol: 1, originalSourcePort: 2817, destinationPort: null, translatedSourcePort: 2817 },
    ])
  })

  test("the node's own connections are in it untranslated", () => {
    const text = 'TCP OUT 192.0.2.1:1 -> 192.0.2.9:2 XLATE_SRC 192.0.2.1:1 Created=1'
    expect(clusterOf({ 'nodes.json': TWO_NODES, text }).translations).toMatchObject([
      { node: 'n1', originalSource: '192.0.2.1', translatedSource: '192.0.2.1' },
    ])
  })

  test('each translation knows its line, and rows that are none are told', () => {
    const { translations, warnings } = clusterFrom(`\n${OUT}\nTCP OUT nowhere -> 192.0.2.9:80 XLATE_SRC 192.0.2.1:1\n`)
    expect(translations[0]?.source).toEqual({ file: 'input', line: 2 })
    expect(warnings).toMatchObject([{ code: 'metadata-bad-item' }])
  })
})
