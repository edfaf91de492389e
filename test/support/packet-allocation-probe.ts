/**
 * Run by `node --expose-gc`: prints how many octets of heap one decoded packet costs, at the least of several rounds.
 * With the argument `positive-control` an object of three fields is made for every packet.
 */

import { FrameDecoder } from '../../src/packet/decode.ts'
import type { PacketView } from '../../src/packet/packet-view.ts'
import { printOctetsEach } from './allocation-rounds.ts'
import {
  ethernet,
  extension,
  fragments,
  geneve,
  gre,
  icmpError,
  ipInIp,
  sll2,
  tcp,
  udp,
  vxlan,
  wireguard,
} from './packet-builder.ts'
import { recordOf } from './packet-record.ts'

const PACKETS = 1_000_000

const ENDS = { src: '10.0.0.1:1111', dst: '200.0.0.2:80' }
const ENDS6 = { src: '[fd00::1]:1111', dst: '[fd00::2]:53' }
const TUNNEL = { src: '172.18.0.2', dst: '172.18.0.3' }
const SEGMENT = tcp({ ...ENDS, seq: 0xf0000000, ack: 0x90000000, options: { timestamps: [0xf0000000, 1] }, payload: 9 })

const records = [
  ethernet(SEGMENT),
  ethernet(tcp({ ...ENDS, flags: 'S', options: { mss: 1460, sackPermitted: true, windowScale: 7 } })),
  ethernet(udp({ ...ENDS6, payload: 20 }), { vlans: [{ id: 5 }] }),
  ethernet(tcp({ ...ENDS6, extensions: [extension.hopByHop(), extension.fragment(0xf0000000)] })),
  ethernet(vxlan({ ...TUNNEL, vni: 7 }, ethernet(SEGMENT))),
  ethernet(geneve({ ...TUNNEL, options: new Uint8Array(8) }, ethernet(SEGMENT))),
  ethernet(gre({ ...TUNNEL, key: 0xf0000000 }, ipInIp(TUNNEL, SEGMENT))),
  ethernet(wireguard(TUNNEL)),
  ethernet(icmpError({ ...TUNNEL, type: 3, code: 4, mtu: 1400, quoted: SEGMENT })),
  ...fragments(SEGMENT, 32).map((piece) => ethernet(piece)),
  ethernet(SEGMENT, { etherType: 0x0806 }),
  ethernet(SEGMENT).slice(0, 50),
].map((frame) => recordOf(frame))
records.push(recordOf(sll2(SEGMENT), { linkType: 276 }))
records.push(recordOf(ethernet(SEGMENT), { captured: 40 }))

const decoder = new FrameDecoder()
let kept: object = {}

function decodeAll(keep: (view: PacketView) => void): number {
  let views = 0
  for (let i = 0; i < PACKETS; i += records.length) {
    for (const record of records) {
      views += decoder.decode(record)
      keep(decoder.views[0] as PacketView)
    }
  }
  return views
}

function allocate(view: PacketView): void {
  kept = { src: view.src3, dst: view.dst3, seq: view.seq }
}
const keep = process.argv[2] === 'positive-control' ? allocate : (): void => {}

printOctetsEach(
  () => {
    decodeAll(keep)
    return PACKETS
  },
  () => ({ kept: Object.keys(kept).length }),
)
