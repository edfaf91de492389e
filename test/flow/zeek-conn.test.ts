import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FileSource } from '../../src/capture/source.ts'
import { secondsBetween } from '../../src/core/time.ts'
import type { Flow } from '../../src/flow/flow.ts'
import { readFlows } from '../../src/flow/read-flows.ts'

const CORPUS = resolve(import.meta.dirname, '../../../shared/corpus/zeek-conn')
const present = existsSync(CORPUS)
if (!present) console.log('zeek-conn corpus: skipped, ../shared is not there')

interface Entry {
  readonly name: string
  readonly tshark_ip_bytes_agree?: boolean
  readonly complete: boolean
  readonly tcp_counters?: readonly {
    retransmissions: readonly [number, number]
    out_of_order: readonly [number, number]
  }[]
  /** Copies set aside, [originator, responder], of each flow that has any. */
  readonly duplicates?: readonly (readonly [number, number])[]
}

/** A row of `conn.json`; `null` is not compared. */
interface Row {
  readonly ts: number
  readonly orig_h: string
  readonly orig_p: number
  readonly resp_h: string
  readonly resp_p: number
  readonly proto: string
  readonly duration: number | null
  readonly orig_bytes: number | null
  readonly resp_bytes: number | null
  readonly conn_state: string | null
  readonly history: string | null
  readonly missed_bytes: number | null
  readonly orig_pkts: number | null
  readonly orig_ip_bytes: number | null
  readonly resp_pkts: number | null
  readonly resp_ip_bytes: number | null
}

/** Empty where the side sent nothing. */
interface StreamSide {
  readonly packets?: number
  readonly ip_bytes?: number
  readonly retransmission?: number
  readonly out_of_order?: number
}

interface Stream {
  readonly a: string
  readonly b: string
  readonly ab: StreamSide
  readonly ba: StreamSide
}

const entries: readonly Entry[] = present ? JSON.parse(readFileSync(join(CORPUS, 'index.json'), 'utf8')) : []

async function flowsOf(name: string): Promise<Flow[]> {
  const file = join(CORPUS, `${name}.pcap`)
  const flows: Flow[] = []
  await readFlows([{ name, files: [new FileSource(file)] }], {}, (flow) => flows.push(flow))
  return flows.sort((a, b) => a.id - b.id)
}

const rowsOf = (name: string): Row[] => JSON.parse(readFileSync(join(CORPUS, `${name}.conn.json`), 'utf8'))
const tcpRows = (name: string): Row[] => rowsOf(name).filter(({ proto }) => proto === 'tcp')
const streamsOf = (name: string): Stream[] => JSON.parse(readFileSync(join(CORPUS, `${name}.tshark.json`), 'utf8'))

/** The flow in the words of Zeek's log; times apart. */
function asRow({ source, destination, forward, reverse, tcp }: Flow): Omit<Row, 'ts' | 'duration' | 'proto'> {
  return {
    orig_h: source.ip,
    orig_p: source.port ?? 0,
    resp_h: destination.ip,
    resp_p: destination.port ?? 0,
    orig_bytes: forward.payloadBytes,
    resp_bytes: reverse.payloadBytes,
    conn_state: tcp?.connState ?? null,
    history: tcp?.history ?? null,
    missed_bytes: forward.missedBytes + reverse.missedBytes,
    orig_pkts: forward.packets,
    orig_ip_bytes: forward.ipBytes,
    resp_pkts: reverse.packets,
    resp_ip_bytes: reverse.ipBytes,
  }
}

describe.skipIf(!present)('flows of the zeek-conn corpus', () => {
  test('the corpus is there', () => {
    expect(entries.length).toBeGreaterThan(50)
  })

  test.each(entries)('$name has the flows Zeek has', async ({ name, complete, tcp_counters }) => {
    const rows = tcpRows(name)
    const flows = (await flowsOf(name)).filter(({ protocol }) => protocol === 6)
    if (complete) expect(flows.length).toBe(rows.length)
    for (const [i, row] of rows.entries()) {
      const flow = complete ? flows[i] : flows.find((each) => isRow(each, row))
      if (!flow) throw new Error(`no flow for ${row.orig_h}:${row.orig_p} > ${row.resp_h}:${row.resp_p}`)
      const known = Object.entries(asRow(flow)).filter(([key]) => row[key as keyof Row] !== null)
      const wanted = Object.entries(row).filter(
        ([key, value]) => value !== null && !['ts', 'duration', 'proto'].includes(key),
      )
      expect(Object.fromEntries(known)).toEqual(Object.fromEntries(wanted))
      expect(Math.abs(flow.startSec + flow.startNsec / 1e9 - row.ts)).toBeLessThan(1.5e-6)
      const seconds = secondsBetween(flow.startSec, flow.startNsec, flow.endSec, flow.endNsec)
      if (row.duration !== null) expect(seconds).toBeGreaterThanOrEqual(row.duration - 2e-6)
      const counters = tcp_counters?.[i]
      if (counters && complete) {
        expect([flow.forward.retransmissions, flow.reverse.retransmissions]).toEqual(counters.retransmissions)
        expect([flow.forward.outOfOrder, flow.reverse.outOfOrder]).toEqual(counters.out_of_order)
      }
    }
  })

  test.each(entries)('$name has the packets and octets tshark counts', async ({ name, tshark_ip_bytes_agree }) => {
    const streams = streamsOf(name)
    const flows = (await flowsOf(name)).filter(({ protocol }) => protocol === 6)
    // tshark cuts streams by other rules than flows are cut by: compare what each pair of endpoints sent in all.
    const ours = new Tally()
    for (const { source, destination, forward, reverse } of flows) {
      const [a, b] = [endpoint(source), endpoint(destination)]
      ours.add(a, b, forward.packets + forward.duplicates, forward.ipBytes)
      ours.add(b, a, reverse.packets + reverse.duplicates, reverse.ipBytes)
    }
    const theirs = new Tally()
    for (const { a, b, ab, ba } of streams) {
      theirs.add(a, b, ab.packets ?? 0, ab.ip_bytes ?? 0)
      theirs.add(b, a, ba.packets ?? 0, ba.ip_bytes ?? 0)
    }
    expect(ours.packets).toEqual(theirs.packets)
    // The octets of copies are in no counter of ours.
    const copies = flows.some(({ forward, reverse }) => forward.duplicates + reverse.duplicates > 0)
    if (tshark_ip_bytes_agree !== false && !copies) expect(ours.octets).toEqual(theirs.octets)
  })

  test.each(entries)('$name has the retransmissions and reordered segments tshark counts', async ({ name }) => {
    const ours = new Tally()
    const surplus = new Tally()
    for (const { source, destination, forward, reverse, protocol } of await flowsOf(name)) {
      if (protocol !== 6) continue
      const [a, b] = [endpoint(source), endpoint(destination)]
      ours.add(a, b, forward.retransmissions + forward.outOfOrder, 0)
      ours.add(b, a, reverse.retransmissions + reverse.outOfOrder, 0)
      // The SYN of a connection on the ports of one that was refused is one connection's retransmission to tshark.
      surplus.add(a, b, forward.duplicates + 1, 0)
      surplus.add(b, a, reverse.duplicates + 1, 0)
    }
    const theirs = new Tally()
    for (const { a, b, ab, ba } of streamsOf(name)) {
      theirs.add(a, b, (ab.retransmission ?? 0) + (ab.out_of_order ?? 0), 0)
      theirs.add(b, a, (ba.retransmission ?? 0) + (ba.out_of_order ?? 0), 0)
    }
    for (const [key, count] of Object.entries(ours.packets)) {
      // tshark also counts copies; and by its times of arrival it takes one segment more or less for a retransmission.
      expect([key, theirs.packets[key]]).toEqual([key, expect.toSatisfy((n) => n >= count - 1)])
      const most = count + (surplus.packets[key] ?? 0)
      expect([key, theirs.packets[key]]).toEqual([key, expect.toSatisfy((n) => n <= most)])
    }
  })

  test.each(entries.filter(({ duplicates }) => duplicates !== undefined))(
    '$name has the copies told',
    async ({ name, duplicates }) => {
      const flows = (await flowsOf(name)).filter(({ protocol }) => protocol === 6)
      const counted = flows.map(({ forward, reverse }) => [forward.duplicates, reverse.duplicates])
      expect(counted.filter(([forward, reverse]) => forward !== 0 || reverse !== 0)).toEqual(duplicates)
    },
  )

  test.each(entries)('$name has the exchanges of UDP and ICMP Zeek has', async ({ name }) => {
    const flows = (await flowsOf(name)).filter(({ protocol }) => protocol !== 6)
    for (const row of rowsOf(name).filter(({ proto }) => proto !== 'tcp')) {
      const isIcmp = row.proto === 'icmp'
      const flow = flows.find((each) => isRow(isIcmp ? withIcmpPorts(each) : each, row))
      expect(flow).toBeDefined()
      if (flow === undefined) continue
      const { forward, reverse } = flow
      const counts = [forward.packets, reverse.packets, forward.ipBytes, reverse.ipBytes]
      expect(counts).toEqual([row.orig_pkts, row.resp_pkts, row.orig_ip_bytes, row.resp_ip_bytes])
      if (row.orig_bytes !== null) expect(forward.payloadBytes).toBe(row.orig_bytes)
      if (row.resp_bytes !== null) expect(reverse.payloadBytes).toBe(row.resp_bytes)
      expect(flow.connState).toBe(row.conn_state)
      expect(flow.history).toBe(row.history ?? '')
    }
  })
})

/** Zeek writes type and code, or the type of the answer, into the ports. */
function withIcmpPorts(flow: Flow): Flow {
  if (flow.icmp === null) return flow
  const { type, code } = flow.icmp
  const answers: Readonly<Record<number, number>> = { 8: 0, 128: 129 }
  return {
    ...flow,
    source: { ...flow.source, port: type },
    destination: { ...flow.destination, port: answers[type] ?? code },
  }
}

const endpoint = ({ ip, port }: Flow['source']): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)

/** Packets and IP octets by direction between two endpoints. */
class Tally {
  readonly packets: Record<string, number> = {}
  readonly octets: Record<string, number> = {}

  add(from: string, to: string, packets: number, octets: number): void {
    const key = `${from} > ${to}`
    this.packets[key] = (this.packets[key] ?? 0) + packets
    this.octets[key] = (this.octets[key] ?? 0) + octets
  }
}

function isRow({ source, destination, startSec, startNsec }: Flow, row: Row): boolean {
  return (
    source.ip === row.orig_h &&
    source.port === row.orig_p &&
    destination.ip === row.resp_h &&
    destination.port === row.resp_p &&
    Math.abs(startSec + startNsec / 1e9 - row.ts) < 1.5e-6
  )
}
