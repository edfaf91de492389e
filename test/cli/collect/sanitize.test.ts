import { describe, expect, test } from 'vitest'
import { sanitizeList } from '../../../src/cli/collect/sanitize.ts'

const clean = (...items: readonly unknown[]): unknown[] =>
  (JSON.parse(sanitizeList(JSON.stringify({ kind: 'List', items }))) as { items: unknown[] }).items

describe('sanitizeList()', () => {
  test('of a pod keeps what tells whose an address is, and nothing else', () => {
    const pod = {
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'default', labels: { app: 'web' }, uid: '1' },
      spec: {
        nodeName: 'n1',
        hostNetwork: true,
        serviceAccountName: 'admin',
        initContainers: [{ name: 'i', env: [{ name: 'A', value: 'secret' }] }],
        containers: [{ name: 'c', ports: [{ containerPort: 80 }], env: [{ value: 'secret' }], args: ['secret'] }],
      },
      status: { phase: 'Running', podIP: '10.0.0.1', hostIP: '172.18.0.2', message: 'secret' },
    }
    expect(clean(pod)).toEqual([
      {
        kind: 'Pod',
        metadata: pod.metadata,
        spec: { nodeName: 'n1', hostNetwork: true, containers: [{ name: 'c', ports: [{ containerPort: 80 }] }] },
        status: { phase: 'Running', podIP: '10.0.0.1', hostIP: '172.18.0.2' },
      },
    ])
  })

  test("keeps annotations of Cilium's own and no others", () => {
    const annotations = {
      'network.cilium.io/ipv4-cilium-host': '10.0.0.2',
      'ipam.cilium.io/skip-masquerade': 'true',
      'kubectl.kubernetes.io/last-applied-configuration': 'secret',
      'network.cilium.iox/evil': 'secret',
    }
    expect(clean({ kind: 'Node', metadata: { name: 'n1', annotations, managedFields: ['secret'] } })).toEqual([
      {
        kind: 'Node',
        metadata: {
          name: 'n1',
          annotations: { 'network.cilium.io/ipv4-cilium-host': '10.0.0.2', 'ipam.cilium.io/skip-masquerade': 'true' },
        },
      },
    ])
  })

  test.each([
    ['no object', 'text'],
    ['no metadata', { kind: 'Pod' }],
    ['a list for a spec', { kind: 'Pod', metadata: [], spec: [], status: null }],
  ])('takes hostile answers: %s', (_, item) => {
    expect(clean(item)).toHaveLength(1)
    expect(JSON.stringify(clean(item))).not.toContain('secret')
  })

  test('hands on what is no list, and throws SyntaxError for what is no JSON', () => {
    expect(sanitizeList('{"kind":"Status"}')).toBe('{"kind":"Status"}')
    expect(() => sanitizeList('error: no')).toThrow(SyntaxError)
  })
})
