import { describe, expect, test } from 'vitest'
import type { CaptureFormat, CaptureInterface, CaptureMeta } from '../../src/capture/record.ts'
import { CaptureFlows } from '../../src/flow/capture-flows.ts'
import type { Flow } from '../../src/flow/flow.ts'
import { ServerPortTable } from '../../src/flow/server-ports.ts'
import { FrameDecoder } from '../../src/packet/decode.ts'
import { ethernet, gre, tcp, vxlan } from '../support/packet-builder.ts'
import { type RecordOptions, recordOf } from '../support/packet-record.ts'
import { capture as captureFixture } from '../support/report-fixtures.ts'

const [FIXTURE] = captureFixture().interfaces
const device = (name: string): CaptureInterface => ({ ...(FIXTURE as CaptureInterface), name, timeKind: 'absolute' })

function metaOf(format: CaptureFormat, ...interfaces: readonly string[]): CaptureMeta {
  return { file: 'a', format, compression: [], interfaces: interfaces.map(device) }
}

function captureOf(maxFlows?: number): { capture: CaptureFlows; flows: Flow[] } {
  const flows: Flow[] = []
  const [serverPorts, ids] = [new ServerPortTable(), { next: 1 }]
  const onFlow = (flow: Flow) => flows.push(flow)
  const capture = new CaptureFlows({ index: 3, name: 'a', declaredPoint: null, maxFlows, serverPorts, ids, onFlow })
  return { capture, flows }
}

const packet = (port: number) => tcp({ src: `10.0.0.1:${port}`, dst: '10.0.0.2:80', flags: 'S', seq: port })
const syn = (port: number, options: RecordOptions = {}) => recordOf(ethernet(packet(port)), options)

describe('the flows of a capture', () => {
  test('run through the files of a rotated set, and its counts add up', () => {
    const { capture, flows } = captureOf()
    for (const [i, timeSec] of [5, 8].entries()) {
      const meta = { ...metaOf('pcap', 'eth0'), file: `a${i}` }
      capture.file(meta, new FrameDecoder())
      capture.record(syn(1, { timeSec, timeNsec: 7 }))
      capture.endFile({ meta, packets: 1, bytes: 100, warnings: [], skipped: { empty: 1 } })
    }
    expect(capture.end(10)).toBe(true)
    expect(flows).toMatchObject([{ capture: 3, startSec: 5, endSec: 8, forward: { packets: 2 } }])
    const sums = { files: ['a0', 'a1'], packets: 2, bytes: 200, skipped: { empty: 2 }, startSec: 5, endSec: 8 }
    expect(capture.summary()).toMatchObject({ ...sums, startNsec: 7, endNsec: 7 })
  })

  test('have the earliest packet for their start, though it was written later', () => {
    const { capture } = captureOf()
    capture.file(metaOf('pcap', 'eth0'), new FrameDecoder())
    for (const [timeSec, timeNsec] of [
      [9, 5],
      [4, 1],
      [9, 6],
    ] as const)
      capture.record(syn(1, { timeSec, timeNsec }))
    expect(capture.summary()).toMatchObject({ startSec: 4, startNsec: 1, endSec: 9, endNsec: 6 })
  })

  test('of a section of a text have the interfaces of the section, numbered anew', () => {
    const { capture, flows } = captureOf()
    capture.file(metaOf('text', 'eth0', 'lxc1', 'lxc2'), new FrameDecoder())
    for (const interfaceIndex of [2, 1, 2]) capture.textRecord(syn(interfaceIndex, { interfaceIndex }))
    capture.end(10)
    expect(capture.summary().interfaces.map(({ name }) => name)).toEqual(['lxc2', 'lxc1'])
    expect(flows.map(({ source, vantages }) => [source.port, vantages[0]?.interfaceIndex])).toEqual([
      [2, 0],
      [1, 1],
    ])
  })

  test('are those of UDP tunnels and what they carry; tunnels without ports are none', () => {
    const { capture, flows } = captureOf()
    capture.file(metaOf('pcap', 'eth0'), new FrameDecoder())
    capture.record(recordOf(ethernet(vxlan({ src: '172.18.0.2', dst: '172.18.0.3', vni: 7 }, ethernet(packet(1))))))
    capture.record(recordOf(ethernet(gre({ src: '172.18.0.2', dst: '172.18.0.3' }, packet(2)))))
    capture.end(10)
    expect(flows.map(({ protocol, source }) => `${protocol} ${source.ip}`)).toEqual([
      '17 172.18.0.2',
      '6 10.0.0.1',
      '6 10.0.0.1',
    ])
    expect(capture.summary().packets).toBe(2)
  })

  test('end a few at a time where asked', () => {
    const { capture, flows } = captureOf()
    capture.file(metaOf('pcap', 'eth0'), new FrameDecoder())
    for (const port of [1, 2, 3]) capture.record(syn(port))
    expect(capture.end(2)).toBe(false)
    expect(flows).toHaveLength(2)
    expect(capture.end(2)).toBe(true)
    expect(flows).toHaveLength(3)
  })

  test('that had to leave early are a warning with the way out', () => {
    const { capture } = captureOf(1)
    capture.file(metaOf('pcap', 'eth0'), new FrameDecoder())
    for (const port of [1, 2, 3]) capture.record(syn(port))
    expect(capture.summary().warnings).toMatchObject([{ code: 'flows-evicted', file: 'a' }])
    expect(capture.summary().warnings[0]?.message).toMatch(/^2 flows .*--max-flows/)
  })

  test('are none of a capture without packets, which has ended already', () => {
    const { capture, flows } = captureOf()
    expect(capture.end(1)).toBe(true)
    expect(flows).toEqual([])
    expect(capture.summary()).toMatchObject({ index: 3, packets: 0, bytes: 0, files: [], warnings: [], skipped: {} })
  })
})
