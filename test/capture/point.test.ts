import { describe, expect, test } from 'vitest'
import { parseGivenPoints, parsePointSpec } from '../../src/capture/point.ts'
import { UsageError } from '../../src/core/errors.ts'

describe('parsePointSpec()', () => {
  test.each([
    ['node/kind-worker', { kind: 'node', name: 'kind-worker', interface: null }],
    ['node/kind-worker:eth0', { kind: 'node', name: 'kind-worker', interface: 'eth0' }],
    [
      'node/ip-10-0-0-1.ec2.internal:cilium_vxlan',
      { kind: 'node', name: 'ip-10-0-0-1.ec2.internal', interface: 'cilium_vxlan' },
    ],
    ['node/n1:eth0.100', { kind: 'node', name: 'n1', interface: 'eth0.100' }],
    ['pod/default/curl-7d4b', { kind: 'pod', name: 'default/curl-7d4b', interface: null }],
    ['external', { kind: 'external', name: null, interface: null }],
    ['external/nginx', { kind: 'external', name: 'nginx', interface: null }],
  ])('reads %s', (text, expected) => {
    expect(parsePointSpec(text)).toEqual(expected)
  })

  test.each([
    '',
    'node',
    'node/',
    'node/:eth0',
    'node/a/b',
    'node/a:',
    'node/a:b:c',
    'node/a:eth 0',
    'node/a:sixteen-letters-x',
    'pod/curl',
    'pod/a/b/c',
    'pod/default/',
    'pod/default/curl:eth0',
    'external/',
    'external/a/b',
    'Node/a',
    ' node/a',
    'host/a',
  ])('refuses "%s"', (text) => {
    expect(() => parsePointSpec(text)).toThrow(UsageError)
  })

  test('names the forms in its message', () => {
    expect(() => parsePointSpec('eth0')).toThrow('node/<name>[:interface], pod/<namespace>/<name> or external[/<name>]')
  })
})

describe('parseGivenPoints()', () => {
  test('tells points for all captures from points for one', () => {
    const points = parseGivenPoints(['node/n1', 'a.pcap=pod/default/curl', 'x=y.pcap=external'])
    expect(points.all).toBe('node/n1')
    expect([...points.byFile]).toEqual([
      ['a.pcap', 'pod/default/curl'],
      ['x=y.pcap', 'external'],
    ])
  })

  test('takes the same point twice, and refuses two', () => {
    expect(parseGivenPoints(['node/n1', 'node/n1']).all).toBe('node/n1')
    expect(() => parseGivenPoints(['node/n1', 'node/n2'])).toThrow(UsageError)
    expect(() => parseGivenPoints(['a=node/n1', 'a=external'])).toThrow(UsageError)
  })

  test('refuses what is no point', () => {
    expect(() => parseGivenPoints(['a.pcap=eth0'])).toThrow(UsageError)
    expect(() => parseGivenPoints(['a.pcap='])).toThrow(UsageError)
  })
})
