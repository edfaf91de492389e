import { describe, expect, test } from 'vitest'
import { parseQuery, type QueryOptions } from '../../src/cli/explain-query.ts'
import { clusterOf, list, pod } from '../support/cluster-pieces.ts'

const BOOK = clusterOf(
  { 'pods.json': list(pod({ name: 'web', node: 'n1', ip: '10.0.1.5' })) },
  { nodes: ['n1=192.0.2.1', 'n1=2001:db8::1'], services: ['shop/cart=10.96.0.8'] },
).addressBook

const ask = (some: Partial<QueryOptions> = {}) =>
  parseQuery({ from: '10.0.1.5', to: '198.51.100.1:443', protocol: 'tcp', ...some }, BOOK)

describe('parseQuery()', () => {
  test.each([
    ['198.51.100.1', '198.51.100.1', null],
    ['198.51.100.1:443', '198.51.100.1', 443],
    ['pod/default/web:8080', '10.0.1.5', 8080],
    ['node/n1:10250', '192.0.2.1', 10250],
    ['node/n1', '192.0.2.1', null],
    ['svc/shop/cart:80', '10.96.0.8', 80],
  ])('reads the end %s', (to, destination, destinationPort) => {
    expect(ask({ to }).query).toMatchObject({ destination, destinationPort })
  })

  test('reads IPv6 with and without a port, and takes the family that both ends have', () => {
    const v6 = (to: string, protocol: 'icmp' | 'tcp') => ask({ from: 'node/n1', to, protocol }).query
    expect(v6('2001:db8::443', 'icmp')).toMatchObject({
      destination: '2001:db8::443',
      destinationPort: null,
      protocol: 58,
    })
    expect(v6('[2001:db8::2]:443', 'tcp')).toMatchObject({ source: '2001:db8::1', destinationPort: 443 })
    expect(() => ask({ to: '2001:db8::2' })).toThrow(/no address family in common/)
  })

  test('reads the facts of the contract', () => {
    const fact = ['mark=0xa00', 'dnat=true', 'skip-tunnel=false', 'no-snat-endpoint=true', 'icmp-type=8']
    const facts = { mark: 0xa00, dnat: true, skipTunnel: false, noSnatEndpoint: true, icmpType: 8 }
    expect(ask({ fact, reply: true, outInterface: 'eth1' }).query).toMatchObject({
      ...facts,
      isReply: true,
      outInterface: 'eth1',
    })
  })

  test.each([
    ['mark=0x100000000'],
    ['icmp-type=256'],
    ['dnat=yes'],
    ['dnat'],
    ['colour=red'],
    ['constructor=1'],
    ['__proto__=1'],
  ])('refuses the fact %s', (fact) => expect(() => ask({ fact: [fact] })).toThrow(/is not known/))

  test('refuses names that the metadata lacks, ports beyond 65535, two source ports, and ports of ICMP', () => {
    expect(() => ask({ from: 'pod/default/gone' })).toThrow(/--from "pod\/default\/gone" is no address/)
    expect(() => ask({ to: '198.51.100.1:65536' })).toThrow(/at most 65535/)
    expect(() => ask({ from: '10.0.1.5:1', sourcePort: 2 })).toThrow(/different ports/)
    for (const ports of [{ to: '198.51.100.1:53' }, { from: '10.0.1.5:7' }, { sourcePort: 7 }]) {
      expect(() => ask({ protocol: 'icmp', ...ports })).toThrow(/ICMP has no ports: leave out (53|7)/)
    }
    expect(ask({ from: '10.0.1.5:7', sourcePort: 7 }).query.sourcePort).toBe(7)
  })
})
