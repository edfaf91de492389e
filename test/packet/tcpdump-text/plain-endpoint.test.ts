import { expect, test } from 'vitest'
import { formatIp, ipToWords, parseIp } from '../../../src/core/ip.ts'
import { PlainEndpointScanner } from '../../../src/packet/tcpdump-text/plain-endpoint.ts'
import fc from '../../support/property.ts'
import { octets } from '../../support/text-decode.ts'

function scan6(text: string): string | null {
  const scanner = new PlainEndpointScanner()
  const end = scanner.scanIpv6(octets(`${text} `), 0)
  if (end !== text.length) return null
  return `${formatIp(6, scanner.w0 >>> 0, scanner.w1 >>> 0, scanner.w2 >>> 0, scanner.w3 >>> 0)} ${scanner.port}`
}

test('scanIpv6() reads every canonical address without an embedded IPv4 one', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 0, 0, 1, 0xff, 0xffff), { minLength: 8, maxLength: 8 }), (groups) => {
      const words = [0, 2, 4, 6].map((i) => ((groups[i] ?? 0) * 65536 + (groups[i + 1] ?? 0)) >>> 0)
      const text = formatIp(6, words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0)
      fc.pre(!text.includes('.'))
      expect(scan6(`${text}.443`)).toBe(`${text} 443`)
    }),
    { numRuns: 500, seed: 1 },
  )
})

test.each(['::.80', 'fd00::.80', '::1.80', '1:2:3:4:5:6:7:8.80', 'fe80::a:b.0'])('%s', (text) => {
  const ip = parseIp(text.slice(0, text.lastIndexOf('.'))) ?? ''
  expect(scan6(text)).toBe(`${formatIp(6, ...ipToWords(ip))} ${text.slice(text.lastIndexOf('.') + 1)}`)
})

test.each([
  ':.80',
  ':1.80',
  '1:2:3.80',
  '1::2::3.80',
  ':::.80',
  '1:2:3:4:5:6:7:8:9.80',
  '12345::.80',
  'fd00::1',
  'fd00::1.',
  'fd00::1.65536',
  'fd00::1:.80',
  '::ffff:10.0.0.1.80',
  'g::.1',
])('%j is none', (text) => {
  expect(scan6(text)).toBeNull()
})

test.each([
  ['10.244.0.101.52844', [0x0af40065, 52844]],
  ['0.0.0.0.0', [0, 0]],
  ['255.255.255.255.65535', [0xffffffff, 65535]],
])('scanIpv4(): %s', (text, [address, port]) => {
  const scanner = new PlainEndpointScanner()
  expect(scanner.scanIpv4(octets(`${text} `), 0)).toBe(text.length)
  expect([scanner.w3 >>> 0, scanner.w2, scanner.port]).toEqual([address, 0xffff, port])
})
