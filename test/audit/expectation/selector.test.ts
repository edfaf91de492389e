import { describe, expect, test } from 'vitest'
import { parseSelector } from '../../../src/audit/expectation/selector.ts'
import { aCluster, aService, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'

const CLUSTER = clusterOf(FIXTURE, { 'svc.json': aService({ name: 'web', port: 80, backends: ['10.244.2.20'] }) })
const selects = (text: string, ip: string, port: number | null = 443): boolean | undefined =>
  parseSelector(text)?.matches(CLUSTER.addressBook.lookup(ip), port)

describe('parseSelector()', () => {
  test.each([
    ['any', '1.1.1.1', '10.244.1.10'],
    ['pod', '10.244.1.10', '172.18.0.2'],
    ['external', '1.1.1.1', '10.244.1.10'],
    ['pod/default/client', '10.244.1.10', '10.244.2.20'],
    ['node/n1', '172.18.0.2', '172.18.0.3'],
    ['cilium_host/n1', '10.244.1.250', '10.244.2.250'],
    ['service/default/web', '10.96.0.50', '10.96.0.51'],
    ['10.244.0.0/16', '10.244.1.10', '10.245.0.1'],
    ['1.1.1.1', '1.1.1.1', '1.1.1.2'],
    ['1.1.1.1:443', '1.1.1.1', '1.1.1.2'],
    ['external:443', '1.1.1.1', '172.18.0.2'],
    ['pod/default/client:443', '10.244.1.10', '10.244.2.20'],
  ])('%s is %s and not %s', (text, right, other) => {
    expect(selects(text, right)).toBe(true)
    if (text !== 'any') expect(selects(text, other)).toBe(false)
  })

  test('a port is that of the flow, and none is no port', () => {
    expect([selects('external:80', '1.1.1.1', 443), selects('external:80', '1.1.1.1', null)]).toEqual([false, false])
  })

  test('IPv6 carries its port behind brackets', () => {
    const { addressBook } = aCluster({ nodes: ['n1=fd00::2'] })
    const who = addressBook.lookup('2001:db8::1')
    expect(parseSelector('[2001:db8::1]:443')?.matches(who, 443)).toBe(true)
    expect(parseSelector('2001:db8::1')?.matches(who, 80)).toBe(true)
    expect(parseSelector('2001:db8::/32')?.matches(who, 80)).toBe(true)
  })

  test.each([
    '',
    'pods',
    'pod/',
    'external:',
    'external:65536',
    'external:x',
    '1.1.1',
    '10.0.0.0/33',
    'host/n1',
    '[::1',
  ])('"%s" is none', (text) => {
    expect(parseSelector(text)).toBeUndefined()
  })
})
