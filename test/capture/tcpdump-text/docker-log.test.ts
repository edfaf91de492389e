import { describe, expect, test } from 'vitest'
import { detect } from '../../../src/capture/detect.ts'
import { unwrapDockerLog } from '../../../src/capture/tcpdump-text/docker-log.ts'
import { formatIp } from '../../../src/core/ip.ts'
import { decodeText, octets } from '../../support/text-decode.ts'

const LINES = [
  'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode',
  'listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes',
  '23:59:59.960087 IP 172.17.0.4.53938 > 172.17.0.6.80: Flags [S], seq 2618216972, win 64240, options [mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0',
  '00:00:00.010318 IP 172.17.0.6.80 > 172.17.0.4.53938: Flags [S.], seq 1746492749, ack 2618216973, win 65160, length 0',
  '00:00:00.010400 IP 172.17.0.4.53938 > 172.17.0.6.80: Flags [P.], seq 1:18, ack 1, win 502, length 17: HTTP: GET /?a="b"&c HTTP/1.1',
  '\t0x0000:  4500 0039 0000 4000 4006 0000 ac11 0004',
]

/** As Docker writes it: Go's encoder escapes `<`, `>` and `&`. */
function dockerLog(lines: readonly string[], separator = '\n'): string {
  const times = ['2025-08-01T23:59:59.961Z', '2025-08-02T00:00:00.011Z']
  return lines
    .map((line, i) => {
      const log = JSON.stringify(`${line}\n`).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)
      return `{"log":${log},"stream":"${i < 2 ? 'stderr' : 'stdout'}","time":"${times[i < 3 ? 0 : 1]}"}${separator}`
    })
    .join('')
}

describe("the log of a container in Docker's own files", () => {
  test('is told from other JSON', () => {
    expect(detect(octets(dockerLog(LINES)), true)).toEqual({ kind: 'capture', format: 'text' })
    expect(detect(octets('{"log":"hello\\n","stream":"stdout","time":"2025-08-01T00:00:00Z"}\n'), true)).toMatchObject({
      kind: 'other',
    })
  })

  test.each(['\n', '\r\n'])('is read with the date of the log, lines ending in %j', (separator) => {
    const { reader, records } = decodeText([octets(dockerLog(LINES, separator))])
    expect(reader.interfaces).toMatchObject([{ name: 'eth0', timeKind: 'absolute', snapLength: 262144 }])
    expect(
      records.map(([view]) => [
        view?.timeSec,
        view?.timeNsec,
        formatIp(4, view?.src0 ?? 0, view?.src1 ?? 0, view?.src2 ?? 0, view?.src3 ?? 0),
        view?.payloadLength,
      ]),
    ).toEqual([
      [1754092799, 960087000, '172.17.0.4', 0],
      [1754092800, 10318000, '172.17.0.6', 0],
      [1754092800, 10400000, '172.17.0.4', 17],
    ])
    expect(reader.skipped).toEqual({})
  })

  test.each(['', '{', '{"log":', '{"log":"x"', '{"log":3,"time":"t"}', '{"log":"x"}', 'x {"log":"y","time":"t"}'])(
    'leaves %j as it is',
    (line) => {
      expect(unwrapDockerLog(line)).toBe(line)
    },
  )
})
