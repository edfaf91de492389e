import { expect, test } from 'vitest'
import { DecisionCache } from '../../src/audit/decision-cache.ts'
import type { Decision, PacketQuery } from '../../src/masquerade/decision.ts'

const QUERY: PacketQuery = { source: '10.0.0.1', destination: '1.1.1.1', protocol: 6, node: 'n1' }

test('the same question is answered once, ports aside', () => {
  const cache = new DecisionCache()
  let asked = 0
  const decide = (): Decision => ({ rule: String(++asked) }) as Decision
  const first = cache.get(QUERY, decide)
  expect(cache.get({ ...QUERY, sourcePort: 1, isReply: false, outInterface: null }, decide)).toBe(first)
  expect(asked).toBe(1)
})

const OTHERS: Partial<PacketQuery>[] = [
  { source: '10.0.0.2' },
  { destination: '1.1.1.2' },
  { protocol: 17 },
  { node: 'n2' },
  { outInterface: 'eth1' },
  { isReply: true },
  { icmpType: 8 },
  { dnat: true },
]
test.each(OTHERS)('another question: %o', (other) => {
  const cache = new DecisionCache()
  const first = cache.get(QUERY, () => ({ rule: 'a' }) as Decision)
  expect(cache.get({ ...QUERY, ...other }, () => ({ rule: 'b' }) as Decision)).not.toBe(first)
})
