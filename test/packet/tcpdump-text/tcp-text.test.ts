import { describe, expect, test } from 'vitest'
import { CaptureRecord } from '../../../src/capture/record.ts'
import { PacketView } from '../../../src/packet/packet-view.ts'
import { blankView } from '../../../src/packet/tcpdump-text/blank-view.ts'
import { isTcpText, readTcpText, type TcpText } from '../../../src/packet/tcpdump-text/tcp-text.ts'

function read(text: string): TcpText & { view: PacketView } {
  const view = new PacketView()
  blankView(view, new CaptureRecord())
  return { ...readTcpText(text, view), view }
}

describe('readTcpText(), 4.0 and later', () => {
  test('all fields', () => {
    expect(
      read(
        'Flags [FSRP.UEWe], cksum 0xfef2 (incorrect -> 0xc376), seq 1:203, ack 4294967295, win 8192, urg 5, options [mss 1460,sackOK,TS val 1 ecr 2,nop,wscale 7], length 202: HTTP',
      ),
    ).toMatchObject({
      failure: undefined,
      seqPrinted: true,
      payload: 202,
      headerExact: true,
      view: {
        flags: 0x1ff,
        seq: 1,
        ack: 4294967295,
        window: 8192,
        urgentPointer: 5,
        checksum: 0xfef2,
        mss: 1460,
        windowScale: 7,
        sackPermitted: 1,
        tsVal: 1,
        tsEcr: 2,
        tcpHeaderLength: 40,
      },
    })
  })

  test.each([
    ['Flags [none], win 512, length 0', 0, false],
    ['Flags [.], ack 1, win 502, length 0', 0, false],
    ['Flags [P.], seq 4294967290:10, ack 1, win 502, length 16', 16, true],
    // Up to 4.9.0 the text of DNS runs into the length; 4.0.0 prints no range.
    ['Flags [P.], seq 1:59, ack 1, win 64240, length 5817177+ [1au] A? www.tcpdump.org. (56)', 58, true],
    ['Flags [P.], ack 1, win 64240, length 5817177+ [1au] A? www.tcpdump.org. (56)', 58, false],
    ['Flags [P.], seq 1:301, ack 1, win 502, options [nop,nop,TS [|tcp]>', 300, true],
    ['Flags [.], ack 1, win 502, options [ [|tcp]', 0, false],
    ['Flags [S], seq 1, win 8192, options [mss 1452,nop,wscale 2,nop,nop,scps[bad opt]]', 0, true],
    ['Flags [P.], seq 1:6, ack 1, win 5, length 5: HTTP: GET /?q=, options [mss 9], length 77', 5, true],
    ['tcp 19', 19, false],
  ])('%s: %i octets of payload', (text, payload, seqPrinted) => {
    expect(read(text)).toMatchObject({ failure: undefined, payload, seqPrinted })
  })

  test('an option of another length than it should have ends what can be believed', () => {
    const { view } = read(
      'Flags [S], seq 1, win 8192, options [mss 1400,wscale 7[len 4],sackOK,TS val 77 ecr 88], length 0',
    )
    expect(view).toMatchObject({ mss: 1400, windowScale: -1, sackPermitted: 0, hasTimestamps: 0, tcpHeaderLength: 40 })
  })

  test('a header whose options are cut, unknown or padded is only a lower bound', () => {
    expect(read('Flags [.], ack 1, win 502, options [nop,nop,TS val 1 ecr 2], length 0').headerExact).toBe(true)
    for (const options of ['nop,nop,TS [|tcp]>', 'eol], length 0', 'mptcp dss], length 0', 'nop,[bad opt]]']) {
      expect(read(`Flags [.], ack 1, win 502, options [${options}`).headerExact).toBe(false)
    }
  })

  test.each([
    [' [|tcp]', 'tcp-truncated', false],
    ['[|tcp]', 'tcp-truncated', false],
    [' tcp 20 [bad hdr length 0 - too short, < 20]', 'tcp-data-offset', false],
    ['Flags [.] [bad hdr length 60 - too long, > 40]', 'tcp-header-length', true],
    ['Flags [P.], seq 1:20, ack', 'text-line-cut', false],
    ['Flags [P.], seq 1:20, ack 1, win 502, options [nop,nop', 'text-line-cut', false],
    ['Flags [P', 'text-line-cut', false],
  ])('%j: %s', (text, reason, spoilsBase) => {
    const { failure, ...rest } = read(text)
    // With a range the payload is known, however the line ends.
    if (text.endsWith('nop,nop')) expect(rest.payload).toBe(19)
    else expect([failure?.reason, rest.spoilsBase]).toEqual([reason, spoilsBase])
  })

  test('-q prints neither flags nor numbers', () => {
    expect(read('tcp 19').view).toMatchObject({ hasSeq: 0, flags: 0 })
  })
})

describe('readTcpText(), before 4.0', () => {
  test.each([
    [
      'S 928549246:928549246(0) win 32767 <mss 16396,sackOK,timestamp 1306300950 0,nop,wscale 2>',
      { flags: 0x02, seq: 928549246, window: 32767, tcpHeaderLength: 40, mss: 16396 },
      0,
    ],
    [
      '. ack 1 win 8192 <nop,nop,timestamp 1306300950 1306300951>',
      { flags: 0x10, ack: 1, tsVal: 1306300950, tsEcr: 1306300951, tcpHeaderLength: 32 },
      0,
    ],
    ['P 1:203(202) ack 1 win 8192', { flags: 0x18, seq: 1, tcpHeaderLength: 20 }, 202],
    ['P [tcp sum ok] 1:20(19) ack 1 win 502', { flags: 0x18 }, 19],
    ['P [bad tcp cksum fa47 (->44c)!] 1:20(19) ack 20 win 502', { flags: 0x18 }, 19],
    ['S, cksum 0x1421 (correct), 5:5(0) win 32767', { flags: 0x02, checksum: 0x1421 }, 0],
    ['P, cksum 0xfef2 (incorrect (-> 0xc376), 1:203(202) ack 1 win 8192', { flags: 0x18, checksum: 0xfef2 }, 202],
    ['. ack 1 win 512 urg 5', { flags: 0x30, urgentPointer: 5 }, 0],
    ['SWE 1:1(0) win 5', { flags: 0xc2 }, 0],
    ['F 401:401(0) ack 302 win 502 <nop,nop,timestamp[|tcp]>', { flags: 0x11, tcpHeaderLength: 24 }, 0],
    ['P 1:59(58) ack 1 win 6424017177+ [1au] A? www.tcpdump.org. (56)', { window: 64240 }, 58],
  ])('%s', (text, view, payload) => {
    expect(read(text)).toMatchObject({ failure: undefined, payload, view })
  })

  test('a line that breaks off', () => {
    expect(read('P 1:20(19) ack 1').failure?.reason).toBe('text-line-cut')
  })
})

test.each([
  ['Flags [S]', true],
  ['tcp 0', true],
  [' tcp 20 [bad hdr length 0]', true],
  ['[|tcp]', true],
  ['. ack 1 win 5', true],
  ['S 1:1(0) win 5', true],
  ['S, cksum 0x1 (correct), 5:5(0) win 3', true],
  ['P', false],
  ['S3 request', false],
  ['UDP, length 5', false],
  ['Geneve, Flags [none]', false],
  ['4660+ A? example.com. (29)', false],
])('isTcpText(%j) is %j', (text, expected) => {
  expect(isTcpText(text)).toBe(expected)
})
