import { expect, test } from 'vitest'
import { isCutShort } from '../../../src/capture/tcpdump-text/cut-line.ts'

const LINE = '11:56:28.960287 IP 1.1.1.1.1 > 2.2.2.2.2: Flags [P.], seq 1:20, ack 1, win 502, length 19: HTTP: HEAD'

test.each([
  LINE,
  '11:56:28.960287 IP 1.1.1.1.1 > 2.2.2.2.2: UDP, length 5',
  '11:56:28.960287 IP 1.1.1.1.1 > 2.2.2.2.2: Flags [S], seq 1, win 5, options [mss 1460,sackOK,TS [|tcp]>',
  '11:56:28.960287 IP 1.1.1.1.1 > 2.2.2.2.2: Flags [.] [bad hdr length 60 - too long, > 40]',
  '3 packets captured',
  '',
])('%j is whole', (line) => {
  expect(isCutShort(line)).toBe(false)
})

test('a TCP line is cut wherever it ends before its length, a label or address with nothing behind it too', () => {
  const length = LINE.indexOf('length 19') + 'length 19'.length
  for (let end = LINE.indexOf('Flags [') + 7; end < length; end++)
    expect([end, isCutShort(LINE.slice(0, end))]).toEqual([end, true])
  for (const line of [
    '11:56:28.960287 IP',
    '11:56:28.960287 IP 1.1.1',
    '11:56:28.960287 IP 1.1.1.1.1 >',
    '11:56:2',
    '2025-08',
  ]) {
    expect([line, isCutShort(line)]).toEqual([line, true])
  }
})
