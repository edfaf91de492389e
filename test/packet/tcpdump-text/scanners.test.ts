import { describe, expect, test } from 'vitest'
import { CaptureRecord } from '../../../src/capture/record.ts'
import { TcpdumpTextReader } from '../../../src/capture/tcpdump-text.ts'
import { IpProtocol } from '../../../src/core/protocol.ts'
import { PacketView } from '../../../src/packet/packet-view.ts'
import { blankView } from '../../../src/packet/tcpdump-text/blank-view.ts'
import { EndpointReader } from '../../../src/packet/tcpdump-text/endpoints.ts'
import { PacketTextParser, packetLines } from '../../../src/packet/tcpdump-text/packet-text.ts'
import { PlainLineScanner } from '../../../src/packet/tcpdump-text/plain-line.ts'
import { SequenceBases } from '../../../src/packet/tcpdump-text/sequence-bases.ts'
import { randomOf } from '../../support/capture-random.ts'
import { HAS_TEXT_CORPUS, readCorpus, readText, renderingsOf } from '../../support/text-corpus.ts'
import { octets } from '../../support/text-decode.ts'

const LINES: readonly string[] = [
  'IP 10.244.0.101.52844 > 172.18.0.6.80: Flags [S], seq 2618216972, win 64240, options [mss 1460,sackOK,TS val 1152497573 ecr 0,nop,wscale 7], length 0',
  'IP 172.18.0.6.80 > 10.244.0.101.52844: Flags [S.], seq 1746492749, ack 2618216973, win 65160, options [mss 1460,sackOK,TS val 95060 ecr 1152497573,nop,wscale 7], length 0',
  'IP 10.244.0.101.52844 > 172.18.0.6.80: Flags [P.], seq 1:76, ack 1, win 502, options [nop,nop,TS val 1152497573 ecr 95060], length 75: HTTP: GET / HTTP/1.1',
  'IP 172.18.0.6.80 > 10.244.0.101.52844: Flags [.], ack 76, win 509, options [nop,nop,sack 2 {80:90}{99:120}], length 0',
  'IP 172.18.0.6.80 > 10.244.0.101.52844: Flags [FP.U], seq 4294967290:4, ack 60, win 0, urg 7, length 10',
  'IP 172.18.0.6.80 > 10.244.0.101.52844: Flags [R], seq 2618216973, win 0, length 0',
  'IP6 fd00::10.42000 > 2001:db8:0:1:2:3:4:5.8080: Flags [P.], seq 1:6, ack 1, win 512, length 5',
  'IP6 ::1.42000 > fe80::.8080: Flags [.], ack 1, win 512, length 0',
  'IP 10.244.0.101.52844 > 172.18.0.6.8472: UDP, length 1400',
  'IP6 fd00::10.42000 > fd00::6.4433: UDP, length 0',
]

/** Octets that lines are made of, and some that they never are. */
const ALPHABET = octets('0123456789 ,.:;[]{}()<>-\t\r\x00\x1f\x7fSFRPUEWe.IPabcdeflagsqckwinuroptmsTvUD6\xa0\u200b')

/** A line with one to three places changed: octets overwritten, left out, put in, repeated, cut off. */
function damage(line: Uint8Array, random: (limit: number) => number): Uint8Array {
  let octets = Uint8Array.from(line)
  for (let i = 1 + random(3); i > 0; i--) {
    const at = random(octets.length + 1)
    const behind = octets.subarray(at)
    const before = octets.subarray(0, at)
    const octet = ALPHABET[random(ALPHABET.length)] ?? 0
    const kind = random(6)
    if (kind === 0) octets = Uint8Array.of(...before, octet, ...behind.subarray(1))
    else if (kind === 1) octets = Uint8Array.of(...before, ...behind.subarray(1 + random(3)))
    else if (kind === 2) octets = Uint8Array.of(...before, octet, ...behind)
    else if (kind === 3) octets = Uint8Array.of(...before, ...before.subarray(-1 - random(12)), ...behind)
    else if (kind === 4) octets = Uint8Array.of(...before, ...octets.subarray(random(octets.length)))
    else if (random(4) === 0) octets = Uint8Array.from(before)
  }
  return octets.filter((octet) => octet !== 0x0a)
}

const scanner = new PlainLineScanner()
const scanned = new PacketView()
const parsed = new PacketView()
const parser = new PacketTextParser([parsed], new EndpointReader())
const record = new CaptureRecord()

/** Whether the scanner takes a line; then the parser must read the same from it. */
function isScannedAlike(line: Uint8Array): boolean {
  blankView(scanned, record)
  const buffer = Uint8Array.of(...line, 0x0a, 0x30)
  if (!scanner.scan(buffer, 0, line.length, scanned)) return false
  if (scanned.protocol === IpProtocol.Tcp) new SequenceBases(true).restore(scanned, scanner.seqPrinted)
  const text = new TextDecoder().decode(line)
  parser.parse(packetLines(text), record, new SequenceBases(true))
  // Valid with the option only.
  if (scanned.hasTimestamps === 0) Object.assign(scanned, { tsVal: parsed.tsVal, tsEcr: parsed.tsEcr })
  expect({ ...scanned, text }).toEqual({ ...parsed, layer: scanned.layer, reason: scanned.reason, text })
  return true
}

function compareDamaged(lines: readonly Uint8Array[], rounds: number): number {
  let taken = 0
  for (const [i, line] of lines.entries()) {
    const random = randomOf(i)
    for (let round = 0; round < rounds; round++) if (isScannedAlike(damage(line, random))) taken++
  }
  return taken
}

describe('the scanner of plain lines and the parser of all lines', () => {
  test('read whole lines alike', () => {
    expect(LINES.filter((line) => isScannedAlike(octets(line)))).toEqual(LINES)
  })

  test('read damaged lines alike', () => {
    expect(compareDamaged(LINES.map(octets), 4000)).toBeGreaterThan(1000)
  })

  test.skipIf(!HAS_TEXT_CORPUS)('read the lines of the corpus alike, whole and damaged', () => {
    const lines = new Map<string, Uint8Array>()
    for (const { name } of readCorpus()) for (const { file } of renderingsOf(name)) addHeads(lines, readText(file))
    const heads = [...lines.values()]
    expect(heads.filter(isScannedAlike).length).toBeGreaterThan(1000)
    expect(compareDamaged(heads, 5)).toBeGreaterThan(500)
  })
})

/** Head lines from the label on. */
function addHeads(lines: Map<string, Uint8Array>, text: Uint8Array): void {
  const reader = new TcpdumpTextReader('text')
  const add = (): void => {
    while (reader.next()) {
      const { buffer, start, headEnd } = reader.record
      const line = Uint8Array.from(buffer.subarray(start, headEnd))
      lines.set(Buffer.from(line).toString('latin1'), line)
    }
  }
  reader.push(text)
  add()
  reader.end()
  add()
}
