import { cidrContainsCidr } from '../core/cidr.ts'
import type { DumpContent, SettingFact } from './facts.ts'
import type { NodeDraft } from './node-draft.ts'

type StatusContent = Extract<DumpContent, { kind: 'status' }>

/**
 * The native-routing CIDR a status line shows. It prints the SNAT exclusion: that CIDR where it is set, else the node's own
 * pod CIDR (cilium-masquerade §1.2), so that an exclusion equal to a pod CIDR says nothing.
 */
export function nativeCidrFacts(
  { status, exclusion }: StatusContent,
  draft: NodeDraft | undefined,
  all: readonly NodeDraft[],
): SettingFact[] {
  const fact = (family: 4 | 6, value: string): SettingFact => ({
    key: `ipv${family}-native-routing-cidr`,
    value,
    origin: 'status',
    source: status.source,
    weight: 0,
  })
  const own = [...exclusion.allocatedFrom, ...(draft === undefined ? all : [draft]).flatMap(({ podCidrs }) => podCidrs)]
  const facts = exclusion.exclusions
    .filter((cidr) => !own.some((podCidr) => podCidr.text === cidr.text || cidrContainsCidr(podCidr, cidr)))
    .map((cidr) => fact(cidr.family, cidr.text))
  // With the agent's list on there is no fallback, and an empty column means that none is configured.
  const line = status.masquerading
  const empty = line?.mode === 'bpf' && line.ipMasqAgent && line.devices.length > 0 && exclusion.exclusions.length === 0
  return empty ? [fact(4, '')] : facts
}
