import { expect, test } from 'vitest'
import { gatherFacts, isStated } from '../../src/masquerade/facts.ts'
import { BPF, N1, N2, OTHER_POD, POD } from '../support/masquerade-ask.ts'
import { buildCluster, buildSettings } from '../support/masquerade-cluster.ts'

const cluster = buildCluster({ version: '1.17', config: BPF, nodes: [N1, N2] })
const node = (query: { source: string; destination: string; node?: string }): string | undefined =>
  gatherFacts({ protocol: 6, ...query }, cluster).node?.name

test('the deciding node: named, else of the source, else the one that delivers', () => {
  expect(node({ source: POD, destination: OTHER_POD })).toBe('n1')
  expect(node({ source: POD, destination: OTHER_POD, node: 'n2' })).toBe('n2')
  expect(node({ source: '1.1.1.1', destination: OTHER_POD })).toBe('n2')
  expect(node({ source: '127.0.0.1', destination: POD })).toBe('n1')
  expect(node({ source: '1.1.1.1', destination: '8.8.8.8' })).toBeUndefined()
  expect(node({ source: POD, destination: OTHER_POD, node: 'nowhere' })).toBeUndefined()
})

test('isStated() takes a default for a fact only beside a whole configuration', () => {
  const given = buildSettings({ options: { 'enable-bpf-masquerade': 'true' } })
  const whole = buildSettings({ config: { 'enable-bpf-masquerade': 'true' } })
  expect(isStated(given, given.routingMode.origin)).toBe(false)
  expect(isStated(given, given.enableBpfMasquerade.origin)).toBe(true)
  expect(isStated(whole, whole.routingMode.origin)).toBe(true)
})

test('the release is the full one where it is known and fits', () => {
  const of = (release: string): string => {
    const ciliumRelease = { value: release, origin: 'status' as const, source: null, others: [] }
    const settings = { ...cluster.settings, ciliumRelease }
    return gatherFacts(
      { source: POD, destination: OTHER_POD, protocol: 6 },
      { ...cluster, settings, settingsFor: () => settings },
    ).version.text
  }
  expect(of('1.17.6')).toBe('1.17.6')
  expect(of('v1.16.4')).toBe('1.17')
})
