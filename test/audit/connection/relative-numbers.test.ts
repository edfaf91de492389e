import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { analyze } from '../../../src/audit/analyze.ts'
import { joinBySegments } from '../../../src/audit/connection/join-tcp.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import { aFlow, aSample } from '../../support/audit-flows.ts'

const folder = mkdtempSync(join(tmpdir(), 'masqcheck-numbers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Connections that the flows of a text are put into, in the order of flows. */
async function connectionsOf(name: string, lines: readonly string[]): Promise<(string | null)[]> {
  const file = join(folder, name)
  writeFileSync(file, `${lines.join('\n')}\n`)
  const { verdicts } = await analyze({ captures: [file], cluster: aCluster(FIXTURE), at: ['node/n1:any'] })
  return verdicts.map(({ connection }) => connection)
}

const at = (micros: number): string => `10:00:00.${String(micros).padStart(6, '0')}`

/** Twice the same lengths and printed numbers, from the pod and, soon after, from its node. */
const talks = (lines: (from: string, start: number) => readonly string[]): string[] => [
  ...lines('10.244.1.10.40000', 100),
  ...lines('172.18.0.2.40001', 150),
]

describe('numbers of text captures that no other capture shares', () => {
  test('tcpdump -q prints none: equal lengths make no pair', async () => {
    const quiet = talks((from, start) => [
      `${at(start)} IP ${from} > 1.1.1.1.443: tcp 75`,
      `${at(start + 10)} IP 1.1.1.1.443 > ${from}: tcp 200`,
    ])
    expect(await connectionsOf('quiet.txt', quiet)).toEqual([null, null])
  })

  test('relative numbers of a side whose first was not printed make no pair', async () => {
    const relative = talks((from, start) => [
      `${at(start)} IP ${from} > 1.1.1.1.443: Flags [.], ack 5000, win 501, length 0`,
      `${at(start + 10)} IP ${from} > 1.1.1.1.443: Flags [P.], seq 1:76, ack 1, win 501, length 75`,
      `${at(start + 20)} IP 1.1.1.1.443 > ${from}: Flags [P.], seq 1:201, ack 76, win 501, length 200`,
    ])
    expect(await connectionsOf('relative.txt', relative)).toEqual([null, null])
  })

  test('absolute numbers do', async () => {
    const absolute = talks((from, start) => [
      `${at(start)} IP ${from} > 1.1.1.1.443: Flags [P.], seq 7000:7075, ack 5000, win 501, length 75`,
      `${at(start + 10)} IP 1.1.1.1.443 > ${from}: Flags [P.], seq 5000:5200, ack 7075, win 501, length 200`,
    ])
    expect(await connectionsOf('absolute.txt', absolute)).toEqual(['c1', 'c1'])
  })

  test('as do relative ones behind a handshake, which tells where they start', async () => {
    const opened = talks((from, start) => [
      `${at(start)} IP ${from} > 1.1.1.1.443: Flags [S], seq 7000, win 501, length 0`,
      `${at(start + 10)} IP 1.1.1.1.443 > ${from}: Flags [S.], seq 5000, ack 7001, win 501, length 0`,
      `${at(start + 20)} IP ${from} > 1.1.1.1.443: Flags [P.], seq 1:76, ack 1, win 501, length 75`,
    ])
    expect(await connectionsOf('opened.txt', opened)).toEqual(['c1', 'c1'])
  })
})

test.each([
  [{}, 1],
  [{ isRelative: true } as const, 0],
])('joinBySegments() with samples %j finds %d pairs', (more, pairs) => {
  const sample = aSample({ seq: 1, ack: 1, payloadLength: 75, flags: 0x18, ...more })
  const flows = ['10.244.1.10:40000', '172.18.0.2:40001'].map((source) =>
    aFlow({ tuple: `${source} > 1.1.1.1:443`, originKnown: false, samples: [sample] }),
  )
  expect([...joinBySegments(flows)]).toHaveLength(pairs)
})
