import { describe, expect, test } from 'vitest'
import { PacketView } from '../../../src/packet/packet-view.ts'
import { EndpointReader } from '../../../src/packet/tcpdump-text/endpoints.ts'
import { wordsToText } from '../../support/text-corpus.ts'

function read(src: string, dst: string, options: { ports?: boolean; version?: 0 | 4 | 6; udp?: boolean } = {}): string {
  const reader = new EndpointReader()
  const view = new PacketView()
  const failure = reader.read(view, src, dst, options.ports ?? true, options.version ?? 0, options.udp ?? false)
  if (failure) return failure.reason
  const end = (name: number, port: number, ...words: [number, number, number, number]): string =>
    `${name < 0 ? wordsToText(view.ipVersion, ...words) : reader.names[name]} ${port}`
  return `${view.ipVersion}: ${end(view.srcName, view.srcPort, view.src0, view.src1, view.src2, view.src3)}, ${end(view.dstName, view.dstPort, view.dst0, view.dst1, view.dst2, view.dst3)}`
}

describe('EndpointReader', () => {
  test.each([
    ['10.0.0.1.80', '10.0.0.2.50000', '4: 10.0.0.1 80, 10.0.0.2 50000'],
    ['2001:db8::1.443', 'fd00::6.1', '6: 2001:db8::1 443, fd00::6 1'],
    ['::ffff:10.0.0.1.443', 'fd00::6.1', '6: ::ffff:10.0.0.1 443, fd00::6 1'],
    // Not RFC 5952, as old versions print it.
    ['2001:DB8:0:0::1.443', 'fd00::6.1', '6: 2001:db8::1 443, fd00::6 1'],
    ['nginx.kind.http', '10.0.0.1.http-alt', '4: nginx.kind 80, 10.0.0.1 8080'],
    ['10.0.0.1.80', '10.0.0.2.no-such-service', 'text-port-name'],
    ['10.0.0.1.80', '10.0.0.2.65536', 'text-port-name'],
  ])('%s > %s', (src, dst, expected) => {
    expect(read(src, dst)).toBe(expected)
  })

  test('without ports the dots are the host’s', () => {
    expect(read('nginx.kind', '10.0.0.1', { ports: false })).toBe('4: nginx.kind 0, 10.0.0.1 0')
    expect(read('nginx-v6.kind', 'other', { ports: false, version: 6 })).toBe('6: nginx-v6.kind 0, other 0')
  })

  test('a name’s stand-in is the same for the same name and family, and no other', () => {
    const reader = new EndpointReader()
    const views = [4, 4, 6, 4].map((version, i) => {
      const view = new PacketView()
      reader.read(view, i === 1 ? 'b.1' : 'a.1', '10.0.0.1.1', true, version as 4 | 6, false)
      return view
    })
    const words = views.map(({ src0, src1, src2, src3 }) => [src0, src1, src2, src3].join(' '))
    expect(words[0]).toBe(words[3])
    expect(new Set(words).size).toBe(3)
    expect(reader.names).toEqual(['a', 'b', 'a'])
    // 240.0.0.0/4 and 100::/64: no host may have them.
    expect([views[0]?.src3, views[2]?.src0]).toEqual([0xf0000000, 0x01000000])
  })

  test.each([
    ['10.0.0.1.80', true],
    ['10.0.0.1', false],
    ['10.0.0.1.http', true],
    ['fd00::1.80', true],
    ['fd00::1', false],
    ['nginx.kind.http', true],
    ['nginx.kind', false],
    ['nginx', false],
    ['', false],
  ])('hasPort(%j) is %j', (token, expected) => {
    expect(new EndpointReader().hasPort(token, false)).toBe(expected)
  })

  test('the number of names is bounded', () => {
    const reader = new EndpointReader()
    const view = new PacketView()
    let failure: ReturnType<EndpointReader['read']>
    for (let i = 0; i < 70_000 && failure === undefined; i++)
      failure = reader.read(view, `h${i}.1`, '10.0.0.1.1', true, 4, false)
    expect([failure?.reason, reader.names.length]).toEqual(['text-names-limit', 65_536])
    expect(reader.read(view, '10.0.0.3.1', '10.0.0.1.1', true, 4, false)).toBeUndefined()
  })
})
