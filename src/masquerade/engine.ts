import type { Settings } from '../cluster/settings.ts'
import { atLeast, parseCiliumVersion } from './cilium-version.ts'

/** The implementation in force, and why where the settings name another one. */
export interface EngineChoice {
  readonly engine: 'bpf' | 'iptables'
  /** Set where BPF masquerading is configured but the release falls back to iptables. */
  readonly fallback: string | null
}

/**
 * Chooses between BPF and iptables: never a mix of both (docs/masquerade.md, "Which implementation"). Up to 1.14 an agent whose
 * requirements for BPF masquerading are not met falls back to iptables; later ones refuse to start.
 */
export function chooseEngine(settings: Settings): EngineChoice {
  const setting = settings.enableBpfMasquerade
  if (!setting.value) return { engine: 'iptables', fallback: null }
  const version = parseCiliumVersion(settings.ciliumVersion.value)
  if (atLeast(version, 1, 15) || setting.origin === 'status' || setting.origin === 'option') {
    return { engine: 'bpf', fallback: null }
  }
  const unmet = unmetRequirement(settings)
  if (unmet === null) return { engine: 'bpf', fallback: null }
  return { engine: 'iptables', fallback: `Cilium ${version.text} falls back to iptables masquerading: ${unmet}` }
}

function unmetRequirement(settings: Settings): string | null {
  if (settings.egressMasqueradeInterfaces.value.length > 0) return 'egress-masquerade-interfaces is set'
  const replacement = settings.kubeProxyReplacement
  const stated = replacement.origin !== 'default' && ['false', 'disabled'].includes(replacement.value)
  const nodePort = settings.raw.get('enable-node-port')?.value === 'true'
  if (stated && !nodePort) return `kube-proxy-replacement is ${replacement.value}, so BPF NodePort is off`
  const { bpfLbSock: socketLb, routingMode } = settings
  const withoutSocketLb = socketLb.origin !== 'default' && !socketLb.value
  return withoutSocketLb && routingMode.value === 'tunnel' ? 'routing is tunnel and socket load balancing is off' : null
}
