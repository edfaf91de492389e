import { expect, test } from 'vitest'
import { PacketKey } from '../../src/flow/packet-key.ts'
import type { PacketView } from '../../src/packet/packet-view.ts'
import { icmpView, tcpView, udpView } from '../support/flow-packets.ts'

const views: readonly [(src: string, dst: string) => PacketView, [string, string]][] = [
  [(src, dst) => tcpView({ src, dst }), ['10.0.0.1:1000', '10.0.0.2:80']],
  [(src, dst) => udpView({ src, dst }), ['10.0.0.1:1000', '10.0.0.2:80']],
  [(src, dst) => tcpView({ src, dst }), ['[fd00::1]:1000', '[fd00::2]:80']],
  [(src, dst) => icmpView({ src, dst, type: 8, id: 5 }), ['10.0.0.1', '10.0.0.2']],
]

test('PacketKey hashes both directions alike, and other keys differently', () => {
  const key = new PacketKey()
  const hash = (view: PacketView) => {
    key.ofPacket(view)
    return key.hash
  }
  for (const [make, [a, b]] of views) expect(hash(make(a, b))).toBe(hash(make(b, a)))
  const hashes = new Set(
    Array.from({ length: 10_000 }, (_, i) => hash(tcpView({ src: `10.0.${i >> 8}.${i & 255}:5`, dst: '10.0.0.2:80' }))),
  )
  expect(hashes.size).toBeGreaterThan(9_990)
  expect(hash(tcpView({ src: '10.0.0.1:80', dst: '10.0.0.1:80' }))).not.toBe(
    hash(tcpView({ src: '10.0.0.2:80', dst: '10.0.0.2:80' })),
  )
})
