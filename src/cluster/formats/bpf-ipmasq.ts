import { type Cidr, makeCidr, parseCidr } from '../../core/cidr.ts'
import { parseIp } from '../../core/ip.ts'
import { dumpOf, type FactStore, type InputEntry } from '../facts.ts'
import { lineSource, numberedLines, type Section } from '../section.ts'
import { isListOf, isRecord, type Outcome, type StructuredFormat, type TextFormat, valueText } from './format.ts'
import { prefixOfMask } from './netmask.ts'

/** `cilium-dbg bpf ipmasq list`: the realised ip-masq-agent list. */
export const bpfIpmasqText: TextFormat = {
  matches: ({ text }) => /^IP PREFIX\/ADDRESS\s*$/m.test(text),
  read(section, store, entry) {
    const cidrs = numberedLines(section)
      .map(({ text }) => parseCidr(text.trim()))
      .filter((cidr) => cidr !== undefined)
    return addList(cidrs, section, store, entry)
  },
}

/** `-o json`: CIDR texts, in older releases address and mask. */
export const bpfIpmasqJson: StructuredFormat = {
  matches: (value) =>
    isListOf(value, (entry) => typeof entry.IP === 'string' && typeof entry.Mask === 'string') ||
    (Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string' && parseCidr(text))),
  read({ value, section, entry }, store) {
    const cidrs = (Array.isArray(value) ? value : []).map(cidrOf).filter((cidr) => cidr !== undefined)
    return addList(cidrs, section, store, entry)
  },
}

function cidrOf(value: unknown): Cidr | undefined {
  if (typeof value === 'string') return parseCidr(value)
  if (!isRecord(value)) return undefined
  const ip = parseIp(valueText(value.IP))
  const prefix = prefixOfMask(valueText(value.Mask))
  return ip === undefined || prefix === undefined ? undefined : makeCidr(ip, prefix)
}

function addList(cidrs: readonly Cidr[], section: Section, store: FactStore, entry: InputEntry): Outcome {
  const list = { cidrs, source: lineSource(section, section.firstLine) }
  store.dumps.push({ ...dumpOf(entry, section.hint, []), content: { kind: 'ipmasq', list } })
  return { kind: 'bpf-ipmasq-list', taken: [[cidrs.length, 'CIDR']] }
}
