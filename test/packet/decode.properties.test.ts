import { describe, expect, test } from 'vitest'
import { ethernet, geneve, gre, ipInIp, sctp, sll2, tcp, udp, vxlan } from '../support/packet-builder.ts'
import { decodeFrame } from '../support/packet-decode.ts'
import { tcpFlags } from '../support/packet-transport.ts'
import fc from '../support/property.ts'

const LINK_TYPES = [0, 1, 9, 12, 14, 50, 51, 101, 104, 105, 108, 113, 129, 178, 228, 229, 239, 242, 276, 999, -1]
const octets = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength })
const uint = (bits: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** bits - 1 })

const ipv4Address = fc.ipV4()
const ipv6Address = fc
  .tuple(uint(16), uint(16))
  .map(([a, b]) => `fd00:${(a || 1).toString(16)}::${(b || 1).toString(16)}`)
const port = fc.integer({ min: 1, max: 65535 })

/** Source and destination of one family, with ports. */
const endpoints: fc.Arbitrary<{ src: string; dst: string }> = fc.oneof(
  fc.record({ src: ipv4Address, dst: ipv4Address, sport: port, dport: port }).map((e) => ({
    src: `${e.src}:${e.sport}`,
    dst: `${e.dst}:${e.dport}`,
  })),
  fc.record({ src: ipv6Address, dst: ipv6Address, sport: port, dport: port }).map((e) => ({
    src: `[${e.src}]:${e.sport}`,
    dst: `[${e.dst}]:${e.dport}`,
  })),
)

/** Good frames of all kinds, to start damage from. */
const frame: fc.Arbitrary<Uint8Array> = fc
  .record({ ends: endpoints, payload: fc.nat(80), kind: fc.nat(7), more: fc.boolean() })
  .map(({ ends, payload, kind, more }) => {
    const outer = { src: '172.18.0.2', dst: '172.18.0.3', moreFragments: more }
    const segment = tcp({ ...ends, payload, options: { mss: 1460, timestamps: [1, 2], windowScale: 7 } })
    switch (kind) {
      case 0:
        return ethernet(segment)
      case 1:
        return ethernet(udp({ ...ends, payload }), { vlans: [{ id: 5 }] })
      case 2:
        return ethernet(vxlan(outer, ethernet(segment)))
      case 3:
        return ethernet(geneve({ ...outer, options: new Uint8Array(8) }, ethernet(segment)))
      case 4:
        return ethernet(gre({ ...outer, key: 1 }, segment))
      case 5:
        return ethernet(ipInIp(outer, ipInIp({ src: 'fd00::1', dst: 'fd00::2' }, segment)))
      case 6:
        return ethernet(sctp({ ...ends, payload }))
      default:
        return sll2(segment)
    }
  })

describe('any octets', () => {
  const place = fc.record({
    linkType: fc.constantFrom(...LINK_TYPES),
    missing: fc.nat(2000),
    before: octets(20),
    after: octets(200),
    otherBefore: octets(20),
    otherAfter: octets(200),
  })

  /** Decodes the octets amid two different surroundings; what is read must not depend on them. */
  function checkAlone(bytes: Uint8Array, at: typeof place extends fc.Arbitrary<infer T> ? T : never): void {
    const options = { linkType: at.linkType, originalLength: bytes.length + at.missing }
    const alone = decodeFrame(bytes, { ...options, before: at.before, after: at.after })
    expect(alone.length).toBeGreaterThan(0)
    expect(decodeFrame(bytes, { ...options, before: at.otherBefore, after: at.otherAfter })).toEqual(alone)
  }

  test('random ones raise nothing, and nothing outside of the record counts', () => {
    fc.assert(fc.property(octets(300), place, checkAlone), { numRuns: 3000 })
  })

  test('so do good frames with octets overwritten, and cut', () => {
    const damage = fc.array(fc.tuple(fc.nat(200), uint(8)), { maxLength: 6 })
    fc.assert(
      fc.property(frame, damage, fc.nat(200), place, (good, writes, cut, at) => {
        const bytes = good.slice(0, Math.max(0, good.length - cut))
        for (const [position, value] of writes) if (position < bytes.length) bytes[position] = value
        checkAlone(bytes, { ...at, linkType: at.missing % 2 === 0 ? 1 : 276 })
      }),
      { numRuns: 5000 },
    )
  })
})

describe('build, then decode', () => {
  test('gives back a TCP segment', () => {
    const fields = fc.record({
      ends: endpoints,
      seq: uint(32),
      ack: uint(32),
      window: uint(16),
      flags: fc.subarray([...'FSRP.UEWe']).map((letters) => letters.join('')),
      payload: fc.nat(1400),
      ttl: fc.integer({ min: 1, max: 255 }),
      mss: uint(16),
      timestamps: fc.tuple(uint(32), uint(32)),
      windowScale: fc.nat(14),
      vlan: fc.integer({ min: 0, max: 4095 }),
    })
    fc.assert(
      fc.property(fields, ({ ends, vlan, mss, timestamps, windowScale, ...segment }) => {
        const options = { mss, timestamps, windowScale, sackPermitted: true }
        const packet = tcp({ ...ends, ...segment, options })
        expect(decodeFrame(ethernet(packet, { vlans: [{ id: vlan }], minimum: 60 }))).toEqual([
          {
            vlan,
            ...ends,
            protocol: 6,
            ttl: segment.ttl,
            ipId: ends.src.startsWith('[') ? -1 : 0,
            ipLength: packet.length,
            payloadLength: segment.payload,
            tcp: {
              flags: tcpFlags(segment.flags),
              seq: segment.seq,
              ack: segment.ack,
              window: segment.window,
              headerLength: 40,
              ...options,
            },
          },
        ])
      }),
    )
  })

  test('gives back every level of a tunnel', () => {
    const tunnel = fc.record({
      kind: fc.constantFrom('vxlan', 'geneve', 'gre', 'ipip'),
      vni: uint(24),
      v6: fc.boolean(),
    })
    fc.assert(
      fc.property(endpoints, fc.array(tunnel, { minLength: 1, maxLength: 4 }), (ends, tunnels) => {
        const ipOf = (v6: boolean): { src: string; dst: string } =>
          v6 ? { src: 'fd18::2', dst: 'fd18::3' } : { src: '172.18.0.2', dst: '172.18.0.3' }
        const packet = tunnels.reduceRight((inner, { kind, vni, v6 }) => {
          if (kind === 'vxlan') return vxlan({ ...ipOf(v6), vni }, ethernet(inner))
          if (kind === 'geneve') return geneve({ ...ipOf(v6), vni }, ethernet(inner))
          return kind === 'gre' ? gre({ ...ipOf(v6), key: vni }, inner) : ipInIp(ipOf(v6), inner)
        }, tcp(ends))
        const views = decodeFrame(ethernet(packet))
        expect(views).toHaveLength(tunnels.length + 1)
        expect(views.at(-1)).toMatchObject({ ...ends, depth: tunnels.length })
        tunnels.forEach(({ kind, vni }, i) => {
          expect(views[i + 1]).toMatchObject({ depth: i + 1, tunnel: kind, ...(kind === 'ipip' ? {} : { vni }) })
        })
      }),
    )
  })
})
