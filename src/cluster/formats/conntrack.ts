import { parseIp } from '../../core/ip.ts'
import { dumpOf, type NodeClue, type TranslationFact } from '../facts.ts'
import { lineSource, numberedLines } from '../section.ts'
import type { TextFormat } from './format.ts'
import { portOf, protocolNumber } from './tuple.ts'

const ENTRY = /^(?:(?:ipv4|ipv6) +\d+ +)?(tcp|udp|icmp|icmpv6|ipv6-icmp|sctp|unknown) +(\d+) .*\bsrc=\S+ dst=/

/**
 * `conntrack -L [-o extended]`, `/proc/net/nf_conntrack`: two tuples an entry, as opened and as answered. The source was
 * translated where the answer goes to another address than the question came from.
 */
export const conntrackList: TextFormat = {
  matches: ({ text }) => /^(?:(?:ipv4|ipv6) +\d+ +)?(?:tcp|udp|icmp|icmpv6|sctp) +\d+ .*src=\S+ dst=\S+/m.test(text),
  read(section, store, entry) {
    const entries: TranslationFact[] = []
    let bad = 0
    for (const { text, line } of numberedLines(section)) {
      const match = ENTRY.exec(text)
      if (match === null) continue
      const fact = translationOf(text, protocolNumber(match[2] ?? '') ?? 0)
      if (fact === undefined) bad++
      else entries.push({ ...fact, source: lineSource(section, line) })
    }
    store.dumps.push({
      ...dumpOf(entry, section.hint, conntrackClues(entries)),
      content: { kind: 'translations', entries },
    })
    if (bad > 0) {
      const message = `${section.file}: ${bad} lines have no two tuples of addresses, as conntrack prints them; left out`
      store.warnings.push({ code: 'metadata-bad-item', file: section.file, message })
    }
    const translated = entries.filter((one) => one.originalSource !== one.translatedSource).length
    return {
      kind: 'conntrack-list',
      taken: [[entries.length, 'connection']],
      note: `${translated} with the source translated`,
    }
  },
}

function translationOf(text: string, protocol: number): Omit<TranslationFact, 'source'> | undefined {
  const all = (key: string): string[] =>
    [...text.matchAll(new RegExp(`\\b${key}=(\\S+)`, 'g'))].map(([, value = '']) => value)
  const [originalSource, answerSource] = all('src').map((ip) => parseIp(ip))
  const [originalDestination, answerDestination] = all('dst').map((ip) => parseIp(ip))
  if (!originalSource || !answerSource || !originalDestination || !answerDestination) return undefined
  const [sourcePort, answerSourcePort] = all('sport').map(Number)
  const [, answerDestinationPort] = all('dport').map(Number)
  const [id, answerId] = all('id').map(Number)
  return {
    kind: 'conntrack',
    nodeName: null,
    protocol,
    originalSource,
    originalSourcePort: portOf(protocol, sourcePort ?? id ?? 0),
    // Behind a DNAT the packet goes to the backend, which is who answers.
    destination: answerSource,
    destinationPort: portOf(protocol, answerSourcePort ?? 0),
    translatedSource: answerDestination,
    translatedSourcePort: portOf(protocol, answerDestinationPort ?? answerId ?? id ?? 0),
  }
}

/** The address sources are translated to is the node's; connections without translation tell nothing certain. */
function conntrackClues(entries: readonly TranslationFact[]): NodeClue[] {
  const counts = new Map<string, number>()
  for (const { originalSource, translatedSource } of entries) {
    if (originalSource !== translatedSource) counts.set(translatedSource, (counts.get(translatedSource) ?? 0) + 1)
  }
  const byCount = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  return byCount.map(([ip]) => ({ kind: 'address', ip }))
}
