import { describe, expect, test } from 'vitest'
import { HeadLine } from '../../../src/capture/tcpdump-text/head-line.ts'
import { LinePrefix } from '../../../src/capture/tcpdump-text/line-prefix.ts'
import { Section } from '../../../src/capture/tcpdump-text/section.ts'
import { SectionClock, type TimeMeaning } from '../../../src/capture/tcpdump-text/section-clock.ts'
import { parseSectionLine } from '../../../src/capture/tcpdump-text/section-line.ts'
import { octets } from '../../support/text-decode.ts'

function headOf(line: string): HeadLine {
  const head = new HeadLine()
  const bytes = octets(line)
  head.read(bytes, 0, bytes.length)
  return head
}

function sectionOf(line: string, meaning: TimeMeaning): Section {
  const section = new Section('')
  section.adopt(LinePrefix.NONE, headOf(line), {
    clock: new SectionClock(meaning),
    reversed: undefined,
    zoneAssumed: false,
  })
  return section
}

function frame(line: string): NonNullable<ReturnType<typeof parseSectionLine>> {
  const found = parseSectionLine(line)
  if (found === undefined) throw new Error(`no line of tcpdump's: ${line}`)
  return found
}

describe('Section', () => {
  test('a command and the banner behind it belong together, another command or banner does not', () => {
    const command = frame('root@n:/# tcpdump -i eth0 -s 96 port 80')
    const banner = frame('listening on eth0, link-type EN10MB (Ethernet), snapshot length 128 bytes')
    const section = new Section('')
    expect(section.isBegunBy(command)).toBe(true)
    section.learn(command)
    expect([section.isBegunBy(command), section.isBegunBy(banner)]).toEqual([false, true])
    section.learn(banner)
    expect(section).toMatchObject({ host: 'n', listeningOn: 'eth0', linkType: 'EN10MB', snapLength: 128 })
    expect([section.isBegunBy(command), section.isBegunBy(banner)]).toEqual([false, false])
  })

  test('behind packets everything begins another one', () => {
    const section = sectionOf('11:56:28.960087 IP a', 'time-of-day')
    expect(section.isBegunBy(frame('tcpdump: listening on eth0'))).toBe(false)
  })

  test.each([
    ['11:56:28.960087 IP a', 'time-of-day', true],
    ['1754049388.960087 IP a', 'epoch', true],
    ['2025-08-01 11:56:28.960087 IP a', 'dated', true],
    [' 00:00:00.960087 IP a', 'since-first', true],
    [' 00:00:00.960087 IP a', 'since-previous', false],
    ['    1  11:56:28.960087 IP a', 'time-of-day', false],
    ['IP a', 'none', false],
  ] as const)('lines like "%s" (%s) share their second with what begins alike: %s', (line, meaning, expected) => {
    expect(sectionOf(line, meaning).sharesSeconds).toBe(expected)
  })

  test('packets that are passed over end the open one and move the clock on', () => {
    const section = sectionOf('11:56:28.960087 IP a', 'time-of-day')
    section.packet.isOpen = true
    section.passOver(970_000_000)
    expect([section.packet.isOpen, section.clock?.nsec]).toEqual([false, 970_000_000])
  })

  test('heads have the form of the first one', () => {
    const section = sectionOf('11:56:28.960087 IP a', 'time-of-day')
    expect(section.isHead(headOf('11:56:29.960087 IP b'))).toBe(true)
    expect(section.isHead(headOf('[Error converting time] IP b'))).toBe(true)
    expect(section.isHead(headOf('1754049388.960087 IP b'))).toBe(false)
    expect(section.isHead(headOf('    2  11:56:29.960087 IP b'))).toBe(false)
    expect(section.isHead(headOf(' 11:56:29.960087 IP b'))).toBe(false)
    expect(section.isForeign(headOf('1754049388.960087 IP b'))).toBe(true)
    expect(section.isForeign(headOf('11:56:29.960087 IP b'))).toBe(false)
  })

  test('differences may lose the space in front', () => {
    const section = sectionOf(' 00:00:00.000000 IP a', 'since-previous')
    expect(section.isHead(headOf('00:00:00.000010 IP b'))).toBe(true)
    expect(section.isHead(headOf('-00:00:00.000010 IP b'))).toBe(true)
  })

  test('numbers mark heads where there are no times', () => {
    const section = sectionOf('    1  IP a', 'none')
    expect([section.isUnmarked, section.isHead(headOf('    2  IP b')), section.isHead(headOf('IP b'))]).toEqual([
      false,
      true,
      false,
    ])
    expect(sectionOf('IP a', 'none').isUnmarked).toBe(true)
  })

  test('is plain while packets are read from lines without prefixes', () => {
    const section = sectionOf('11:56:28.960087 IP a', 'time-of-day')
    expect([section.isOpen, section.isPlain]).toEqual([true, true])
    section.ended = true
    expect([section.isOpen, section.isPlain]).toEqual([false, false])
    section.forget()
    expect(section.isOpen).toBe(false)
  })

  test('a log prefix names host or pod', () => {
    const section = new Section('x')
    section.learnPlace({ source: 'x', pod: 'p' })
    section.learnPlace({ source: 'x', host: 'h' })
    expect(section).toMatchObject({ host: 'h', pod: 'p' })
  })
})
