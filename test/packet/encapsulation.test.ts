import { describe, expect, test } from 'vitest'
import { FrameDecoder } from '../../src/packet/decode.ts'
import { EncapsulationDecoder } from '../../src/packet/encapsulation.ts'
import {
  esp,
  ethernet,
  fragments,
  geneve,
  icmpEcho,
  ipInIp,
  sctp,
  tcp,
  udp,
  vxlan,
  wireguard,
} from '../support/packet-builder.ts'
import { decodeFrame, stopped } from '../support/packet-decode.ts'

const RAW = { linkType: 101 }
const ENDS = { src: '172.18.0.2', dst: '172.18.0.3' }
const ENDS6 = { src: 'fd18::2', dst: 'fd18::3' }
const V4 = tcp({ src: '10.0.0.1:1111', dst: '10.0.0.2:80' })
const V6 = tcp({ src: '[fd00::1]:1111', dst: '[fd00::2]:80' })

describe('EncapsulationDecoder', () => {
  const inIp: [name: string, frame: Uint8Array, outer: string, inner: string][] = [
    ['IP in IP', ipInIp(ENDS, V4), '172.18.0.2', '10.0.0.1:1111'],
    ['6in4', ipInIp(ENDS, V6), '172.18.0.2', '[fd00::1]:1111'],
    ['4in6', ipInIp(ENDS6, V4), 'fd18::2', '10.0.0.1:1111'],
    ['6in6', ipInIp(ENDS6, V6), 'fd18::2', '[fd00::1]:1111'],
  ]
  test.each(inIp)('%s', (_name, frame, outer, inner) => {
    const views = decodeFrame(frame, RAW)
    expect(views).toMatchObject([{ src: outer }, { src: inner, depth: 1, tunnel: 'ipip' }])
    expect(views[1]).toHaveProperty('outer.0', outer)
    expect(views[1]).not.toHaveProperty('vni')
  })

  test('an inner packet of the other version than the outer header promised is malformed', () => {
    const frame = ipInIp(ENDS, V4)
    frame[9] = 41
    expect(decodeFrame(frame, RAW)).toMatchObject([{ protocol: 41 }, stopped('Malformed', 'ip', 'ip-version', 1)])
  })

  test('ESP and WireGuard are packets whose content is opaque', () => {
    expect(decodeFrame(esp(ENDS), RAW)).toMatchObject([
      { src: '172.18.0.2', protocol: 50 },
      stopped('Opaque', 'tunnel', 'esp', 1),
    ])
    expect(decodeFrame(wireguard(ENDS), RAW)).toMatchObject([
      { src: '172.18.0.2:51871', protocol: 17 },
      stopped('Opaque', 'tunnel', 'wireguard', 1),
    ])
    const roaming = udp({ src: '172.18.0.2:40000', dst: '172.18.0.3:51871', payload: Uint8Array.of(1, 0, 0, 0) })
    expect(decodeFrame(roaming, RAW)).toHaveLength(2)
    const other = udp({ src: '172.18.0.2:51871', dst: '172.18.0.3:53', payload: 'plain' })
    expect(decodeFrame(other, RAW)).toHaveLength(1)
  })

  test('other protocols carry nothing', () => {
    for (const frame of [
      V4,
      udp({ src: '10.0.0.1:8472', dst: '10.0.0.2:1' }),
      icmpEcho(ENDS),
      sctp({ ...ENDS, dst: '10.0.0.2:4789' }),
    ]) {
      expect(decodeFrame(frame, RAW)).toHaveLength(1)
    }
  })

  test('ports can be chosen, each kind for itself', () => {
    const decoder = new FrameDecoder({ tunnelPorts: { vxlan: [8473, 9000], wireguard: [] } })
    const tunnel = (port: number): object[] => decodeFrame(vxlan({ ...ENDS, port }, ethernet(V4)), RAW, decoder)
    expect(tunnel(8473)).toHaveLength(2)
    expect(tunnel(9000)).toHaveLength(2)
    expect(tunnel(8472)).toHaveLength(1)
    expect(decodeFrame(geneve(ENDS, ethernet(V4)), RAW, decoder)).toHaveLength(2)
    expect(decodeFrame(wireguard(ENDS), RAW, decoder)).toHaveLength(1)
  })

  test.each([0, 65536, 1.5, Number.NaN])('refuses %d as a port', (port) => {
    expect(() => new EncapsulationDecoder({ geneve: [port] })).toThrow(RangeError)
  })
})

describe('a fragmented tunnel packet', () => {
  const inner = tcp({ src: '10.0.0.1:1111', dst: '10.0.0.2:80', payload: 1400 })
  const pieces = fragments(vxlan({ ...ENDS, vni: 7 }, ethernet(inner)), 1408)

  test('shows its inner packet with the first fragment', () => {
    expect(decodeFrame(pieces[0] ?? inner, RAW)).toMatchObject([
      { fragment: { offset: 0, more: 1 } },
      { src: '10.0.0.1:1111', ipLength: 1440, payloadLength: 1400, vni: 7 },
    ])
  })

  test('shows nothing inside the later ones', () => {
    expect(decodeFrame(pieces[1] ?? inner, RAW)).toMatchObject([{ fragment: { offset: 1408, more: 0 } }])
  })

  test('has no length to believe when the inner packet claims none', () => {
    const endless = inner.slice()
    endless.set([0, 0], 2)
    const [first] = fragments(vxlan(ENDS, ethernet(endless)), 1408)
    expect(decodeFrame(first ?? inner, RAW)[1]).toEqual(stopped('Malformed', 'ip', 'ipv4-total-length', 1))
  })
})
