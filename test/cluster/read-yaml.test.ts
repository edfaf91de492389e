import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { clusterFrom, pod } from '../support/cluster-pieces.ts'

const pods = (number: number, annotation: string): Record<string, unknown>[] =>
  Array.from({ length: number }, (_, i) => ({
    ...pod({ name: `p${i}`, node: 'n1', ip: `10.0.${i >> 8}.${i & 255}` }),
    annotations: { text: annotation },
  }))

describe('YAML', () => {
  test.each([
    ['as kubectl writes it', { indentSeq: false }],
    ['with its items indented', { indentSeq: true }],
  ])('a list too large to parse at once is read item by item, %s', (_how, options) => {
    const items = pods(300, `a: |\n  - b\n${'x'.repeat(5000)}`)
    const text = stringify({ apiVersion: 'v1', items, kind: 'PodList' }, options)
    expect(text.length).toBeGreaterThan(1024 * 1024)
    const cluster = clusterFrom(text)
    expect(cluster.pods).toHaveLength(300)
    expect(cluster.inputs).toMatchObject([{ kind: 'pod-list', note: '300 pods' }])
    const last = cluster.pods.at(-1)
    expect(last).toMatchObject({ name: 'p299', ips: ['10.0.1.43'] })
    const line = last?.source.line ?? 0
    expect(text.split('\n')[line - 1]?.trim()).toBe('- apiVersion: v1')
  })

  test('what nobody reads of such a list costs nothing, and takes nothing else with it', () => {
    const items = pods(40, 'x').map((own) => ({
      ...own,
      metadata: {
        ...(own.metadata as object),
        managedFields: [{ fields: 'y'.repeat(30_000) }, { env: [1] }],
        ownerReferences: [{ name: 'p' }],
      },
      spec: {
        containers: [
          { env: [{ name: 'a', value: 'b' }], image: 'quay.io/cilium/cilium:v1.16.1', ports: [{ containerPort: 80 }] },
        ],
        volumes: [{ name: 'v' }],
        nodeName: 'n9',
      },
    }))
    for (const indentSeq of [true, false]) {
      const { pods: read, warnings } = clusterFrom(
        stringify({ apiVersion: 'v1', items, kind: 'PodList' }, { indentSeq }),
      )
      expect(warnings).toEqual([])
      expect(read).toHaveLength(40)
      expect(read[39]).toMatchObject({ name: 'p39', node: 'n9', ips: ['10.0.0.39'], ports: [{ containerPort: 80 }] })
    }
  })

  test('one bad item of such a list leaves the others', () => {
    const items = pods(300, 'x'.repeat(5000))
    const text = stringify({ apiVersion: 'v1', items, kind: 'PodList' }).replace('name: p7\n', 'name: [p7]\n')
    const { pods: read, warnings } = clusterFrom(text)
    expect(read).toHaveLength(299)
    expect(warnings).toMatchObject([
      { message: expect.stringMatching(/items\[7\]\.metadata\.name \(line \d+\): Found array, wanted string/) },
    ])
  })

  test('documents of different kinds, empty ones and comments between them', () => {
    const text =
      '# collected by hand\n---\n---\nkind: Pod\napiVersion: v1\nmetadata: {name: p}\n--- # next\nenable-bpf-masquerade: "true"\nipam: eni\n'
    const { inputs, settings } = clusterFrom(text)
    expect(inputs.map(({ kind }) => kind)).toEqual(['pod', 'cilium-config'])
    expect(settings.enableBpfMasquerade.source).toEqual({ file: 'input', line: 8 })
  })

  test('an anchor may be used again', () => {
    const { addressBook } = clusterFrom(
      'apiVersion: v1\nkind: List\nitems:\n- {kind: Pod, apiVersion: v1, metadata: &m {name: p, namespace: ns}, status: {podIP: 10.0.0.1}}\n- {kind: Service, apiVersion: v1, metadata: *m, spec: {clusterIP: 10.96.0.1}}\n',
    )
    expect(addressBook.lookup('10.96.0.1').name).toBe('ns/p')
  })
})
