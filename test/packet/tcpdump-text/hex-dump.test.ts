import { describe, expect, test } from 'vitest'
import { ethernet, mpls, tcp } from '../../support/packet-builder.ts'
import { decodeText, octets } from '../../support/text-decode.ts'

const ENDS = { src: '10.0.0.1:50000', dst: '10.0.0.2:80' }
const HEAD = '11:56:28.960187 IP 10.0.0.1.50000 > 10.0.0.2.80: Flags [.], ack 1, win 502, length 0'

/** Lines of a dump as `-x` (or, with text beside, `-X`) prints them. */
function dump(bytes: Uint8Array, withText = false): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)].map((octet) => octet.toString(16).padStart(2, '0'))
    const groups = row
      .map((octet, i) => (i % 2 === 1 ? `${octet} ` : octet))
      .join('')
      .trimEnd()
    const text = [...bytes.subarray(at, at + 16)]
      .map((octet) => (octet > 32 && octet < 127 ? String.fromCharCode(octet) : '.'))
      .join('')
    lines.push(`\t0x${at.toString(16).padStart(4, '0')}:  ${withText ? `${groups.padEnd(39)}  ${text}` : groups}`)
  }
  return lines.join('\n')
}

const decode = (text: string) => decodeText([octets(`${text}\n`)])
const packet = tcp({ ...ENDS, seq: 7000, ack: 9000, flags: 'P.', payload: 40, ttl: 61, id: 4711 })

describe('hex dumps', () => {
  test.each([
    ['-x', dump(packet)],
    ['-X', dump(packet, true)],
    ['-xx', dump(ethernet(packet))],
    ['-XX', dump(ethernet(packet), true)],
    ['-xx with a VLAN tag', dump(ethernet(packet, { vlans: [{ id: 5 }] }))],
  ])('%s carries what the line leaves out', (_, lines) => {
    const { records } = decode(`${HEAD}\n${lines}`)
    expect(records).toHaveLength(1)
    expect(records[0]).toHaveLength(1)
    expect(records[0]?.[0]).toMatchObject({
      seq: 7000,
      ack: 9000,
      payloadLength: 40,
      ttl: 61,
      ipId: 4711,
      hasSeq: 1,
      seqIsRelative: 0,
    })
  })

  test('names and -q are made good', () => {
    const named = HEAD.replace('10.0.0.1.50000', 'client.50000').replace('10.0.0.2.80', 'server.http')
    expect(decode(`${named}\n${dump(packet)}`).records[0]?.[0]).toMatchObject({
      srcName: -1,
      src3: 0x0a000001,
      dst3: 0x0a000002,
    })
    const quick = '11:56:28.960187 IP 10.0.0.1.50000 > 10.0.0.2.80: tcp 40'
    expect(decode(`${quick}\n${dump(packet)}`).records[0]?.[0]).toMatchObject({ hasSeq: 1, seq: 7000 })
  })

  test('a label of MPLS begins the dump of -x', () => {
    const shim = mpls([100], packet)
    const head = HEAD.replace('IP 10', 'MPLS (label 100, tc 0, [S], ttl 255) IP 10')
    expect(decode(`${head}\n${dump(shim)}`).records[0]?.[0]).toMatchObject({ seq: 7000, ttl: 61 })
  })

  test('a packet of which the line says nothing but why', () => {
    const offloaded = packet.slice()
    offloaded.set([0, 0], 2)
    expect(decode(`11:56:28.960187 IP bad-len 0\n${dump(offloaded)}`).records[0]?.[0]).toMatchObject({
      seq: 7000,
      ipLength: packet.length,
    })
  })

  test('a dump of another packet is not believed', () => {
    for (const other of [
      tcp({ ...ENDS, src: '10.0.0.9:50000' }),
      tcp({ ...ENDS, dst: '10.0.0.2:81' }),
      ethernet(tcp({ ...ENDS, src: '10.0.0.9:50000' })),
    ]) {
      expect(decode(`${HEAD}\n${dump(other)}`).records[0]?.[0]).toMatchObject({
        src3: 0x0a000001,
        dstPort: 80,
        ttl: -1,
      })
    }
  })

  test('a dump that the snapshot length cut says what it holds', () => {
    expect(decode(`${HEAD}\n${dump(packet.subarray(0, 44))}`).records[0]?.[0]).toMatchObject({
      seq: 7000,
      payloadLength: 40,
      ttl: 61,
    })
    expect(decode(`${HEAD}\n${dump(packet.subarray(0, 30))}`).records[0]?.[0]).toMatchObject({
      ttl: -1,
      payloadLength: 0,
    })
  })

  test('a dump ends where its offsets stop; the last one is the packet’s', () => {
    const [first = '', second = '', ...rest] = dump(packet).split('\n')
    const missing = [first, ...rest].join('\n')
    expect(decode(`${HEAD}\n${missing}`).records[0]?.[0]).toMatchObject({ ttl: -1 })
    const twice = `${dump(packet.subarray(0, 16))}\n${dump(packet)}`
    expect(decode(`${HEAD}\n${twice}`).records[0]?.[0]).toMatchObject({ ttl: 61 })
    expect(second).not.toBe('')
  })
})
