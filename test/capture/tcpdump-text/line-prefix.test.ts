import { describe, expect, test } from 'vitest'
import { LinePrefix } from '../../../src/capture/tcpdump-text/line-prefix.ts'

const PACKET = '11:56:28.960187 IP 1.1.1.1.1 > 2.2.2.2.2: UDP, length 1'

function prefixOf(line: string): LinePrefix {
  const found = LinePrefix.candidates(line).find(({ at }) => line.slice(at) === PACKET)
  if (found === undefined) throw new Error(`no prefix found before the packet of ${line}`)
  return found.prefix
}

describe('LinePrefix', () => {
  test.each([
    ['    ', '    second', 4],
    ['\t', '\t\tdump', 1],
    ['> ', '> other', 2],
    ['> > ', '> > other', 4],
    ['>     ', '>     other', 6],
    ['[pod/netshoot-7c9d/tcpdump] ', '[pod/netshoot-abc/tcpdump] x', 27],
    ['2025-08-01T11:56:28.961000000Z ', '2025-08-01T11:56:29+02:00 x', 26],
    ['[pod/a/b] 2025-08-01T11:56:28Z ', '[pod/a/b] 2025-08-01T11:56:29Z x', 31],
    ['Aug 01 11:56:28 kind-worker tcpdump[1234]: ', 'Aug  2 11:56:28 kind-worker tcpdump[1234]: x', 43],
    ['2025-08-01T11:56:28.961000000Z stdout F ', '2025-08-01T11:56:28Z stderr F x', 30],
    ['2025-08-01T11:56:28+0200 kind-worker tcpdump[1234]: ', '2025-08-01T11:56:28+0200 kind-worker tcpdump[1]: x', 49],
    ['     1\t', '    12\tx', 7],
    ['sniffer-1  | ', 'sniffer-2  | x', 13],
    ['12:', '13-x', 3],
    ['file.txt:12:', 'file.txt:13:x', 12],
    ['netshoot-7c9d tcpdump ', 'netshoot-8d tcpdump x', 20],
  ])('learned from %j, strips %j at %i', (prefix, line, at) => {
    expect(prefixOf(prefix + PACKET).strip(line)).toBe(at)
  })

  test('an empty chain is the first candidate and strips nothing', () => {
    expect(prefixOf(PACKET).isNone).toBe(true)
    expect(LinePrefix.NONE.strip('    x')).toBe(0)
  })

  test('strips no more white space than learned, and less where there is less', () => {
    const prefix = prefixOf(`  ${PACKET}`)
    expect(prefix.strip('      1.1.1.1.1 > 2.2.2.2.2: x')).toBe(2)
    expect(prefix.strip(' x')).toBe(1)
    expect(prefix.strip('')).toBe(0)
  })

  test('does not apply to a line without it', () => {
    expect(prefixOf(`[pod/a/b] ${PACKET}`).strip(PACKET)).toBeUndefined()
    expect(prefixOf(`> ${PACKET}`).strip(PACKET)).toBeUndefined()
  })

  test.each([
    [`[pod/netshoot-7c9d/tcpdump] ${PACKET}`, { source: 'netshoot-7c9d/tcpdump', pod: 'netshoot-7c9d' }],
    [`Aug 01 11:56:28 kind-worker tcpdump[1234]: ${PACKET}`, { source: 'kind-worker', host: 'kind-worker' }],
    [
      `2025-08-01T13:56:28.9+02:00 ${PACKET}`,
      { source: '', time: { sec: Date.UTC(2025, 7, 1, 11, 56, 28) / 1000, offset: 7200 } },
    ],
    [
      `2025-08-01T11:56:28-05:30 ${PACKET}`,
      { source: '', time: { sec: Date.UTC(2025, 7, 1, 17, 26, 28) / 1000, offset: -19800 } },
    ],
    [`    ${PACKET}`, { source: '' }],
  ])('%j says %j', (line, facts) => {
    expect(prefixOf(line).facts(line)).toEqual(facts)
  })

  test('forms that stand in front of anything are loose', () => {
    expect(prefixOf(`12:${PACKET}`).isLoose).toBe(true)
    expect(prefixOf(`> ${PACKET}`).isLoose).toBe(false)
  })
})
