import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import * as masqcheck from '../src/index.ts'

test('the library does what the command does', async () => {
  const analysis = await masqcheck.analyze({ captures: [resolve(import.meta.dirname, '../captures/seed')] })
  expect(analysis.verdicts.map(({ verdict }) => verdict)).toEqual(['consistent', 'consistent'])
  const report = masqcheck.analysisReport(analysis, { name: 'mine', version: '1' })
  const render = await masqcheck.FORMATS.ndjson.load()
  const lines = [...render(report, { width: 80, color: false, all: false, limit: 0, failOn: 'contradiction' })]
    .join('')
    .trimEnd()
    .split('\n')
  expect(lines.map((line) => JSON.parse(line).record)).toContain('flow')
}, 60_000)

test('every stage is usable alone', () => {
  const stages = {
    capture: ['resolveInputs', 'readCaptureSet'],
    packet: ['FrameDecoder', 'TcpdumpTextDecoder'],
    flow: ['readFlows', 'FlowTable'],
    cluster: ['loadCluster', 'buildCluster'],
    masquerade: ['decide', 'decideInstalled', 'bpfRules', 'iptablesRules'],
    audit: ['analyze', 'assess', 'lint', 'parseExpectations'],
    report: ['FORMATS', 'toFlowRecord', 'compileWhere', 'selectFlows', 'sortReport'],
  }
  for (const name of Object.values(stages).flat()) expect(masqcheck).toHaveProperty(name)
})
