import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import type { CaptureSummary } from '../flow/flow-run.ts'
import type { PointClaim } from './point-claim.ts'

/**
 * The place a capture's file name speaks of: the name of a node or of a pod set apart by other characters, as
 * collectors write it (`kind-worker-eth0.pcap`, `default_curl_eth0.pcapng`, `capture-aks-nodepool1-1234.pcap`).
 * The weakest source; `null` where the name holds no name of the cluster, or several.
 */
export function pointFromFileName(capture: CaptureSummary, cluster: ClusterSnapshot): PointClaim | null {
  const file = capture.files[0] ?? capture.name
  const base = file.slice(file.lastIndexOf('/') + 1)
  const node = longest(cluster.nodes.map(({ name }) => name).filter((name) => holdsName(base, name)))
  if (node !== undefined) return { kind: 'node', name: node, interface: deviceIn(base), basis: 'file-name' }
  const pods = cluster.pods.filter((pod) => !pod.hostNetwork && holdsName(base, pod.name))
  const pod = longest(pods.map(({ name }) => name))
  const owners = pods.filter(({ name }) => name === pod)
  if (owners.length !== 1 || owners[0] === undefined) return null
  return {
    kind: 'pod',
    name: `${owners[0].namespace}/${owners[0].name}`,
    interface: deviceIn(base),
    basis: 'file-name',
  }
}

// `kind-worker` must not be found in `kind-worker2-eth0.pcap`, nor the pod `web` in `webserver.pcap`.
function holdsName(base: string, name: string): boolean {
  const at = base.indexOf(name)
  if (at < 0 || name.length < 3) return false
  return !isNameCharacter(base[at - 1]) && !isNameCharacter(base[at + name.length])
}

function isNameCharacter(character: string | undefined): boolean {
  return character !== undefined && /[A-Za-z0-9]/.test(character)
}

function longest(names: readonly string[]): string | undefined {
  return names.reduce<string | undefined>((best, name) => (name.length > (best?.length ?? 0) ? name : best), undefined)
}

const DEVICE =
  /(?:^|[^A-Za-z0-9])(?<device>lxc[0-9a-f]+|lxc_health|cilium_\w+?|eth\d+|ens\d+\w*|enp\d+\w*|bond\d+|any)(?=[^A-Za-z0-9]|$)/

function deviceIn(base: string): string | null {
  return DEVICE.exec(base)?.groups?.device ?? null
}
