/**
 * Run by `node --expose-gc`: prints how many octets of heap one plain line of tcpdump text costs, read and decoded, at
 * the least of several rounds. With the argument `positive-control` an object of three fields is made for every packet.
 */

import { TcpdumpTextReader } from '../../src/capture/tcpdump-text.ts'
import { TcpdumpTextDecoder } from '../../src/packet/from-tcpdump-text.ts'
import { printOctetsEach } from './allocation-rounds.ts'

const LINES = 100_000
const READINGS = 8

const FORMS: readonly string[] = [
  'IP 10.244.0.101.52844 > 172.18.0.6.80: Flags [P.], seq 1:76, ack 3152497573, win 502, options [nop,nop,TS val 3152497574 ecr 2216167557], length 75: HTTP: HEAD / HTTP/1.1',
  'IP 172.18.0.6.80 > 10.244.0.101.52844: Flags [.], ack 4000000076, win 509, options [nop,nop,TS val 2216167558 ecr 3152497574], length 0',
  'IP6 fd00:10:244::1.41100 > fd00:10:244::2.8080: Flags [S], seq 3088888888, win 64240, options [mss 1460,sackOK,TS val 3152497575 ecr 0,nop,wscale 7], length 0',
  'IP 10.244.0.101.52844 > 172.18.0.6.80: Flags [.], ack 1, win 502, options [nop,nop,sack 1 {3000000000:3000000100}], length 0',
  'IP 172.18.0.2.43210 > 172.18.0.3.51820: UDP, length 148',
]

const keepsViews = process.argv[2] === 'positive-control'
const octets = new TextEncoder().encode(
  Array.from({ length: LINES }, (_, i) => `11:56:28.${String(i).padStart(6, '0')} ${FORMS[i % FORMS.length]}\n`).join(
    '',
  ),
)
const reader = new TcpdumpTextReader('probe')
const decoder = new TcpdumpTextDecoder({ interfaces: reader.interfaces })
let kept: object = {}

function readAll(): number {
  let packets = 0
  reader.push(octets)
  while (reader.next()) {
    decoder.decode(reader.record)
    packets++
    const view = decoder.views[0]
    if (keepsViews && view !== undefined) kept = { src: view.src3, dst: view.dst3, seq: view.seq }
  }
  return packets
}

printOctetsEach(
  () => {
    let packets = 0
    for (let i = 0; i < READINGS; i++) packets += readAll()
    return packets
  },
  () => ({ kept: Object.keys(kept).length }),
)
