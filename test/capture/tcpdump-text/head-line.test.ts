import { describe, expect, test } from 'vitest'
import { HeadLine } from '../../../src/capture/tcpdump-text/head-line.ts'
import { octets } from '../../support/text-decode.ts'

function read(text: string): { marked: boolean; name: string; head: HeadLine; body: string } {
  const head = new HeadLine()
  const bytes = octets(text)
  const marked = head.read(bytes, 0, bytes.length)
  return { marked, head, name: text.slice(head.interfaceStart, head.interfaceEnd), body: text.slice(head.body) }
}

describe('HeadLine.read()', () => {
  test.each([
    ['11:56:28.960087 IP 1.1.1.1 > 2.2.2.2: x', '', -1, 'IP 1.1.1.1 > 2.2.2.2: x'],
    ['11:56:28.960087 eth0  In  IP 1.1.1.1 > 2.2.2.2: x', 'eth0', 0, 'IP 1.1.1.1 > 2.2.2.2: x'],
    ['11:56:28.960087 lxc4f2a1b6c0 Out IP6 x', 'lxc4f2a1b6c0', 4, 'IP6 x'],
    ['11:56:28.960087 eth0  B   ARP, x', 'eth0', 1, 'ARP, x'],
    ['11:56:28.960087 eth0  M   IP x', 'eth0', 2, 'IP x'],
    ['11:56:28.960087 eth0  P   IP x', 'eth0', 3, 'IP x'],
    ['11:56:28.960087 ?     ?   IP x', '?', -1, 'IP x'],
    ['11:56:28.960087  In 02:42:ac:11:00:04 ethertype IPv4', '', -1, ' In 02:42:ac:11:00:04 ethertype IPv4'],
    ['11:56:28.960087 Out 02:42:ac:11:00:04 ethertype IPv4', '', -1, 'Out 02:42:ac:11:00:04 ethertype IPv4'],
    ['    1  11:56:28.960087 IP x', '', -1, 'IP x'],
    ['    1   00:00:00.000000 IP x', '', -1, 'IP x'],
    ['123456  eth0  In  IP x', 'eth0', 0, 'IP x'],
  ])('%j', (text, name, packetType, body) => {
    const found = read(text)
    expect(found).toMatchObject({ marked: true, name, body })
    expect(found.head.packetType).toBe(packetType)
  })

  test('a line without number and time may still have an interface', () => {
    expect(read('eth0  Out IP 1.1.1.1 > 2.2.2.2: x')).toMatchObject({
      marked: false,
      name: 'eth0',
      body: 'IP 1.1.1.1 > 2.2.2.2: x',
    })
    expect(read('IP 1.1.1.1 > 2.2.2.2: x')).toMatchObject({ marked: false, name: '', body: 'IP 1.1.1.1 > 2.2.2.2: x' })
  })

  test('keeps nothing of the line before', () => {
    const head = new HeadLine()
    const first = octets('    1  11:56:28.960087 eth0  In  IP x')
    head.read(first, 0, first.length)
    const second = octets('nothing')
    expect(head.read(second, 0, second.length)).toBe(false)
    expect(head).toMatchObject({
      numbered: false,
      timed: false,
      packetType: -1,
      body: 0,
      interfaceStart: 0,
      interfaceEnd: 0,
    })
  })
})
