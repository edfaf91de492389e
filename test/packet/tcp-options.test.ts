import { describe, expect, test } from 'vitest'
import { PacketView } from '../../src/packet/packet-view.ts'
import { decodeTcpOptions } from '../../src/packet/tcp-options.ts'
import { concat, hex } from '../support/packet-octets.ts'

/** A view that other options have been decoded into before. */
const view = new PacketView()

function decode(text: string): object {
  const before = hex('0204ffff')
  const options = hex(text)
  const octets = concat(before, options, hex('030307')) // what follows must not be read
  const all = hex('0204 0001 0303 01 0402 080a 0000000b 0000000c')
  decodeTcpOptions(new DataView(all.buffer), 0, all.length, view)
  decodeTcpOptions(new DataView(octets.buffer), before.length, before.length + options.length, view)
  return {
    ...(view.mss < 0 ? {} : { mss: view.mss }),
    ...(view.windowScale < 0 ? {} : { windowScale: view.windowScale }),
    ...(view.sackPermitted ? { sackPermitted: 1 } : {}),
    ...(view.hasTimestamps ? { timestamps: [view.tsVal, view.tsEcr] } : {}),
  }
}

describe('decodeTcpOptions()', () => {
  const rows: [name: string, options: string, expected: object][] = [
    ['none', '', {}],
    ['maximum segment size', '0204 05b4', { mss: 1460 }],
    ['window scale', '01 0303 0e', { windowScale: 14 }],
    ['SACK permitted', '0402 0101', { sackPermitted: 1 }],
    ['timestamps behind two NOPs', '0101 080a fffffffe 00000000', { timestamps: [0xfffffffe, 0] }],
    ['timestamps in front of two NOPs', '080a 00000001 80000000 0101', { timestamps: [1, 0x80000000] }],
    [
      'a SYN of Linux',
      '020405b4 0402 080a 00000001 00000000 01 0303 07',
      { mss: 1460, sackPermitted: 1, timestamps: [1, 0], windowScale: 7 },
    ],
    ['timestamps and SACK blocks', '0101 080a 00000001 00000002 0101 050a 0000000100000002', { timestamps: [1, 2] }],
    ['unknown options are stepped over', 'fd06 f989 0000 0204 05b4', { mss: 1460 }],
    ['nothing behind the end of the list', '00 0204 05b4 000000', {}],
    ['a length of 0 ends the list', '0204 05b4 0800 0303 07 01', { mss: 1460 }],
    ['a length of 1 ends the list', '0301 0204 05b4', {}],
    ['a length past the end ends the list', '0101 0205 05b4', {}],
    ['a kind without a length at the end', '0204 05b4 010101 08', { mss: 1460 }],
    ['a known kind with a wrong length is not read', '0206 05b4 0000 0304 0700', {}],
    ['timestamps with a wrong length are not read', '0101 0809 00000001 00000000 00', {}],
  ]
  test.each(rows)('%s', (_name, options, expected) => {
    expect(decode(options)).toEqual(expected)
  })

  test('accepts an end before the start: the header was cut before its options', () => {
    decodeTcpOptions(new DataView(new ArrayBuffer(4)), 4, 2, view)
    expect([view.mss, view.windowScale, view.sackPermitted, view.hasTimestamps]).toEqual([-1, -1, 0, 0])
  })
})
