import { describe, expect, test } from 'vitest'
import { CaptureRecord } from '../../../src/capture/record.ts'
import { IpProtocol } from '../../../src/core/protocol.ts'
import { PacketView } from '../../../src/packet/packet-view.ts'
import { blankView } from '../../../src/packet/tcpdump-text/blank-view.ts'
import { EndpointReader } from '../../../src/packet/tcpdump-text/endpoints.ts'
import { PacketTextParser } from '../../../src/packet/tcpdump-text/packet-text.ts'
import { PlainLineScanner } from '../../../src/packet/tcpdump-text/plain-line.ts'
import { SequenceBases } from '../../../src/packet/tcpdump-text/sequence-bases.ts'
import fc from '../../support/property.ts'
import { octets } from '../../support/text-decode.ts'

/** The view of a line as the scanner sees it, `null` where it leaves the line to the parser. */
function scan(line: string, behind = '\n'): PacketView | null {
  const bytes = octets(line + behind)
  const view = new PacketView()
  blankView(view, new CaptureRecord())
  const scanner = new PlainLineScanner()
  if (!scanner.scan(bytes, 0, bytes.length - behind.length, view)) return null
  if (view.protocol === IpProtocol.Tcp) new SequenceBases(true).restore(view, scanner.seqPrinted)
  return view
}

/** The same as the parser sees it. */
function parse(line: string): PacketView {
  const view = new PacketView()
  new PacketTextParser([view], new EndpointReader()).parse([line], new CaptureRecord(), new SequenceBases(true))
  return view
}

const uint32 = fc.integer({ min: 0, max: 0xffffffff })
const port = fc.integer({ min: 0, max: 0xffff })
const option = fc.oneof(
  fc.constant('nop'),
  fc.constant('sackOK'),
  fc.integer({ min: 0, max: 65535 }).map((mss) => `mss ${mss}`),
  fc.integer({ min: 0, max: 14 }).map((shift) => `wscale ${shift}`),
  fc.tuple(uint32, uint32).map(([val, ecr]) => `TS val ${val} ecr ${ecr}`),
  fc
    .array(fc.tuple(uint32, uint32), { minLength: 1, maxLength: 3 })
    .map((blocks) => `sack ${blocks.length} ${blocks.map(([a, b]) => `{${a}:${b}}`).join('')}`),
)
const endpoints = fc.oneof(
  fc.tuple(fc.ipV4(), port, fc.ipV4(), port).map(([a, p, b, q]) => `IP ${a}.${p} > ${b}.${q}: `),
  fc
    .tuple(fc.ipV6(), port, fc.ipV6(), port)
    .map(([a, p, b, q]) => `IP6 ${a.toLowerCase()}.${p} > ${b.toLowerCase()}.${q}: `),
)
const segment = fc
  .record({
    flags: fc.constantFrom('S', 'S.', '.', 'P.', 'F.', 'R', 'R.', 'FPU.EW', 'SEW'),
    seq: uint32,
    length: fc.integer({ min: 0, max: 65000 }),
    ack: uint32,
    win: port,
    options: fc.array(option, { maxLength: 4 }),
    tail: fc.constantFrom('', ': HTTP', ': HTTP: GET / HTTP/1.1'),
  })
  .map(({ flags, seq, length, ack, win, options, tail }) => {
    const range = length > 0 ? `, seq ${seq}:${(seq + length) >>> 0}` : /[SFR]/.test(flags) ? `, seq ${seq}` : ''
    const list = options.length > 0 ? `, options [${options.join(',')}]` : ''
    return `Flags [${flags}]${range}${flags.includes('.') ? `, ack ${ack}` : ''}, win ${win}${list}, length ${length}${tail}`
  })

describe('PlainLineScanner', () => {
  test('fills the view as the parser does', () => {
    let scanned = 0
    fc.assert(
      fc.property(endpoints, segment, (addresses, fields) => {
        const plain = scan(addresses + fields)
        if (plain === null) return
        scanned++
        expect(plain).toEqual(parse(addresses + fields))
      }),
      { numRuns: 500, seed: 7 },
    )
    expect(scanned).toBeGreaterThan(250)
  })

  test('UDP', () => {
    expect(scan('IP 10.6.0.1.40001 > 10.6.1.1.443: UDP, length 1200')).toEqual(
      parse('IP 10.6.0.1.40001 > 10.6.1.1.443: UDP, length 1200'),
    )
    expect(scan('IP 10.6.0.1.40001 > 10.6.1.1.443: UDP, length 1200')).toMatchObject({
      protocol: 17,
      payloadLength: 1200,
      ipLength: 1228,
    })
  })

  const tcp =
    'IP 10.0.0.1.80 > 10.0.0.2.81: Flags [P.], seq 1:20, ack 1, win 502, options [nop,nop,TS val 1 ecr 2], length 19'

  test.each([
    ['host names', tcp.replace('10.0.0.1.80', 'nginx.kind.http')],
    ['octets above 255', tcp.replace('10.0.0.1', '10.0.0.256')],
    ['leading zeros', tcp.replace('10.0.0.1', '10.0.0.01')],
    ['ports above 65535', tcp.replace('.81:', '.65536:')],
    ['no port', tcp.replace('10.0.0.1.80', '10.0.0.1')],
    ['flags of another protocol', tcp.replace('[P.]', '[Command]')],
    ['a checksum', tcp.replace(', seq', ', cksum 0x1 (correct), seq')],
    ['options it does not know', tcp.replace('nop,nop', 'mptcp 12 capable')],
    ['more than four SACK blocks', tcp.replace('nop,nop', 'sack 5 {1:2}{1:2}{1:2}{1:2}{1:2}')],
    ['options of more than 40 octets', tcp.replace('nop,nop', Array(31).fill('nop').join(','))],
    ['numbers above 32 bits', tcp.replace('ack 1', 'ack 4294967296')],
    ['a length that is not that of the range', tcp.replace('length 19', 'length 5817177+')],
    ['digits of text behind the length', tcp.replace('length 19', 'length 1917177+')],
    ['no length', tcp.replace(', length 19', '')],
    [
      'a tunnel',
      'IP 10.0.0.1.1 > 10.0.0.2.6081: Geneve, Flags [none], vni 0x3: IP 1.1.1.1.1 > 2.2.2.2.2: UDP, length 5',
    ],
    ['a broken header', 'IP 10.0.0.1.80 > 10.0.0.2.81: Flags [.] [bad hdr length 60 - too long, > 40]'],
  ])('leaves %s to the parser', (_, line) => {
    expect(scan(tcp)).not.toBeNull()
    expect(scan(line)).toBeNull()
  })

  test('reads nothing behind the line, at any cut', () => {
    const bytes = octets(tcp)
    for (let end = 0; end < bytes.length; end++) {
      for (const behind of [bytes.slice(end), octets('9999999999'), octets('\n'), new Uint8Array(0)]) {
        const all = new Uint8Array([...bytes.slice(0, end), ...behind])
        const view = new PacketView()
        expect([end, new PlainLineScanner().scan(all, 0, end, view)]).toEqual([end, false])
      }
    }
  })
})
