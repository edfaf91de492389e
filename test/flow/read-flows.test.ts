import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FileSource } from '../../src/capture/source.ts'
import type { Flow } from '../../src/flow/flow.ts'
import type { CaptureSummary } from '../../src/flow/flow-run.ts'
import { type FlowOptions, type FlowSource, readFlows } from '../../src/flow/read-flows.ts'
import { ethernet, tcp, udp, vxlan } from '../support/packet-builder.ts'
import { pcap, type WrittenPacket } from '../support/pcap-writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'masqcheck-flows-'))
let written = 0

function source(content: Uint8Array | string, more: Partial<FlowSource> = {}): FlowSource {
  const path = join(folder, `capture-${written++}`)
  writeFileSync(path, content)
  return { files: [new FileSource(path)], ...more }
}

async function run(
  sources: readonly FlowSource[],
  options: FlowOptions = {},
): Promise<{ flows: Flow[]; captures: CaptureSummary[] }> {
  const flows: Flow[] = []
  const captures = await readFlows(sources, options, (flow) => flows.push(flow))
  return { flows: flows.sort((a, b) => a.id - b.id), captures }
}

const syn = (port: number, time: number): WrittenPacket => ({
  time,
  frame: ethernet(tcp({ src: `10.0.0.1:${port}`, dst: '10.0.0.2:80', flags: 'S', seq: port })),
})

const TEXT = `user@49b71dac045f:/# tcpdump -i eth0 -n port 80
11:56:28.960087 IP 172.17.0.4.53938 > 172.17.0.6.80: Flags [S], seq 2618216972, win 64240, length 0
11:56:28.960210 IP 172.17.0.6.80 > 172.17.0.4.53938: Flags [S.], seq 1746492749, ack 2618216973, win 65160, length 0
user@kind-worker:/# tcpdump -i lxc1 -n
12:00:00.000001 IP 172.17.0.4.53938 > 172.17.0.6.80: Flags [S], seq 1, win 64240, length 0
`

describe('readFlows()', () => {
  test('numbers flows through all captures, and says what each held', async () => {
    const arp = new Uint8Array([...new Uint8Array(12), 0x08, 0x06, ...new Uint8Array(28)])
    const first = source(pcap([syn(1, 5), syn(2, 6.25), { time: 7, frame: arp }]), {
      name: 'first',
      declaredPoint: 'node/a',
    })
    const { flows, captures } = await run([first, source(pcap([syn(3, 1)]))])
    expect(flows.map(({ id, capture, source: { port } }) => [id, capture, port])).toEqual([
      [1, 0, 1],
      [2, 0, 2],
      [3, 1, 3],
    ])
    expect(captures[0]).toMatchObject({
      index: 0,
      name: 'first',
      format: 'pcap',
      declaredPoint: 'node/a',
      packets: 3,
      timeKind: 'absolute',
      startSec: 5,
      startNsec: 0,
      endSec: 7,
      endNsec: 0,
      skipped: { arp: 1 },
      warnings: [],
    })
    expect(captures[0]?.bytes).toBe(24 + 16 * 3 + 54 * 2 + 42)
    expect(captures[1]).toMatchObject({ index: 1, declaredPoint: null, packets: 1 })
  })

  test('takes a rotated set for one capture', async () => {
    const [a, b] = [source(pcap([syn(1, 5)])), source(pcap([{ ...syn(1, 6) }, syn(2, 7)]))]
    const { flows, captures } = await run([{ files: [...a.files, ...b.files] }])
    expect(captures).toHaveLength(1)
    expect(captures[0]).toMatchObject({ packets: 3, startSec: 5, endSec: 7 })
    expect(captures[0]?.files).toHaveLength(2)
    expect(flows).toHaveLength(2)
    expect(flows[0]?.samples.map(({ file, record }) => [file, record])).toEqual([
      [0, 1],
      [1, 1],
    ])
  })

  test('takes the sections of a text for captures of their own', async () => {
    const { flows, captures } = await run([source(TEXT, { name: 'paste.txt' })])
    expect(captures.map(({ index, name, packets }) => [index, name, packets])).toEqual([
      [0, 'paste.txt', 2],
      [1, 'paste.txt#2', 1],
    ])
    expect(captures.map(({ interfaces }) => interfaces.map(({ name, host }) => [name, host]))).toEqual([
      [['eth0', '49b71dac045f']],
      [['lxc1', 'kind-worker']],
    ])
    expect(captures[1]?.bytes).toBe(0)
    expect(flows.map(({ capture, vantages }) => [capture, vantages[0]?.interfaceIndex])).toEqual([
      [0, 0],
      [1, 0],
    ])
    expect(flows[0]).toMatchObject({ timeKind: 'time-of-day', forward: { packets: 1 }, reverse: { packets: 1 } })
  })

  test('makes flows of tunnels: the outer of UDP, and the inner', async () => {
    const inner = ethernet(tcp({ src: '10.1.0.1:4000', dst: '10.1.0.2:80', flags: 'S' }))
    const frame = ethernet(vxlan({ src: '172.18.0.2', dst: '172.18.0.3', vni: 7 }, inner))
    const { flows } = await run([source(pcap([{ time: 1, frame }]))])
    expect(flows.map(({ protocol, source: { ip }, tunnel }) => [protocol, ip, tunnel?.vni ?? null])).toEqual([
      [17, '172.18.0.2', null],
      [6, '10.1.0.1', 7],
    ])
  })

  test('recognises tunnels by the ports it is told', async () => {
    const inner = ethernet(tcp({ src: '10.1.0.1:4000', dst: '10.1.0.2:80', flags: 'S' }))
    const frame = ethernet(vxlan({ src: '172.18.0.2', dst: '172.18.0.3', vni: 7 }, inner))
    const none = await run([source(pcap([{ time: 1, frame }]))], { tunnelPorts: { vxlan: [], geneve: [] } })
    expect(none.flows.map(({ protocol }) => protocol)).toEqual([17])
  })

  test('knows the server ports it is told', async () => {
    const frame = ethernet(tcp({ src: '10.0.0.2:9376', dst: '10.0.0.1:40000', flags: '.' }))
    const capture = () => source(pcap([{ time: 1, frame }]))
    expect((await run([capture()])).flows[0]?.source.port).toBe(9376)
    expect((await run([capture()], { serverPorts: { tcp: [9376] } })).flows[0]?.source.port).toBe(40000)
  })

  test('warns of flows that left early', async () => {
    const { captures, flows } = await run([source(pcap([syn(1, 1), syn(2, 2), syn(3, 3)]), { name: 'many' })], {
      maxFlows: 2,
    })
    expect(captures[0]?.warnings).toMatchObject([{ code: 'flows-evicted', file: 'many' }])
    expect(flows.map(({ evicted }) => evicted)).toEqual([true, false, false])
  })

  test('hands over what was read when it is interrupted, and reads no further', async () => {
    const controller = new AbortController()
    const { flows, captures } = await run(
      [source(pcap([syn(1, 1), syn(2, 2), syn(4, 3)])), source(pcap([syn(3, 3)]))],
      {
        signal: controller.signal,
        onProgress: () => controller.abort(),
      },
    )
    expect(captures).toHaveLength(1)
    // The reader holds the last record back until it knows what follows.
    expect(flows.map(({ source: { port } }) => port)).toEqual([1, 2])
  })

  test('tells progress over all captures', async () => {
    const seen: [number, number | null, number][] = []
    const [a, b] = [source(pcap([syn(1, 1)])), source(pcap([syn(2, 2), syn(3, 3)]))]
    const sized = [a, b].map(({ files }) => ({ files: files.map(({ name }) => new FileSource(name, 200)) }))
    await run(sized, {
      onProgress: ({ bytesRead, totalBytes, packets }) => seen.push([bytesRead, totalBytes, packets]),
    })
    expect(seen.at(-1)).toMatchObject([24 * 2 + 70 * 3, 400, expect.any(Number)])
    expect(seen.map(([bytesRead]) => bytesRead)).toEqual(seen.map(([bytesRead]) => bytesRead).sort((a, b) => a - b))
  })

  test('has a summary of a capture without packets', async () => {
    const { captures } = await run([source(pcap([]))])
    expect(captures).toMatchObject([{ packets: 0, skipped: {}, startSec: 0, endSec: 0 }])
  })

  test('counts what it cannot make flows of', async () => {
    const cut = ethernet(udp({ src: '10.0.0.1:1', dst: '10.0.0.2:2' })).subarray(0, 36)
    const { captures, flows } = await run([source(pcap([{ time: 1, frame: cut, originalLength: 60 }]))])
    expect(flows).toEqual([])
    expect(Object.values(captures[0]?.skipped ?? {})).toEqual([1])
  })
})
