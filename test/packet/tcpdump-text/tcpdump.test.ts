import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DecodeStatus } from '../../../src/core/decode-status.ts'
import { FrameDecoder } from '../../../src/packet/decode.ts'
import type { PacketView } from '../../../src/packet/packet-view.ts'
import { Random } from '../../fuzz/random.ts'
import { randomFrame } from '../../support/packet-random.ts'
import { recordOf } from '../../support/packet-record.ts'
import { pcap } from '../../support/pcap-writer.ts'
import { hasProgram } from '../../support/programs.ts'
import { decodeText } from '../../support/text-decode.ts'

const SEED = 20250802
const FRAMES = 600

/** Views that are packets, as far as every text carries them. */
function describePackets(views: readonly PacketView[]): string[] {
  return views
    .filter(({ status }) => status === DecodeStatus.Ok)
    .map((view) => {
      const { protocol, depth, srcPort, dstPort, src0, src3, dst0, dst3 } = view
      return [depth, protocol, src0, src3, srcPort, dst0, dst3, dstPort].join(' ')
    })
}

/** Behind link headers that are not known the innermost TCP header alone is looked for. */
function isAnchored(found: readonly string[], sent: readonly string[]): boolean {
  return found.length === 1 && found[0]?.replace(/^0 6 /, '') === sent.at(-1)?.replace(/^\d 6 /, '')
}

describe.skipIf(!hasProgram('tcpdump'))('random frames as tcpdump prints them (needs tcpdump)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'masqcheck-tcpdump-'))
  const file = join(folder, 'frames.pcap')
  const packets: string[][] = []

  beforeAll(() => {
    const random = new Random(SEED)
    const frames = Array.from({ length: FRAMES }, () => randomFrame(random))
    writeFileSync(file, pcap(frames.map((frame, i) => ({ time: 1_754_049_388 + i, frame }))))
    const decoder = new FrameDecoder()
    for (const frame of frames) packets.push(describePackets(decoder.views.slice(0, decoder.decode(recordOf(frame)))))
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  // Not all that the outer headers may be is printed, or read: what is read must be what was sent.
  test.each([
    ['-n', 0.75],
    ['-nn -tttt -v', 0.65],
    ['-n -S', 0.75],
    ['-n -A', 0.75],
    ['-n -e', 0.6],
    ['-n -x', 0.95],
    ['-n -v -XX', 0.8],
  ])('%s: every record, and at least %f of them whole', (flags, least) => {
    const args = ['-r', file, ...flags.split(' ')]
    const text = execFileSync('tcpdump', args, { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 2 ** 26 })
    const { records } = decodeText([text])
    expect(records.length).toBe(FRAMES)
    const invented: string[] = []
    let whole = 0
    records.forEach((views, i) => {
      const found = describePackets(views)
      const sent = packets[i] ?? []
      if (found.join() === sent.join()) whole++
      else if (!sent.join().startsWith(found.join()) && !isAnchored(found, sent)) {
        invented.push(`#${i + 1}: ${found.join(', ')} instead of ${sent.join(', ')}`)
      }
    })
    expect(invented).toEqual([])
    expect(whole / FRAMES).toBeGreaterThan(least)
  })
})
