import { describe, expect, test } from 'vitest'
import { groupCauses } from '../../../src/audit/root-cause/group.ts'
import { portsInUse } from '../../../src/audit/root-cause/ports-in-use.ts'
import type { GivenFacts } from '../../../src/cluster/given-facts.ts'
import { each, judged } from '../../support/audit-causes.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'

const BPF = FIXTURE
const IPTABLES = { ...FIXTURE, masquerade: 'iptables' } as const

function inUse(given: GivenFacts, flows: readonly FlowFacts[]) {
  const { verdicts, context } = judged(aCluster(given), flows)
  const [group] = groupCauses(verdicts, context)
  if (group === undefined) throw new Error('nothing contradicts')
  return portsInUse(group, verdicts, context)
}

const KEPT = '10.244.1.10:40000 > 9.9.9.9:80'

describe('portsInUse()', () => {
  test('counts each port under the translated address once, towards this address and port alone', () => {
    const flows = each(
      KEPT,
      '172.18.0.2:40001 > 9.9.9.9:80',
      '172.18.0.2:40002 > 9.9.9.9:80',
      '172.18.0.2:40002 > 9.9.9.9:80',
      '172.18.0.2:40003 > 9.9.9.9:443',
      '172.18.0.2:40004 > 8.8.8.8:80',
    )
    expect(inUse(BPF, flows)).toMatchObject({ towards: '9.9.9.9:80', used: 2 })
  })

  // BPF NAT ports start above the NodePort range, 30000-32767 (§2.4); netfilter takes any from 1024 up.
  test.each<[string, GivenFacts, number]>([
    ['BPF', BPF, 32768],
    ['iptables', IPTABLES, 64512],
  ])('knows how many there are under %s', (_, given, available) => {
    expect(inUse(given, each(KEPT))).toMatchObject({ used: 0, available })
  })

  test('says nothing of protocols without ports', () => {
    const ping: FlowFacts = {
      tuple: '10.244.1.10 > 9.9.9.9',
      protocol: 'icmp',
      icmp: { type: 8, code: 0, id: 7 },
      ttl: 63,
    }
    expect(inUse(BPF, [ping])).toBeNull()
  })
})
