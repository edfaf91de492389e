import { describe, expect, test } from 'vitest'
import { clusterOf, list, pod } from '../support/cluster-pieces.ts'

const API = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'api', namespace: 'default' },
  spec: { type: 'ClusterIP', clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'], ports: [{ port: 80 }] },
}

const BOOK = clusterOf(
  {
    'pods.json': list(
      pod({ name: 'web', node: 'n1', ip: '10.0.1.5' }),
      pod({ name: 'web', namespace: 'other', node: 'n1', ip: '10.0.1.6' }),
      pod({ name: 'n1', node: 'n1', ip: '10.0.1.7' }),
      API,
    ),
  },
  {
    nodes: ['n1=192.0.2.1', 'n1=2001:db8::1'],
    ciliumHosts: ['n1=10.0.1.1'],
    services: ['shop/cart=10.96.0.8', 'shop/cart=fd00:96::8', 'bare=10.96.0.9', '10.96.0.10'],
  },
).addressBook
const ipsOf = (name: string): string[] => BOOK.resolve(name).map(({ ip }) => ip)

describe('names that people type', () => {
  test.each([
    ['pod/default/web', ['10.0.1.5']],
    ['pod/other/web', ['10.0.1.6']],
    ['other/web', ['10.0.1.6']],
    ['node/n1', ['192.0.2.1', '2001:db8::1']],
    ['cilium_host/n1', ['10.0.1.1']],
    ['svc/default/api', ['10.96.0.7']],
    ['service/api', ['10.96.0.7']],
    ['api', ['10.96.0.7']],
    ['svc/shop/cart', ['10.96.0.8', 'fd00:96::8']],
    ['service/cart', ['10.96.0.8', 'fd00:96::8']],
    ['shop/cart', ['10.96.0.8', 'fd00:96::8']],
    ['svc/default/bare', ['10.96.0.9']],
    ['bare', ['10.96.0.9']],
  ])('%s', (name, ips) => {
    expect(ipsOf(name)).toEqual(ips)
  })

  test('without a namespace mean the pods so called in any', () => {
    expect(ipsOf('web').sort()).toEqual(['10.0.1.5', '10.0.1.6'])
  })

  test('without a kind mean a node before a pod', () => {
    expect(ipsOf('n1')).toEqual(['192.0.2.1', '2001:db8::1'])
    expect(ipsOf('pod/default/n1')).toEqual(['10.0.1.7'])
  })

  test('that are addresses mean themselves, known or not', () => {
    expect(BOOK.resolve('10.0.1.5')).toMatchObject([{ kind: 'pod', name: 'default/web' }])
    expect(ipsOf('203.0.113.9')).toEqual(['203.0.113.9'])
  })

  test('of a service mean what was given by hand before what the files say', () => {
    const book = clusterOf({ 'api.json': list(API) }, { services: ['default/api=10.96.0.70'] }).addressBook
    expect(book.resolve('svc/default/api')).toMatchObject([
      { ip: '10.96.0.70', kind: 'service', name: 'default/api', basis: '--service' },
      { ip: '10.96.0.7', kind: 'service', name: 'default/api', basis: 'Service clusterIPs' },
    ])
  })

  test.each([
    '',
    'pod/',
    'pod/default/',
    'node/n2',
    'nobody',
    'svc/other/api',
    'svc/default/cart',
    'svc/',
    'svc/shop/',
    'cilium_host/n2',
  ])('that nothing has mean nothing: %o', (name) => expect(BOOK.resolve(name)).toEqual([]))
})
