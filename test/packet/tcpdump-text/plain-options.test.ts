import { expect, test } from 'vitest'
import { PacketView } from '../../../src/packet/packet-view.ts'
import { PlainOptionsScanner } from '../../../src/packet/tcpdump-text/plain-options.ts'
import { octets } from '../../support/text-decode.ts'

function scan(options: string): { length: number; view: PacketView } | null {
  const scanner = new PlainOptionsScanner()
  const view = new PacketView()
  const text = `ons [${options}]`
  return scanner.scan(octets(`${text}, `), 0, view) === text.length ? { length: scanner.length, view } : null
}

test('reads the options of a SYN', () => {
  expect(scan('mss 1460,sackOK,TS val 4294967295 ecr 0,nop,wscale 7')).toMatchObject({
    length: 20,
    view: { mss: 1460, sackPermitted: 1, hasTimestamps: 1, tsVal: 4294967295, tsEcr: 0, windowScale: 7 },
  })
})

test('reads SACK blocks for their number', () => {
  expect(scan('nop,nop,sack 2 {1:5}{9:13}')?.length).toBe(20)
})

test.each([
  '',
  'eol',
  'nop,',
  'nope',
  'mss',
  'mss x',
  'TS val 1',
  'TS val 1 ecr',
  'TS val 4294967296 ecr 1',
  'wscal 7',
  'sack 0 ',
  'sack 1 {1:2',
  'sack 2 {1:2}',
  'tfo  cookiereq',
])('%j is for the parser', (options) => {
  expect(scan(options)).toBeNull()
})
