import { describe, expect, test } from 'vitest'
import { clusterFrom } from '../../support/cluster-pieces.ts'

const raw = (text: string) =>
  [...clusterFrom(text).settings.raw].map(([key, { value, source }]) => [key, value, source?.line])

describe('cilium config view', () => {
  test('values with blanks, without any, and over several lines', () => {
    const view = [
      'controller-group-metrics                          write-cni-file sync-host-ips',
      'enable-bpf-masquerade                             true',
      'etcd-config                                       ---',
      'endpoints:',
      '  - https://etcd:2379',
      'some-new-key                                      x',
      'vtep-cidr                                         ',
      'vtep-mask',
      'zeta                                              1',
    ].join('\n')
    expect(raw(view)).toEqual([
      ['controller-group-metrics', 'write-cni-file sync-host-ips', 1],
      ['enable-bpf-masquerade', 'true', 2],
      ['etcd-config', '---\nendpoints:\n  - https://etcd:2379', 3],
      ['some-new-key', 'x', 6],
      ['vtep-cidr', '', 7],
      ['vtep-mask', '', 8],
      ['zeta', '1', 9],
    ])
  })

  test('two lines of a grep, at any width', () => {
    expect(raw('enable-bpf-masquerade true\nenable-ipv4-masquerade\ttrue\n')).toEqual([
      ['enable-bpf-masquerade', 'true', 1],
      ['enable-ipv4-masquerade', 'true', 2],
    ])
  })

  test.each([
    'devices are what this chapter is about\n',
    'tunnel of love, and other stories\n',
    'ipam is a word\nthat says little\n',
  ])('prose is none: %s', (text) => {
    expect(clusterFrom(text).inputs[0]?.kind).toBe('unrecognised')
  })
})
