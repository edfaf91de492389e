import type { Section } from '../section.ts'
import { isListOf, isRecord, valueText } from './format.ts'

/** What to say of an input nothing here reads. */
export interface Unrecognised {
  readonly kind: string
  readonly note: string
  /** Whether the reader should be warned: what belongs beside metadata, or holds nothing in any case, is only listed. */
  readonly warn: boolean
}

interface KnownText {
  readonly test: RegExp
  readonly kind: string
  /** Why it is not used, and what to give instead. */
  readonly why: string
  readonly warn?: boolean
}

const STATUS_COMMAND = 'kubectl -n kube-system exec ds/cilium -- cilium-dbg status'

/** Outputs that are known and hold nothing this tool can use, in the order they are tried. */
const KNOWN_TEXTS: readonly KnownText[] = [
  {
    test: /\/¯¯\\/,
    kind: 'cilium-cli-status',
    why: `the status of the cilium CLI has no masquerading line; give the output of "${STATUS_COMMAND}"`,
    warn: true,
  },
  {
    test: /^table (?:ip|ip6|inet) \w+ \{/m,
    kind: 'nft-ruleset',
    why: 'nft shows the rules of iptables without their matches; give the output of "iptables-save"',
    warn: true,
  },
  {
    test: /^Chain \S+ \((?:policy \w+|\d+ references)/m,
    kind: 'iptables-list',
    why: 'it leaves out interfaces and sets; give the output of "iptables-save" or "iptables -t nat -S"',
    warn: true,
  },
  {
    test: /^Key\s+Value\s+State\s+Error/m,
    kind: 'cilium-map-get',
    why: 'it prints keys without their prefix length and not the name of the map; give the output of "cilium-dbg bpf ipmasq list"',
    warn: true,
  },
  {
    test: /^\w{3} [ \d]\d \d\d:\d\d:\d\d\.\d+(?: \[[^\]]+\])?: \S+ .*\b(?:to|from)-(?:network|endpoint|stack|overlay|proxy|host)\b/m,
    kind: 'hubble-compact',
    why: 'this form leaves out translated addresses; give the output of "hubble observe -o jsonpb"',
    warn: true,
  },
  {
    test: /^ID\s+Frontend\s+Service Type\s+Backend/m,
    kind: 'cilium-service-list',
    why: 'Service objects say more; give "kubectl get services,endpointslices -A -o json"',
  },
  { test: /^SERVICE ADDRESS\s+BACKEND ADDRESS/m, kind: 'bpf-lb-list', why: 'Service objects say more' },
  { test: /^\d+:\s+from \S+ .*lookup \S+/m, kind: 'ip-rule', why: 'policy routing is not followed' },
  {
    test: /^(?:Cache is (?:empty|disabled)|No entries found\.)\s*$/m,
    kind: 'empty-map',
    why: 'the map is empty, or the feature is off',
  },
  { test: /^Cannot find egress gateway bpf maps/m, kind: 'bpf-egress-list', why: 'egress gateway is off on this node' },
  { test: /^error opening ip-masq-agent map/im, kind: 'bpf-ipmasq-list', why: 'the ip-masq-agent is off on this node' },
  {
    test: /^ipset v[\d.]+: The set with the given name does not exist/m,
    kind: 'ipset-list',
    why: 'there is no such set: not iptables masquerading with native routing',
  },
  {
    test: /^error: the server doesn't have a resource type/m,
    kind: 'kubectl-error',
    why: 'the resource does not exist in this cluster',
  },
  {
    test: /^(?:Error from server|error:|Error:|command not found|bash: .*: command not found)/m,
    kind: 'error-output',
    why: 'the command failed',
    warn: true,
  },
  {
    test: /^tcpdump: (?:verbose output|listening on|data link type)|^listening on \S+, link-type /m,
    kind: 'capture-text',
    why: 'it is a capture, not metadata',
  },
  {
    test: /^\d\d:\d\d:\d\d\.\d+ (?:\S+ (?:In|Out) +)?IP6? \S+ > \S+: /m,
    kind: 'capture-text',
    why: 'it is a capture, not metadata',
  },
]

/** Kinds of YAML files this project keeps beside captures. */
const BESIDE = ['captures', 'expectations']

/**
 * Names an input that no format takes: what it is where that is known, what to give instead, and how it begins where it is not.
 *
 * @param value - The parsed value, for JSON and YAML.
 */
export function describeUnrecognised(section: Section, value?: unknown): Unrecognised {
  const found = describe(section, value)
  return section.quiet ? { ...found, warn: false } : found
}

function describe(section: Section, value: unknown): Unrecognised {
  // Lines such as `0: from all lookup local` read as YAML too.
  const known = (value === undefined ? undefined : knownValue(value)) ?? knownText(section)
  if (known !== undefined) return known
  const line = section.text.split('\n').find((text) => text.trim() !== '') ?? ''
  const start = [...line.trim()].slice(0, 60).join('')
  return { kind: 'unrecognised', note: `not recognised, not used; it begins with "${start}"`, warn: true }
}

function knownText({ text, command }: Section): Unrecognised | undefined {
  for (const { test, kind, why, warn } of KNOWN_TEXTS) {
    if (test.test(text)) return { kind, note: `recognised, not used: ${why}`, warn: warn ?? false }
  }
  const bare = text.trim()
  if (/^v?\d+\.\d+\.\d+\S*$/.test(bare)) return unused('version', 'a version of Kubernetes or of a tool')
  if (/^[\w.-]+$/.test(bare) && command?.startsWith('hostname')) return unused('hostname', 'a host name')
  return undefined
}

function knownValue(value: unknown): Unrecognised | undefined {
  if (isRecord(value)) {
    const beside = BESIDE.find((key) => key in value)
    if (beside !== undefined) return unused(`${beside}-file`, `a list of ${beside}, no cluster metadata`)
    if ('kind' in value && 'message' in value && value.kind === 'Status')
      return unused('kubectl-error', valueText(value.message))
  }
  if (Array.isArray(value) && value.length === 0) return unused('empty-list', 'an empty list')
  if (isListOf(value, (element) => 'frontend-address' in element || 'spec' in element)) {
    return unused('cilium-service-list', 'Service objects say more')
  }
  return undefined
}

const unused = (kind: string, why: string): Unrecognised => ({
  kind,
  note: `recognised, not used: ${why}`,
  warn: false,
})
