import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { flowSchema } from '../../src/report/records/schemas.ts'
import { runCli } from '../support/report-cli.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const NGINX = join(ROOT, 'captures/seed/nginx-eth0.txt')
const LAB = join(ROOT, 'captures/lab-iptables')

const records = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('flows', () => {
  test("gives the contract's example without any metadata", async () => {
    const { status, stdout } = await runCli(['flows', NGINX, '--format', 'ndjson'])
    expect(status).toBe(0)
    const [flow] = records(stdout).filter(({ record }) => record === 'flow')
    expect(flowSchema.parse(flow)).toMatchObject({
      id: '1',
      protocol: 'tcp',
      source: { ip: '172.17.0.4', port: 53938, kind: 'unknown', name: null },
      destination: { ip: '172.17.0.6', port: 80 },
      start: null,
      offsetSeconds: 42988.960087,
      durationSeconds: 0.001725,
      forward: { packets: 6, payloadBytes: 75, ipBytes: 395 },
      reverse: { packets: 4, payloadBytes: 238, ipBytes: 454 },
      tcp: {
        connState: 'SF',
        history: 'ShADadFf',
        isn: { forward: 2618216972, reverse: 1746492749 },
        handshakeRttSeconds: 0.000231,
      },
      nat: null,
    })
  }, 60_000)

  test('writes captures, flows in the order of ids, and the summary last, streamed or not', async () => {
    const [streamed, gathered] = await Promise.all([
      runCli(['flows', join(LAB, 'n1-eth0.pcap'), '--format', 'ndjson']),
      runCli(['flows', join(LAB, 'n1-eth0.pcap'), '--format', 'ndjson', '--sort', 'id']),
    ])
    const all = records(streamed.stdout)
    expect(all[0]?.record).toBe('capture')
    expect(all.at(-1)).toMatchObject({ record: 'summary', flows: all.length - 2 })
    const ids = all.filter(({ record }) => record === 'flow').map(({ id }) => Number(id))
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
    expect(records(gathered.stdout)).toEqual(all)
  })

  test('names addresses where metadata is given', async () => {
    const { stdout } = await runCli(['flows', NGINX, '--node', 'kind-worker=172.17.0.4'])
    expect(stdout).toContain('node kind-worker')
  })

  test('writes what reads Zeek', async () => {
    const { stdout } = await runCli(['flows', NGINX, '--format', 'zeek'])
    expect(stdout).toMatch(
      /^42988\.960087\tC1\t172\.17\.0\.4\t53938\t172\.17\.0\.6\t80\ttcp\t-\t0\.001\d{3}\t75\t238\tSF\t/m,
    )
  })

  test('says what there was where there is no TCP', async () => {
    const arp = '10:00:00.000001 ARP, Request who-has 10.0.0.1 tell 10.0.0.2, length 28\n'
    const { status, stdout } = await runCli(['flows', '-'], arp.repeat(3))
    expect(status).toBe(0)
    expect(stdout).toMatch(/^No TCP in this capture: 3 ARP/m)
  })

  test('refuses formats that need verdicts', async () => {
    const { status, stderr } = await runCli(['flows', NGINX, '--format', 'junit'])
    expect(status).toBe(2)
    expect(stderr).toContain('Allowed choices are table, json, ndjson, zeek, zeek-json, html')
  })
})
