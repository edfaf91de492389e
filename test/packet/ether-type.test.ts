import { describe, expect, test } from 'vitest'
import { EtherType, enterTypeOrLength, stopAtEtherType } from '../../src/packet/ether-type.ts'
import { PacketView } from '../../src/packet/packet-view.ts'
import { cursorOver, STATUS_NAMES } from '../support/packet-decode.ts'

describe('enterTypeOrLength()', () => {
  test('takes values from 0x600 on for types', () => {
    const cursor = cursorOver(new Uint8Array(100))
    enterTypeOrLength(cursor, 0x0600)
    expect([cursor.etherType, cursor.wireEnd - cursor.at]).toEqual([0x0600, 100])
  })

  test('takes smaller values for the length of an LLC frame, and cuts padding off', () => {
    const cursor = cursorOver(new Uint8Array(100))
    enterTypeOrLength(cursor, 39)
    expect([cursor.etherType, cursor.wireEnd - cursor.at, cursor.capturedEnd - cursor.at]).toEqual([
      EtherType.Llc,
      39,
      39,
    ])
  })

  test('does not follow a length beyond the frame', () => {
    const cursor = cursorOver(new Uint8Array(100))
    enterTypeOrLength(cursor, 0x05ff)
    expect([cursor.etherType, cursor.wireEnd - cursor.at]).toEqual([EtherType.Llc, 100])
  })
})

describe('stopAtEtherType()', () => {
  const rows: [etherType: number, status: (typeof STATUS_NAMES)[number], reason: string][] = [
    [0x0806, 'NotIp', 'arp'],
    [0x8035, 'NotIp', 'rarp'],
    [0x8137, 'NotIp', 'ipx'],
    [0x0001, 'NotIp', 'ipx'],
    [0x8809, 'NotIp', 'slow-protocols'],
    [0x8863, 'NotIp', 'pppoe-discovery'],
    [0x888e, 'NotIp', 'eapol'],
    [0x88cc, 'NotIp', 'lldp'],
    [0x88f7, 'NotIp', 'ptp'],
    [0x9000, 'NotIp', 'ethernet-loopback'],
    [0x88e5, 'Opaque', 'macsec'],
    [0x88b5, 'Unsupported', 'ether-type'],
    [0x0000, 'Unsupported', 'ether-type'],
  ]
  test.each(rows)('0x%s is %s (%s)', (etherType, status, reason) => {
    const view = new PacketView()
    expect(STATUS_NAMES[stopAtEtherType(etherType, view)]).toBe(status)
    expect([view.layer, view.reason]).toEqual(['link', reason])
  })
})
