import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Analysis, analyze } from '../../../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'masqcheck-by-hand-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A pod of n1 keeps its address towards a destination, at n1's native device; nodes are given by hand. */
function keeping(destination: string, nodes: readonly string[]): Promise<Analysis> {
  const file = join(folder, `${destination}.txt`)
  const line = `11:56:28.960087 IP 10.244.1.11.40001 > ${destination}.10250: Flags [S], seq 2618216972, win 64240, length 0`
  writeFileSync(file, `root@n1:/# tcpdump -i eth0 -n\n${line}\n`)
  const given = {
    nodes,
    podCidrs: ['10.244.1.0/24'],
    masquerade: 'bpf',
    nativeRoutingCidrs: ['10.244.0.0/16'],
  } as const
  return analyze({ captures: [file], given: { ...given, routing: 'native' } })
}

test('a private destination may be a node that nobody named, and the verdict says so', async () => {
  const { verdicts, findings } = await keeping('172.18.0.3', ['n1=172.18.0.2'])
  expect(verdicts[0]?.code).toBe('MASQUERADE_MISSING')
  expect(verdicts[0]?.because.join()).toContain('right if 172.18.0.3 is a node too: name all nodes (--node)')
  const cause = findings.find(({ severity }) => severity === 'error')
  expect(cause?.message).toContain('unless 172.18.0.3 is a node that was not named (--node)')
})

test('a public one is none', async () => {
  const { verdicts } = await keeping('8.8.8.8', ['n1=172.18.0.2'])
  expect(verdicts[0]?.code).toBe('MASQUERADE_MISSING')
  expect(verdicts[0]?.because.join()).not.toContain('name all nodes')
})

test('once named, keeping the address is right', async () => {
  const { verdicts } = await keeping('172.18.0.3', ['n1=172.18.0.2', 'n2=172.18.0.3'])
  expect(verdicts[0]).toMatchObject({ verdict: 'consistent', code: null })
})
