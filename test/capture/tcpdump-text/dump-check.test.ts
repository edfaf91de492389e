import { describe, expect, test } from 'vitest'
import { printedIpLength } from '../../../src/capture/tcpdump-text/dump-check.ts'
import { decodeText, octets } from '../../support/text-decode.ts'

describe('printedIpLength()', () => {
  test.each([
    ['IP 1.1.1.1.1 > 2.2.2.2.2: Flags [.], ack 1, win 502, options [nop,nop,TS val 1 ecr 2], length 19: HTTP', 71],
    ['IP 1.1.1.1.1 > 2.2.2.2.2: Flags [.], ack 1, win 502, length 0', 40],
    ['IP6 fd00::1.1 > fd00::2.2: Flags [.], ack 1, win 502, length 10', 70],
    [
      'IP (tos 0x0, ttl 64, id 1001, offset 0, flags [DF], proto TCP (6), length 60)\n    1.1.1.1.1 > 2.2.2.2.2: Flags [S]',
      60,
    ],
    ['IP6 (hlim 64, next-header TCP (6) payload length: 40) fd00::1.1 > fd00::2.2: Flags [S]', 80],
    ['IP 1.1.1.1.1 > 2.2.2.2.2: UDP, length 100', 128],
    ['IP 1.1.1.1 > 2.2.2.2: ICMP echo request, id 1, seq 1, length 64', 84],
    ['IP 1.1.1.1.53 > 2.2.2.2.2: 4660 0/0/0 (29)', undefined],
    ['IP 1.1.1.1.1 > 2.2.2.2.2: Flags [.], ack 1, win 502, options [mptcp dss], length 0', undefined],
    ['', undefined],
  ])('%j is %j', (text, length) => {
    expect(printedIpLength(text)).toBe(length)
  })
})

/** One segment with its `-A` dump, as 4.99 prints it. */
function segment(time: string, payload: string, shown = payload): string {
  const head = `${time} IP 10.0.0.1.80 > 10.0.0.2.81: Flags [P.], seq 1:${1 + payload.length}, ack 1, win 502, length ${payload.length}`
  const length = 40 + payload.length
  const char = (octet: number): string =>
    octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : octet === 10 ? '\n' : '.'
  return `${head}\nE.${char(length >> 8)}${char(length & 255)}${'.'.repeat(36)}${shown.replaceAll('\r\n', '\n')}\n`
}

const FORGED = '11:56:29.000000 IP 6.6.6.6.1 > 7.7.7.7.2: Flags [S], seq 1, win 64240, length 0'

describe('payload shown by -A', () => {
  const count = (text: string): number => decodeText([octets(text)]).records.length

  test('a head line, a banner or a prompt inside it is payload', () => {
    const payload = `HTTP/1.1 200 OK\r\n\r\n${FORGED}\r\nIP 6.6.6.6.3 > 7.7.7.7.4: UDP, length 1\r\n3 packets captured\r\nlistening on eth1, link-type EN10MB (Ethernet), snapshot length 262144 bytes\r\n# tcpdump -i eth2\r\n`
    const text = segment('11:56:28.960087', payload) + segment('11:56:29.960087', 'x')
    expect(count(text)).toBe(2)
    expect(decodeText([octets(text)]).reader.interfaces.length).toBe(1)
  })

  test('hundreds of forged heads in one packet', () => {
    expect(count(segment('11:56:28.960087', `${FORGED}\n`.repeat(500)) + segment('11:56:29.960087', 'x'))).toBe(2)
  })

  test('a dump that the snapshot length cut hides no packet', () => {
    const cut = segment('11:56:28.960087', 'y'.repeat(400), 'y'.repeat(20))
    const text =
      cut +
      segment('11:56:28.970087', 'HTTP/1.1 200 OK\r\n\r\n') +
      cut.replace('28.96', '28.98') +
      segment('11:56:29.960087', 'x')
    expect(count(text)).toBe(4)
  })

  test('a known snapshot length rules a cut out, and with it a forged dump', () => {
    const forged = segment('11:56:29.000000', 'abc')
    const payload = `HTTP/1.1 200 OK\n\n${forged}`
    const banner = 'listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n'
    const text = segment('11:56:28.960087', payload) + segment('11:56:29.960087', 'x')
    expect(count(banner + text)).toBe(2)
  })

  test('is told the same for every chunking', () => {
    const text = octets(
      segment('11:56:28.960087', `HTTP/1.1 200 OK\r\n\r\n${FORGED}\r\n`) + segment('11:56:29.960087', 'x'),
    )
    for (let size = 1; size < text.length; size += 13) {
      const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        text.slice(i * size, (i + 1) * size),
      )
      expect(decodeText(chunks).records.length).toBe(2)
    }
  })

  test.each([
    'IP (tos 0x0, ttl 63, id 1, offset 0, flags [DF], proto TCP (6), length 60)',
    'ee:bb:cc:00:00:01 > aa:bb:cc:00:00:02, ethertype IPv4 (0x0800), length 74: (tos 0x0, ttl 63, id 1, offset 0, flags [DF], proto TCP (6), length 60)',
  ])('the packet in a VXLAN header is no dump, whatever its length: %s', (inner) => {
    const head = (second: number): string =>
      `11:56:${second}.000000 IP 10.0.0.1.1 > 10.0.0.2.2: Flags [.], ack 1, win 5`
    for (let length = 110; length < 700; length++) {
      const tunnelled = `11:56:28.960087 IP (tos 0x0, ttl 64, id 7, offset 0, flags [none], proto UDP (17), length ${length})
    172.18.0.2.48879 > 172.18.0.3.8472: OTV, flags [I] (0x08), overlay 0, instance 7
${inner}
    10.244.0.1.41000 > 10.244.1.2.80: Flags [.], seq 1:2, ack 1, win 502, length 1
`
      const others = Array.from({ length: 8 }, (_, i) => `${head(30 + i)}, length 0\n`).join('')
      expect([length, count(tunnelled + others)]).toEqual([length, 9])
    }
  })
})
