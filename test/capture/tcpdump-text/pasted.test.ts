import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseCommandLine } from '../../../src/capture/tcpdump-text/tcpdump-command.ts'
import { HAS_TEXT_CORPUS, readText, readTruth, TEXT_CORPUS } from '../../support/text-corpus.ts'
import { decodeText, segmentsOf } from '../../support/text-decode.ts'

interface Pasted {
  readonly file: string
  /** Plain texts whose packets it holds, such as `syn-oneway.n`. */
  readonly packetsOf: readonly string[]
  readonly host?: string | null
  readonly interface?: string
  readonly command?: string
  readonly filter?: string
  readonly dropped?: number
  /** Packets at the end that were cut off. */
  readonly cut?: number
  readonly mayWarn?: boolean
  readonly sections?: readonly { readonly host?: string; readonly interface: string }[]
}

const PASTED: readonly Pasted[] = HAS_TEXT_CORPUS
  ? JSON.parse(readFileSync(join(TEXT_CORPUS, 'pasted/index.json'), 'utf8'))
  : []

describe.skipIf(!HAS_TEXT_CORPUS)('pasted texts', () => {
  test.each(PASTED)('$file: $note', (pasted) => {
    const text = decodeText([readText(join('pasted', pasted.file))])
    const truth = pasted.packetsOf.flatMap((name) => readTruth(name.split('.')[0] ?? ''))
    const expected = truth.slice(0, truth.length - (pasted.cut ?? 0))
    const segments = segmentsOf(text)
    expect(
      segments.map(({ seq, ack, flags, window, payloadLength, srcPort }) => [
        srcPort,
        flags,
        seq,
        ack,
        window,
        payloadLength,
      ]),
    ).toEqual(
      expected.map(({ srcPort, flags, seq, ack, window, payloadLength }) => [
        srcPort,
        flags,
        seq,
        ack,
        window,
        payloadLength,
      ]),
    )
    const { interfaces } = text.reader
    const [first] = interfaces
    if (pasted.host !== undefined) expect(first?.host).toBe(pasted.host)
    if (pasted.filter !== undefined) expect(first?.filter).toBe(pasted.filter)
    if (pasted.command !== undefined) expect(first?.command).toMatch(new RegExp(`${escapePattern(pasted.command)}$`))
    if (pasted.interface !== undefined && pasted.interface !== 'any') expect(first?.name).toBe(pasted.interface)
    if (pasted.interface === 'any') expect(parseCommandLine(first?.command ?? '')?.interface).toBe('any')
  })

  test.each(PASTED.filter(({ packetsOf }) => packetsOf.length > 1))('$file: a section for each command', (pasted) => {
    const { interfaces } = decodeText([readText(join('pasted', pasted.file))]).reader
    expect(interfaces.map(({ section, name }) => [section, name])).toEqual(
      pasted.sections?.map((entry, i) => [i, entry.interface]),
    )
    pasted.sections?.forEach(({ host }, i) => {
      if (host !== undefined) expect(interfaces[i]?.host).toBe(host)
    })
  })

  test.each([
    ['stats-between.txt', ['capture-dropped-packets']],
    ['last-line-cut.txt', ['text-last-line-cut']],
    ['sorted-descending.txt', ['text-newest-first', 'time-zone-assumed']],
    ['prompt-sudo-old-banner.txt', ['time-zone-assumed']],
    ['prompt-banner-trailer.txt', []],
    ['two-commands-same-tuple.txt', []],
    ['wrapped-80.txt', []],
  ])('%s warns of %j', (file, codes) => {
    const { warnings } = decodeText([readText(join('pasted', file))]).reader
    expect(warnings.map(({ code }) => code).sort()).toEqual(codes)
  })

  test('a log collector in front gives the date, not the time', () => {
    const text = decodeText([readText('pasted/kubectl-logs-timestamps.txt')])
    expect(text.reader.interfaces[0]?.timeKind).toBe('absolute')
    expect(text.records[0]?.[0]).toMatchObject({
      timeSec: Date.UTC(2025, 7, 1, 11, 56, 28) / 1000,
      timeNsec: 960187000,
    })
  })

  test('log lines name the pod they come from', () => {
    expect(decodeText([readText('pasted/kubectl-logs-prefix.txt')]).reader.interfaces[0]?.pod).toBe('netshoot-7c9d')
    expect(decodeText([readText('pasted/stern.txt')]).reader.interfaces[0]?.pod).toBe('netshoot-7c9d')
  })
})

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
