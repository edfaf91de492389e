import { describe, expect, test } from 'vitest'
import type { EgressGatewayPolicy } from '../../../src/cluster/snapshot.ts'
import { ask, askRows, BPF, N1, N2, OTHER_POD, POD } from '../../support/masquerade-ask.ts'
import { cidr, egressPolicy } from '../../support/masquerade-cluster.ts'

const ON = { ...BPF, 'enable-ipv4-egress-gateway': 'true' }
const NODES = [
  { ...N1, labels: { role: 'worker' } },
  {
    ...N2,
    labels: { role: 'gateway' },
    interfaces: { eth0: ['172.18.0.3/16', '172.18.0.77/16'] },
    routes: [{ dst: 'default', dev: 'eth0', via: '172.18.0.1' }],
  },
]
const PODS = [{ name: 'shop/web', ip: POD, node: 'n1', labels: { app: 'web' } }]

const policy = (changes: Partial<Parameters<typeof egressPolicy>[0]> = {}): EgressGatewayPolicy =>
  egressPolicy({
    name: 'p',
    podLabels: { app: 'web' },
    destinations: ['1.0.0.0/8'],
    gatewayLabels: { role: 'gateway' },
    egressIp: '172.18.0.99',
    ...changes,
  })

const with_ = (...policies: EgressGatewayPolicy[]) => ({ config: ON, cluster: { nodes: NODES, pods: PODS, policies } })
const atGateway = { node: 'n2' }

describe('egress gateway', () => {
  askRows([
    ["on the pod's node", with_(policy()), 'preserve egress-gateway-redirect'],
    ['at the gateway', { ...with_(policy()), ...atGateway }, 'egress-gateway egress-gateway 172.18.0.99'],
    ['another destination', { ...with_(policy()), destination: '8.8.8.8' }, 'masquerade local-endpoint'],
    ['labels of another pod', with_(policy({ podLabels: { app: 'db' } })), 'masquerade local-endpoint'],
    [
      'namespace as a pod label',
      with_(policy({ podLabels: { 'io.kubernetes.pod.namespace': 'shop' } })),
      'preserve egress-gateway-redirect',
    ],
    ['switched off', { ...with_(policy()), config: BPF }, 'masquerade local-endpoint'],
    [
      'another pod is no egress gateway traffic',
      { ...with_(policy({ destinations: ['0.0.0.0/0'] })), destination: OTHER_POD },
      'preserve exclusion-cidr',
    ],
    [
      'a node is no egress gateway traffic',
      { ...with_(policy({ destinations: ['0.0.0.0/0'] })), destination: '172.18.0.3' },
      'preserve remote-node',
    ],
    [
      'before the exclusion CIDR',
      { ...with_(policy({ destinations: ['10.0.0.0/8'] })), ...atGateway, destination: '10.244.99.1' },
      'egress-gateway egress-gateway 172.18.0.99',
    ],
    ['excluded', with_(policy({ excluded: ['1.1.1.0/24'] })), 'masquerade local-endpoint'],
    [
      'a destination inside a wider exclusion',
      with_(policy({ destinations: ['1.1.1.0/24'], excluded: ['1.0.0.0/8'] })),
      'preserve egress-gateway-redirect',
    ],
    [
      'the longest prefix of two policies',
      {
        ...with_(policy(), policy({ name: 'q', destinations: ['1.1.1.0/24'], egressIp: '172.18.0.77' })),
        ...atGateway,
      },
      'egress-gateway egress-gateway 172.18.0.77',
    ],
    ['a gateway that no node is', with_(policy({ gatewayLabels: { role: 'none' } })), 'drop egress-gateway'],
    [
      "the interface's first address",
      { ...with_(withoutIp(policy({ interface: 'eth0' }))), ...atGateway },
      'egress-gateway egress-gateway 172.18.0.3',
    ],
    [
      "the default route's interface",
      { ...with_(withoutIp(policy())), ...atGateway },
      'egress-gateway egress-gateway 172.18.0.3',
    ],
    [
      'an interface that the gateway lacks',
      { ...with_(withoutIp(policy({ interface: 'eth9' }))), ...atGateway },
      'drop egress-gateway',
    ],
    [
      'the pod is on the gateway',
      { ...with_(policy({ gatewayLabels: { role: 'worker' } })) },
      'egress-gateway egress-gateway 172.18.0.99',
    ],
    ["a reply, on the pod's node", { ...with_(policy()), isReply: true }, 'preserve reply'],
    [
      'a reply, on the gateway',
      { ...with_(policy()), ...atGateway, source: OTHER_POD, isReply: true },
      'preserve reply',
    ],
  ])

  test("tells at which node the packet goes on, and that a reply of 1.14 is not the gateway's", () => {
    expect(ask(with_(policy())).continuesAt).toBe('n2')
    const local = with_(policy({ gatewayLabels: { role: 'worker' } }))
    const old = { ...local, cluster: { ...local.cluster, version: '1.14' } }
    expect(ask({ ...old, isReply: true })).toMatchObject({ action: 'preserve', rule: 'reply' })
  })

  test('labels that are not known leave the decision open, and are named', () => {
    const unlisted = { config: ON, cluster: { nodes: NODES, policies: [policy()] } }
    const decision = ask(unlisted)
    expect(decision.action).toBe('unknown')
    expect(decision.assumptions[0]).toMatch(/labels of the pod 10\.244\.1\.10/)
    expect(ask({ ...unlisted, destination: '8.8.8.8' }).action).toBe('masquerade')
  })

  test("the node's map answers where labels do not, or where no policy was given", () => {
    const entry = (destination: string, more = {}) => ({
      source: POD,
      destination: cidr(destination),
      egressIp: '172.18.0.99',
      gatewayIp: '172.18.0.3',
      ...more,
    })
    const mapped = (entries: ReturnType<typeof entry>[], node: string, policies: EgressGatewayPolicy[] = []) => {
      const nodes = NODES.map((one) => ({ ...one, installed: { egressEntries: entries } }))
      const { action, rule, address } = ask({ config: ON, node, cluster: { nodes, policies } })
      return `${action} ${rule} ${address}`
    }
    const wide = entry('1.0.0.0/8')
    expect(mapped([wide], 'n1', [policy()])).toBe(`preserve egress-gateway-redirect ${POD}`)
    expect(mapped([wide], 'n2')).toBe('egress-gateway egress-gateway 172.18.0.99')
    expect(mapped([wide, entry('1.1.1.0/24', { gatewayIp: null, excluded: true })], 'n1')).toMatch(/^masquerade/)
    expect(mapped([entry('1.0.0.0/8', { gatewayIp: null })], 'n1')).toMatch(/^drop/)
    expect(mapped([entry('1.0.0.0/8', { gatewayIp: '172.18.0.200' })], 'n1')).toMatch(/^unknown/)
    expect(mapped([entry('9.0.0.0/8')], 'n1')).toMatch(/^masquerade/)
  })

  test('labels of a namespace are not known; its name is', () => {
    const selecting = (matchLabels: Record<string, string>): EgressGatewayPolicy => ({
      ...policy(),
      selectors: [{ podSelector: null, namespaceSelector: { matchLabels, matchExpressions: [] }, nodeSelector: null }],
    })
    expect(ask(with_(selecting({ 'kubernetes.io/metadata.name': 'shop' }))).rule).toBe('egress-gateway-redirect')
    expect(ask(with_(selecting({ 'kubernetes.io/metadata.name': 'bank' }))).rule).toBe('local-endpoint')
    const open = ask(with_(selecting({ team: 'a' })))
    expect(open.action).toBe('unknown')
    expect(open.assumptions[0]).toMatch(/the label team of namespace shop/)
  })

  test('gateways on several nodes: the other egress IP stays an alternative', () => {
    const workers = policy({ gatewayLabels: { role: 'worker' }, egressIp: '172.18.0.98' })
    const two = { ...policy(), gateways: [...policy().gateways, ...workers.gateways] }
    expect(ask(with_(two))).toMatchObject({ action: 'unknown', rule: 'egress-gateway-redirect' })
    const decision = ask({ ...with_(two), ...atGateway })
    expect(decision).toMatchObject({ action: 'egress-gateway', address: '172.18.0.99' })
    expect(decision.alternatives).toMatchObject([
      { addresses: ['172.18.0.98'], when: 'the policy gives the pod gateway n1' },
    ])
  })

  test('without routes the only device of the gateway is the one of its default route', () => {
    const given = with_(withoutIp(policy()))
    const nodes = given.cluster.nodes.map(({ routes: _, ...node }) => node)
    expect(ask({ ...given, ...atGateway, cluster: { ...given.cluster, nodes } }).address).toBe('172.18.0.3')
    expect(ask({ ...with_(policy({ egressIp: '0.0.0.0' })), ...atGateway }).action).toBe('drop')
  })

  test('of several gateways one is chosen by pod: any egress IP is right at them', () => {
    const two = { ...policy(), gateways: [...policy().gateways, ...policy({ egressIp: '172.18.0.98' }).gateways] }
    const decision = ask({ ...with_(two), node: 'n2' })
    expect(decision).toMatchObject({
      action: 'egress-gateway',
      address: null,
      addresses: ['172.18.0.99', '172.18.0.98'],
    })
  })
})

function withoutIp(given: EgressGatewayPolicy): EgressGatewayPolicy {
  return { ...given, gateways: given.gateways.map((gateway) => ({ ...gateway, egressIp: null })) }
}
