import { describe } from 'vitest'
import { askRows, BPF, N1, N2 } from '../../support/masquerade-ask.ts'
import { cidr } from '../../support/masquerade-cluster.ts'

const MULTI = { ...BPF, ipam: 'multi-pool' }
const ONLY_DEFAULT = { ...MULTI, 'only-masquerade-default-pool': 'true' }
const NODES = [{ ...N1, pools: { default: ['10.244.1.0/24'], blue: ['10.9.1.0/24'] } }, N2]
const pool = (skipMasquerade: boolean) => [
  { name: 'blue', cidrs: [cidr('10.9.0.0/16')], skipMasquerade, source: { file: 'pools.yaml' } },
]
const BLUE = '10.9.1.7'
const at = (version: string, skip = false) => ({ cluster: { version, nodes: NODES, pools: pool(skip) } })

describe('no-snat-endpoint', () => {
  askRows([
    ['the endpoint is flagged', { noSnatEndpoint: true }, 'preserve no-snat-endpoint'],
    [
      'the endpoint is flagged, before the rule came',
      { noSnatEndpoint: true, cluster: { version: '1.16' } },
      'masquerade local-endpoint',
    ],
    ['the pool is annotated', { config: MULTI, source: BLUE, ...at('1.19', true) }, 'preserve no-snat-endpoint'],
    ['the pool is not annotated', { config: MULTI, source: BLUE, ...at('1.19') }, 'masquerade local-endpoint'],
    [
      'only the default pool is masqueraded',
      { config: ONLY_DEFAULT, source: BLUE, ...at('1.19') },
      'preserve no-snat-endpoint',
    ],
    ['and this is of the default pool', { config: ONLY_DEFAULT, ...at('1.19') }, 'masquerade local-endpoint'],
    [
      'another IPAM mode',
      { config: { ...ONLY_DEFAULT, ipam: 'kubernetes' }, source: BLUE, ...at('1.19') },
      'masquerade local-endpoint',
    ],
    [
      'a release of which it is not known',
      { config: ONLY_DEFAULT, source: BLUE, ...at('1.18') },
      'unknown no-snat-endpoint',
    ],
  ])
})
