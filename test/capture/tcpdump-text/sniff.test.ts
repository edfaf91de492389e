import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sniffTcpdumpText } from '../../../src/capture/tcpdump-text/sniff.ts'
import { HAS_TEXT_CORPUS, readCorpus, renderingsOf, TEXT_CORPUS } from '../../support/text-corpus.ts'
import { octets } from '../../support/text-decode.ts'

test.each([
  '11:56:28.960187 IP 1.1.1.1.1 > 2.2.2.2.2: UDP, length 1\n',
  'IP 1.1.1.1.1 > 2.2.2.2.2: UDP, length 1\n',
  'Hello,\n\nI ran this on the node:\n\n    root@node:~# tcpdump -i eth0\n',
  'tcpdump: listening on eth0, link-type EN10MB (Ethernet), capture size 96 bytes\n',
  'reading from file a.pcap, link-type EN10MB (Ethernet)',
  '\ufeff[pod/a/b] 11:56:28.960187 IP 1.1.1.1.1 > 2.2.2.2.2: UDP, length 1',
])('%j is tcpdump text', (text) => {
  expect(sniffTcpdumpText(octets(text))).toBe(true)
})

test.each([
  '',
  'apiVersion: v1\nkind: Node\n',
  '{"items":[]}',
  '11:56:28.960187 something of an application\n',
  '2025-08-01T11:56:28Z level=info msg="listening on port 80"\n',
  'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n',
  '*filter\n:INPUT ACCEPT [0:0]\n-A POSTROUTING -s 10.0.0.0/8 ! -d 10.0.0.0/8 -j MASQUERADE\n',
])('%j is not', (text) => {
  expect(sniffTcpdumpText(octets(text))).toBe(false)
})

test('octets that are no text are not', () => {
  expect(sniffTcpdumpText(Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919) & 255))).toBe(false)
})

describe.skipIf(!HAS_TEXT_CORPUS)('the corpus', () => {
  test('every text is known, no capture is', () => {
    const wrong: string[] = []
    let texts = 0
    for (const { name, file } of HAS_TEXT_CORPUS ? readCorpus() : []) {
      if (sniffTcpdumpText(readFileSync(join(TEXT_CORPUS, file)).subarray(0, 65536))) wrong.push(file)
      for (const rendering of renderingsOf(name)) {
        texts++
        if (!sniffTcpdumpText(readFileSync(join(TEXT_CORPUS, rendering.file)).subarray(0, 65536)))
          wrong.push(rendering.file)
      }
    }
    expect(texts).toBeGreaterThan(500)
    expect(wrong).toEqual([])
  })
})
