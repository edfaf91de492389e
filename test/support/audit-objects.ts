/** Kubernetes objects as `kubectl get -o json` prints them, with no more than the tests need. */

export function aNode(
  name: string,
  addresses: readonly string[],
  podCidrs: readonly string[],
  extra: { readonly labels?: Readonly<Record<string, string>>; readonly externalIp?: string } = {},
): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: extra.labels ?? {} },
    spec: { podCIDR: podCidrs[0], podCIDRs: podCidrs },
    status: {
      addresses: [
        ...addresses.map((address) => ({ type: 'InternalIP', address })),
        ...(extra.externalIp === undefined ? [] : [{ type: 'ExternalIP', address: extra.externalIp }]),
      ],
    },
  }
}

export function aPod(name: string, node: string, ...ips: readonly string[]): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: name } },
    spec: { nodeName: node },
    status: { phase: 'Running', podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) },
  }
}

export function aCiliumNode(name: string, addresses: Readonly<Record<string, string>>, spec: object = {}): object {
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNode',
    metadata: { name },
    spec: { addresses: Object.entries(addresses).map(([ip, type]) => ({ ip, type })), ...spec },
  }
}

/** An egress gateway policy for pods labelled `app: client`, through nodes labelled `gateway: "true"`. */
export function anEgressPolicy(destinations: readonly string[], egressIp: string): object {
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEgressGatewayPolicy',
    metadata: { name: 'egress' },
    spec: {
      selectors: [{ podSelector: { matchLabels: { app: 'client' } } }],
      destinationCIDRs: destinations,
      egressGateway: { nodeSelector: { matchLabels: { gateway: 'true' } }, egressIP: egressIp },
    },
  }
}

export function list(...items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
}
