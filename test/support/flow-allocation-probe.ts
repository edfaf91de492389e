/**
 * Run by `node --expose-gc`: prints how many octets of heap one packet of open flows costs in the flow table, at the least
 * of several rounds. With the argument `positive-control` an object of three fields is made for every packet.
 */

import { FlowTable } from '../../src/flow/flow-table.ts'
import type { PacketView } from '../../src/packet/packet-view.ts'
import { printOctetsEach } from './allocation-rounds.ts'
import { Conversation } from './flow-conversation.ts'
import { icmpView, udpView } from './flow-packets.ts'

const PACKETS = 1_000_000
const FLOWS = 250

let kept: object = {}

const table = new FlowTable({ capture: 0, timeKind: 'absolute', onFlow: () => {} })

/** Conversations under way: in order, with duplicate acknowledgments, retransmissions, zero windows, copies. */
const rounds: { views: PacketView[]; advance: number }[] = Array.from({ length: FLOWS }, (_, i) => {
  const [client, server] = i % 2 === 0 ? [`10.0.0.${i}:4000`, '200.0.0.2:80'] : [`[fd00::${i}]:4000`, '[fd00::ff]:80']
  const talk = new Conversation({
    client,
    server,
    clientIsn: 0xfffffff0,
    serverIsn: 7,
    common: { ttl: 64, tsVal: 0xf0000000 },
  })
  for (const view of talk.handshake().data('client', 10).data('server', 10).packets) table.add(view)
  const before = talk.packets.length
  talk.data('client', 100).data('server', 100).ack('client').ack('client').ack('server', { window: 0 })
  if (i % 3 === 0) talk.again({ id: 60_000 })
  return { views: talk.packets.slice(before), advance: 100 }
})
const others = [
  udpView({ src: '10.0.0.1:5000', dst: '10.0.0.2:53', length: 30, dnsId: 5, at: 100 }),
  udpView({ src: '10.0.0.2:53', dst: '10.0.0.1:5000', length: 90, dnsId: 5, at: 100 }),
  icmpView({ src: '10.0.0.1', dst: '10.0.0.2', type: 8, id: 4, number: 9, at: 100 }),
]

function addAll(keep: (view: PacketView) => void): void {
  for (let done = 0; done < PACKETS; ) {
    for (const { views, advance } of rounds) {
      for (const view of views) {
        table.add(view)
        keep(view)
        view.seq = (view.seq + advance) >>> 0
        view.ack = (view.ack + advance) >>> 0
        view.ipId = (view.ipId + 1) & 0xffff
        done++
      }
    }
    for (const view of others) table.add(view)
  }
}

function allocate(view: PacketView): void {
  kept = { src: view.src3, dst: view.dst3, seq: view.seq }
}
const keep = process.argv[2] === 'positive-control' ? allocate : (): void => {}

printOctetsEach(
  () => {
    addAll(keep)
    return PACKETS
  },
  () => ({ kept: Object.keys(kept).length, flows: table.size }),
)
