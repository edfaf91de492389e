import { expect, test } from 'vitest'
import { crossCheckNote } from '../../src/capture/cross-check-note.ts'

test.each([
  [1000, null, 'cross-checked', 'Read a second time: pcap-parser reads 1000 records alike'],
  [1, null, 'cross-checked', 'Read a second time: pcap-parser reads 1 record alike'],
  [
    0,
    'pcapng: it reads classic pcap only',
    'cross-check-incomplete',
    'Not read a second time: pcapng: it reads classic pcap only',
  ],
  [
    8,
    'damaged from octet 99 on',
    'cross-check-incomplete',
    'Read a second time in part (pcap-parser reads 8 records alike): damaged from octet 99 on',
  ],
])('what came of %i records and %s is told', (records, unchecked, code, message) => {
  expect(crossCheckNote({ file: 'x.pcap', records, unchecked })).toEqual({ code, file: 'x.pcap', message })
})
