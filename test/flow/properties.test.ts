import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FileSource } from '../../src/capture/source.ts'
import type { Flow } from '../../src/flow/flow.ts'
import { readFlows } from '../../src/flow/read-flows.ts'
import type { PacketView } from '../../src/packet/packet-view.ts'
import { Conversation, type Speaker } from '../support/flow-conversation.ts'
import { flowsOf } from '../support/flow-packets.ts'
import { ethernet, tcp } from '../support/packet-builder.ts'
import { pcap, type WrittenPacket } from '../support/pcap-writer.ts'
import fc from '../support/property.ts'

const speaker = fc.constantFrom<Speaker>('client', 'server')
const length = fc.integer({ min: 1, max: 3000 })

/** One step of a conversation: what an end does, or what the network does to it. */
const step = fc.oneof(
  fc.record({ act: fc.constant('data' as const), who: speaker, length }),
  fc.record({ act: fc.constant('ack' as const), who: speaker }),
  fc.record({ act: fc.constant('again' as const) }),
  fc.record({ act: fc.constant('lose' as const), who: speaker, length }),
  fc.record({ act: fc.constant('fin' as const), who: speaker }),
  fc.record({ act: fc.constant('reset' as const), who: speaker }),
  fc.record({ act: fc.constant('wait' as const), seconds: fc.constantFrom(0.2, 3, 30, 70, 400) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const isn = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 2 ** 32 - 1, 2 ** 31))
const script = fc.record({
  clientIsn: isn,
  serverIsn: isn,
  handshake: fc.boolean(),
  steps: fc.array(step, { maxLength: 30 }),
})

function tell(
  { clientIsn, serverIsn, handshake, steps }: typeof script extends fc.Arbitrary<infer T> ? T : never,
  port = 40000,
) {
  const talk = new Conversation({ client: `10.0.0.1:${port}`, server: '10.0.0.2:50000', clientIsn, serverIsn })
  if (handshake) talk.handshake()
  for (const each of steps) perform(talk, each)
  return talk.packets
}

function perform(talk: Conversation, each: Step): void {
  switch (each.act) {
    case 'data':
      talk.data(each.who, each.length)
      break
    case 'lose':
      talk.lose(each.who, each.length)
      break
    case 'again':
      if (talk.packets.length > 0) talk.again()
      break
    case 'wait':
      talk.wait(each.seconds)
      break
    default:
      talk[each.act](each.who)
  }
}

/** The same packet in the other direction. */
function reversed(view: PacketView): PacketView {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(view)), view) as PacketView
  copy.src3 = view.dst3
  copy.dst3 = view.src3
  copy.srcPort = view.dstPort
  copy.dstPort = view.srcPort
  return copy
}

describe('properties of flows', () => {
  test('reversing every packet swaps the ends and nothing else', () => {
    fc.assert(
      fc.property(script, (told) => {
        const packets = tell(told)
        const swapped = flowsOf(packets.map(reversed)).map((flow) => ({
          ...flow,
          source: flow.destination,
          destination: flow.source,
        }))
        expect(swapped).toEqual(flowsOf(packets))
      }),
      { numRuns: 300 },
    )
  })

  test('every packet is counted once: as packet or as copy', () => {
    fc.assert(
      fc.property(fc.array(script, { maxLength: 4 }), (scripts) => {
        const packets = scripts
          .flatMap((told, i) => tell(told, 40000 + (i % 2)))
          .sort((a, b) => a.timeSec - b.timeSec || a.timeNsec - b.timeNsec)
        const flows = flowsOf(packets)
        const counted = flows.reduce(
          (sum, { forward, reverse }) =>
            sum + forward.packets + forward.duplicates + reverse.packets + reverse.duplicates,
          0,
        )
        expect(counted).toBe(packets.length)
        expect(flows.map(({ id }) => id)).toEqual(flows.map((_, i) => i + 1))
        for (const flow of flows) checkSane(flow)
      }),
      { numRuns: 200 },
    )
  })

  test('the order of packets of equal time changes nothing that a verdict rests on', () => {
    const opening = fc.record({
      clientIsn: isn,
      serverIsn: isn,
      data: fc.array(fc.tuple(speaker, length), { maxLength: 6 }),
      groups: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 }),
      seed: fc.infiniteStream(fc.nat()),
    })
    fc.assert(
      fc.property(opening, ({ clientIsn, serverIsn, data, groups, seed }) => {
        const talk = new Conversation({ server: '10.0.0.2:80', clientIsn, serverIsn }).handshake()
        for (const [who, octets] of data) talk.data(who, octets)
        const sorted = inGroups(talk.packets, groups)
        const shuffled = sorted
          .map((packet) => ({ packet, key: seed.next().value as number }))
          .sort((a, b) => a.packet.timeNsec - b.packet.timeNsec || a.key - b.key)
          .map(({ packet }) => packet)
        expect(flowsOf(shuffled).map(verdictFields)).toEqual(flowsOf(sorted).map(verdictFields))
      }),
      { numRuns: 500 },
    )
  })

  test('splitting a capture at any packet into two files of one set changes nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'masqcheck-split-'))
    let written = 0
    const file = (packets: readonly WrittenPacket[]) => {
      const path = join(folder, `${written++}`)
      writeFileSync(path, pcap(packets))
      return new FileSource(path)
    }
    await fc.assert(
      fc.asyncProperty(script, fc.nat(), async (told, at) => {
        const packets = tell(told).map(asWritten)
        const cut = packets.length === 0 ? 0 : at % packets.length
        const whole = await flowsOfFiles([file(packets)])
        const split = await flowsOfFiles([file(packets.slice(0, cut)), file(packets.slice(cut))])
        expect(split.map(withoutPlaces)).toEqual(whole.map(withoutPlaces))
        const places = split.flatMap(({ samples }) => samples.map(({ file: i, record }) => i * cut + record))
        expect(places).toEqual(whole.flatMap(({ samples }) => samples.map(({ record }) => record)))
      }),
      { numRuns: 60 },
    )
  })
})

function checkSane(flow: Flow): void {
  for (const { payloadBytes, missedBytes, ipBytes, packets, retransmissions } of [flow.forward, flow.reverse]) {
    expect(payloadBytes).toBeGreaterThanOrEqual(0)
    expect(missedBytes).toBeGreaterThanOrEqual(0)
    expect(ipBytes).toBeGreaterThanOrEqual(packets * 40)
    expect(retransmissions).toBeLessThanOrEqual(packets)
  }
  expect(flow.endSec + flow.endNsec / 1e9).toBeGreaterThanOrEqual(flow.startSec + flow.startNsec / 1e9)
  expect(flow.samples.length).toBeGreaterThan(0)
  expect(flow.vantages.length).toBeGreaterThan(0)
}

/** Gives runs of packets one time. */
function inGroups(packets: readonly PacketView[], sizes: readonly number[]): PacketView[] {
  let left = 0
  let group = 0
  return packets.map((packet) => {
    if (left === 0) left = sizes[group++ % sizes.length] ?? 1
    left--
    return Object.assign(packet, { timeNsec: group * 1_000_000 })
  })
}

function verdictFields({ source, destination, originKnown, forward, reverse, protocol }: Flow): object {
  const side = ({ packets, payloadBytes, ipBytes, isn: number, syns, resets }: Flow['forward']) => ({
    packets,
    payloadBytes,
    ipBytes,
    number,
    syns,
    resets,
  })
  return { source, destination, originKnown, protocol, forward: side(forward), reverse: side(reverse) }
}

function asWritten(view: PacketView): WrittenPacket {
  const client = '10.0.0.1:40000'
  const server = '10.0.0.2:50000'
  const isForward = view.srcPort === 40000
  const flags = [...'FSRP.'].filter((_, i) => (view.flags & (1 << i)) !== 0).join('')
  return {
    time: [view.timeSec, Math.floor(view.timeNsec / 1000) * 1000],
    frame: ethernet(
      tcp({
        src: isForward ? client : server,
        dst: isForward ? server : client,
        flags,
        seq: view.seq,
        ack: view.ack,
        id: view.ipId,
        payload: new Uint8Array(view.payloadLength),
      }),
    ),
  }
}

async function flowsOfFiles(files: readonly FileSource[]): Promise<Flow[]> {
  const flows: Flow[] = []
  await readFlows([{ files }], {}, (flow) => flows.push(flow))
  return flows.sort((a, b) => a.id - b.id)
}

const withoutPlaces = (flow: Flow): object => ({
  ...flow,
  samples: flow.samples.map((sample) => ({ ...sample, file: 0, record: 0 })),
})
