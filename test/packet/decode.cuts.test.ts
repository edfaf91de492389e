import { describe, expect, test } from 'vitest'
import {
  concat,
  ethernet,
  extension,
  geneve,
  gre,
  icmpEcho,
  icmpError,
  ipInIp,
  mpls,
  nullLoopback,
  ppp,
  pppoe,
  sctp,
  sll,
  sll2,
  snap,
  tcp,
  udp,
  vxlan,
} from '../support/packet-builder.ts'
import { decodeFrame } from '../support/packet-decode.ts'

const ENDS = { src: '10.0.0.1:1111', dst: '10.0.0.2:2222' }
const ENDS6 = { src: '[fd00::1]:1111', dst: '[fd00::2]:2222' }
const TUNNEL = { src: '172.18.0.2', dst: '172.18.0.3' }
const SEGMENT = tcp({ ...ENDS, payload: 100 })

/** A frame, and how many of its octets must be captured for its innermost packet to be Ok. */
interface Row {
  readonly name: string
  readonly frame: Uint8Array
  readonly linkType?: number
  readonly needed: number
}

const ROWS: readonly Row[] = [
  { name: 'Ethernet, IPv4, TCP', frame: ethernet(SEGMENT), needed: 54 },
  { name: 'Ethernet, IPv6, UDP', frame: ethernet(udp({ ...ENDS6, payload: 100 })), needed: 62 },
  { name: 'QinQ', frame: ethernet(SEGMENT, { vlans: [{ id: 1, type: 0x88a8 }, { id: 2 }] }), needed: 62 },
  { name: 'LLC and SNAP', frame: snap(SEGMENT), needed: 62 },
  { name: 'MPLS', frame: ethernet(mpls([1, 2], SEGMENT), { etherType: 0x8847 }), needed: 62 },
  { name: 'PPPoE', frame: ethernet(pppoe(SEGMENT), { etherType: 0x8864 }), needed: 62 },
  { name: 'PPP', frame: ppp(SEGMENT, { framing: true }), linkType: 9, needed: 44 },
  { name: 'Linux cooked 1', frame: sll(SEGMENT), linkType: 113, needed: 56 },
  { name: 'Linux cooked 2', frame: sll2(SEGMENT), linkType: 276, needed: 60 },
  { name: 'BSD loopback', frame: nullLoopback(SEGMENT), linkType: 0, needed: 44 },
  { name: 'raw IP', frame: SEGMENT, linkType: 101, needed: 40 },
  { name: 'SCTP', frame: ethernet(sctp({ ...ENDS, payload: 16 })), needed: 46 },
  { name: 'ICMP echo', frame: ethernet(icmpEcho({ src: '10.0.0.1', dst: '10.0.0.2' })), needed: 42 },
  { name: 'ICMPv6 echo', frame: ethernet(icmpEcho({ src: 'fd00::1', dst: 'fd00::2' })), needed: 62 },
  {
    name: 'IPv6 extension headers',
    frame: ethernet(
      tcp({ ...ENDS6, extensions: [extension.hopByHop(24), extension.authentication(), extension.fragment(1)] }),
    ),
    needed: 130,
  },
  { name: 'IP in IP', frame: ethernet(ipInIp(TUNNEL, SEGMENT)), needed: 74 },
  {
    name: 'GRE with all fields',
    frame: ethernet(gre({ ...TUNNEL, key: 1, sequence: 1, checksum: true }, SEGMENT)),
    needed: 90,
  },
  { name: 'VXLAN', frame: ethernet(vxlan(TUNNEL, ethernet(SEGMENT))), needed: 104 },
  {
    name: 'Geneve with options',
    frame: ethernet(geneve({ ...TUNNEL, options: new Uint8Array(8) }, ethernet(SEGMENT))),
    needed: 112,
  },
]

const HOSTILE = new Uint8Array(300).fill(0xff)
/** The next record as it would stand in the buffer: a decoder that reads on finds sense there. */
const NEXT_RECORD = concat(new Uint8Array(16), ethernet(SEGMENT))

describe.each(ROWS)('$name', ({ frame, linkType = 1, needed }) => {
  const whole = decodeFrame(frame, { linkType })

  test('every cut by the snap length, the buffer ending there and another record following', () => {
    for (let captured = 0; captured <= frame.length; captured++) {
      const options = { linkType, captured }
      const atEnd = decodeFrame(frame, { ...options, after: new Uint8Array(0) })
      expect(decodeFrame(frame, { ...options, after: NEXT_RECORD })).toEqual(atEnd)
      expect(decodeFrame(frame, { ...options, after: HOSTILE })).toEqual(atEnd)
      // The rest of what was cut off: a decoder that goes by the length on the wire reads it.
      expect(decodeFrame(frame, { ...options, after: frame.subarray(captured) })).toEqual(atEnd)
      if (captured < needed) expect(atEnd.at(-1)).toMatchObject({ status: 'Truncated' })
      else expect(atEnd).toEqual(whole)
    }
  })

  test('every frame that is said to have been shorter: as if the snap length had cut it there', () => {
    for (let length = 0; length < frame.length; length++) {
      const options = { linkType, captured: length, originalLength: length }
      const atEnd = decodeFrame(frame, { ...options, after: new Uint8Array(0) })
      expect(decodeFrame(frame, { ...options, after: frame.subarray(length) })).toEqual(atEnd)
      if (length >= needed) expect(atEnd).toEqual(whole)
      else expect(atEnd.at(-1)).toMatchObject({ status: expect.stringMatching(/^(?:Malformed|Truncated)$/) })
    }
  })
})

test('a quote in an ICMP error, cut everywhere', () => {
  const frame = ethernet(icmpError({ src: '10.0.0.9', dst: '10.0.0.1', type: 3, code: 1, quoted: SEGMENT }))
  const quoteEnd = 14 + 28 + 28
  for (let captured = 42; captured <= frame.length; captured++) {
    const [view] = decodeFrame(frame, { captured, after: frame.subarray(captured) })
    if (captured < quoteEnd) expect(view).not.toHaveProperty('icmp.quoted')
    else expect(view).toHaveProperty('icmp.quoted.src', ENDS.src)
  }
})

test('options of a TCP header, cut everywhere: each is read when it is whole', () => {
  const options = { mss: 1460, sackPermitted: true, timestamps: [7, 8] as const, windowScale: 3 }
  const frame = ethernet(tcp({ ...ENDS, flags: 'S', options }))
  const wholeAt = { mss: 58, sackPermitted: 60, timestamps: 70, windowScale: 74 }
  for (let captured = 54; captured <= frame.length; captured++) {
    const [view] = decodeFrame(frame, { captured, after: frame.subarray(captured) })
    for (const [option, end] of Object.entries(wholeAt)) {
      expect(Object.hasOwn((view as { tcp: object }).tcp, option), `${option} at ${captured}`).toBe(captured >= end)
    }
  }
})
