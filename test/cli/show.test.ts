import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { flowSchema } from '../../src/report/records/schemas.ts'
import { runCli } from '../support/report-cli.ts'

const ROOT = resolve(import.meta.dirname, '../..')

describe('show', () => {
  test('prints ends, packets, evidence, rules and the lines of configuration', async () => {
    const { status, stdout } = await runCli(['show', '2', join(ROOT, 'captures/seed')])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^flow 2 ✓ consistent: /)
    expect(stdout).toMatch(/source +172\.17\.0\.4:53938, node kind-worker/)
    expect(stdout).toMatch(/0\.000000 {2}→ {2}#1 +SYN seq 2618216972/)
    expect(stdout).toMatch(/^▶ +local-endpoint/m)
    expect(stdout).toMatch(/routing-mode: native|Network: Native/)
  }, 60_000)

  test('puts the sightings of one connection side by side', async () => {
    const lab = join(ROOT, 'captures/lab-forgotten-node/n1-any.pcap')
    const { stdout } = await runCli([lab, '--format', 'ndjson'])
    const flows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ record, nat }) => record === 'flow' && nat.connection !== null)
    const shown = await runCli(['show', flows[0].id, lab])
    const mates = flows.filter(({ nat }) => nat.connection === flows[0].nat.connection)
    for (const { id } of mates) expect(shown.stdout).toContain(`flow ${id}`)
    expect(shown.stdout).toMatch(/→ {2}#\d+ +#\d+ +SYN/)
  }, 60_000)

  test('gives the record as JSON', async () => {
    const { stdout } = await runCli(['show', '1', join(ROOT, 'captures/seed'), '--format', 'json'])
    expect(flowSchema.parse(JSON.parse(stdout))).toMatchObject({ id: '1' })
  })

  test.each([
    ['99', /There is no flow 99: they go from 1 to 2/],
    ['first', /"first" is no flow/],
  ])('flow %s is refused', async (id, message) => {
    const { status, stderr } = await runCli(['show', id, join(ROOT, 'captures/seed')])
    expect(status).toBe(2)
    expect(stderr).toMatch(message)
  })
})
