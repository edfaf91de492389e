import type { Settings } from '../../cluster/settings.ts'
import type { ClusterNode } from '../../cluster/snapshot.ts'
import type { Flow } from '../../flow/flow.ts'
import { sideOfDevice } from '../device-side.ts'
import type { Vote } from './vote.ts'

// Octets of IPv4 or IPv6 header and TCP header, RFC 9293 §3.7.1.
const HEADERS = { 4: 40, 6: 60 } as const
// Outer IPv4, UDP, VXLAN or Geneve and inner Ethernet headers (cilium/cilium@v1.17 pkg/mtu TunnelOverheadIPv4).
const TUNNEL_OVERHEAD = 50
// What the two encryptions take, as the cilium-masquerade reference §9.2 has it; a tunnel inside may come on top.
const IPSEC_OVERHEAD = 77
const WIREGUARD_OVERHEAD = 95
const USUAL_MTU = 1500

/**
 * What the MSS of the SYN says where the cluster tunnels or encrypts: pods are given a route MTU with room for the outer
 * headers, the host has the device's. Silent elsewhere, and where the value fits neither. Never of high confidence: devices
 * on the way may clamp the MSS, and a process may choose its own.
 *
 * @see cilium-masquerade reference §9.2
 */
export function mssVote(flow: Flow, node: ClusterNode | undefined, settings: Settings): Vote | null {
  const { mss } = flow.forward
  const overheads = overheadsOf(settings)
  if (mss === null || overheads.length === 0) return null
  const known = deviceMtu(node)
  const full = (known ?? USUAL_MTU) - HEADERS[flow.family]
  const confidence = known === null ? 'low' : 'medium'
  const basis = known === null ? `a usual MTU of ${USUAL_MTU}` : `the device's MTU of ${known}`
  if (mss === full) return says('host', `MSS ${mss} is that of ${basis}, without room for outer headers`, confidence)
  const overhead = overheads.find((octets) => mss === full - octets)
  if (overhead === undefined) return null
  return says(
    'pod',
    `MSS ${mss} leaves ${overhead} octets of ${basis} for outer headers, as pods are told to`,
    confidence,
  )
}

/** Octets that pods leave for outer headers; empty where there are none. */
function overheadsOf({ routingMode, enableIpsec, enableWireguard }: Settings): readonly number[] {
  const isTunnel = routingMode.value === 'tunnel'
  const encryption = enableIpsec.value ? IPSEC_OVERHEAD : enableWireguard.value ? WIREGUARD_OVERHEAD : null
  if (encryption === null) return isTunnel ? [TUNNEL_OVERHEAD] : []
  return isTunnel ? [encryption, encryption + TUNNEL_OVERHEAD] : [encryption]
}

/** The MTU of the node's native devices where they agree on one. */
function deviceMtu(node: ClusterNode | undefined): number | null {
  const mtus = new Set<number>()
  for (const device of node?.devices?.values() ?? []) {
    if (
      device.mtu !== null &&
      sideOfDevice(device.name) === 'after' &&
      device.addresses.some(({ scope }) => scope === 'global')
    ) {
      mtus.add(device.mtu)
    }
  }
  return mtus.size === 1 ? ([...mtus][0] ?? null) : null
}

function says(side: Vote['says'], detail: string, confidence: 'medium' | 'low'): Vote {
  return { says: side, evidence: { kind: 'mss', detail, confidence } }
}
