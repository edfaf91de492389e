import { describe, expect, test } from 'vitest'
import { TcpdumpTextReader } from '../../../src/capture/tcpdump-text.ts'
import fc from '../../support/property.ts'
import { HAS_TEXT_CORPUS, readText } from '../../support/text-corpus.ts'
import { type DecodedText, decodeText, octets } from '../../support/text-decode.ts'

/** One text of each kind: time forms, -A, -X, -v, tunnels, old versions, several captures, damage of all sorts. */
const TEXTS: readonly string[] = [
  'syn-whole-v4.n.txt',
  'syn-midnight.ttt.txt',
  'syn-any-sll2.num-t-e.txt',
  'syn-payload-injection.A.txt',
  'syn-vxlan-8472.t-v.txt',
  'syn-icmp-quotes.v.txt',
  'print-flags.e.v3.8.3.txt',
  'tcp-handshake-nano.evXX.txt',
  'timestamp_invalid_micro.n.txt',
  'pasted/two-commands.txt',
  'pasted/sorted-descending.txt',
  'pasted/kubectl-logs-prefix.txt',
  'pasted/ansi-prompt.txt',
  'pasted/utf16le.txt',
  'pasted/wrapped-80.txt',
  'pasted/indented-verbose.txt',
]

function summary({ records, reader, skipped, names }: DecodedText): unknown {
  return [records, reader.interfaces, reader.warnings, reader.skipped, skipped, names]
}

function chunksOf(all: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0, i = 0; at < all.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    chunks.push(all.slice(at, at + size))
    at += size
  }
  return chunks
}

describe.skipIf(!HAS_TEXT_CORPUS)('texts of the corpus', () => {
  test.each(TEXTS)('%s reads the same in every chunking', (file) => {
    const text = readText(file)
    const whole = summary(decodeText([text]))
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        expect(summary(decodeText(chunksOf(text, sizes)))).toEqual(whole)
      }),
      { numRuns: 8, seed: 11 },
    )
  })

  test.each(TEXTS)('%s, cut at every 7th octet: no exception, no packet more', (file) => {
    const text = readText(file).subarray(0, 3000)
    const packets = decodeText([text]).records.length
    for (let end = 0; end < text.length; end += 7) {
      // A cut may end an -A dump early, and what was payload then looks like packets.
      const found = decodeText([text.subarray(0, end)]).records.length
      if (!file.includes('.A.')) expect([end, found]).toEqual([end, Math.min(found, packets)])
    }
  })

  test.each(TEXTS)('%s with octets overwritten: no exception, every view within its bounds', (file) => {
    const text = readText(file).subarray(0, 6000)
    const overwrites = fc.array(fc.tuple(fc.nat(text.length - 1), fc.nat(255)), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(overwrites, (changes) => {
        const damaged = text.slice()
        for (const [at, octet] of changes) damaged[at] = octet
        for (const view of decodeText([damaged]).records.flat()) {
          expect(view.srcPort >= 0 && view.srcPort <= 65535 && view.dstPort >= 0 && view.dstPort <= 65535).toBe(true)
          expect(view.payloadLength >= 0 && view.ipLength >= 0 && view.seq >= 0 && view.seq <= 0xffffffff).toBe(true)
          expect(view.timeNsec >= 0 && view.timeNsec < 1e9).toBe(true)
        }
      }),
      { numRuns: 15, seed: 5 },
    )
  })
})

describe('hostile texts', () => {
  const head = '11:56:28.960187 IP 10.0.0.1.80 > 10.0.0.2.81: '
  const bare = '11:56:28.960187 IP 10.0.0.1 > 10.0.0.2: '

  test.each([
    ['lengths', `${head}Flags [P.]${', length 1 '.repeat(20_000)}`],
    ['options', `${head}Flags [P.]${', options ['.repeat(20_000)}`],
    ['flags', `${head}${': Flags [P.], options ['.repeat(10_000)}`],
    ['brackets', `11:56:28.960187 IP ${'('.repeat(200_000)}`],
    ['verbose headers', `11:56:28.960187 IP (tos 0x0, ${'ttl 1, id 1 (('.repeat(10_000)}`],
    ['extension headers', `11:56:28.960187 IP6 fd00::1 > fd00::2: HBH ${'(a(b)'.repeat(20_000)}`],
    ['VXLAN fields', `${head}VXLAN, flags [I] (0x08)${', a b c'.repeat(20_000)}`],
    ['GRE fields', `${bare}GREv0${', proto a'.repeat(20_000)}`],
    ['tunnels in tunnels', `11:56:28.960187 ${'IP 10.0.0.1 > 10.0.0.2: '.repeat(10_000)}`],
    [
      'VLAN tags',
      `11:56:28.960187 00:00:00:00:00:01 > 00:00:00:00:00:02, ethertype 802.1Q (0x8100), length 1: ${'vlan 1, p 0, '.repeat(20_000)}`,
    ],
    ['half addresses', `11:56:28.960187 ${'1.1.1.1.1 > '.repeat(20_000)}`],
    ['colons', `11:56:28.960187 ${'a:b:c:d:e:'.repeat(20_000)}`],
    ['escape sequences', '\x1b['.repeat(100_000)],
    ['entities', '&gt;'.repeat(60_000)],
    ['prompts', `${'# '.repeat(900)}tcpdump -i eth0`],
    ['banners', `reading from file ${' '.repeat(2000)}x`],
    ['quotes', `${'> '.repeat(1000)}${head}UDP, length 1`],
    ['SACK blocks', `${head}Flags [.], ack 1, win 1, options [sack 1 ${'{1:2}'.repeat(20_000)}], length 0`],
  ])('%s by the thousand take no longer than their length', (_, line) => {
    const started = performance.now()
    decodeText([octets(`${line}\n`.repeat(3))])
    expect(performance.now() - started).toBeLessThan(3000)
  })

  test('a line without end does not grow memory', () => {
    const reader = new TcpdumpTextReader('endless')
    reader.push(octets(`${head}Flags [.], ack 1, win 1, length 0: `))
    const chunk = new Uint8Array(1 << 20).fill(0x61)
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 100; i++) {
      reader.push(chunk)
      while (reader.next());
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 << 20)
    reader.end()
    expect(reader.next()).toBe(true)
  })

  test('a packet of lines without end does not grow memory', () => {
    const reader = new TcpdumpTextReader('endless')
    reader.push(octets(`${head}UDP, length 1\n${'11:56:29.960187 IP 10.0.0.1.80 > 10.0.0.2.81: UDP, length 1\n'}`))
    const chunk = octets('\t0x0000:  4500 003c\n'.repeat(50_000))
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 50; i++) {
      reader.push(chunk)
      while (reader.next());
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30 << 20)
  })

  test('any octets: no exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.integer({ min: 1, max: 500 }), (bytes, size) => {
        decodeText(chunksOf(bytes, [size]))
      }),
      { numRuns: 200, seed: 3 },
    )
  })
})
