import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadCluster } from '../../src/cluster/load.ts'
import { runCli } from '../support/report-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'masqcheck-collect-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const NODES = {
  apiVersion: 'v1',
  kind: 'NodeList',
  items: [
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: 'kind-worker',
        managedFields: ['noise'],
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'hunter2' },
      },
      spec: { podCIDR: '10.244.2.0/24' },
      status: { addresses: [{ type: 'InternalIP', address: '172.17.0.4' }] },
    },
  ],
}
const PODS = {
  apiVersion: 'v1',
  kind: 'PodList',
  items: [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'curl', namespace: 'default', labels: { app: 'curl' } },
      spec: {
        nodeName: 'kind-worker',
        containers: [
          {
            name: 'c',
            env: [{ name: 'PASSWORD', value: 'hunter2' }],
            command: ['x', '--token=hunter2'],
            ports: [{ containerPort: 80 }],
          },
        ],
        volumes: [{ name: 'v', secret: { secretName: 'hunter2' } }],
      },
      status: { phase: 'Running', podIP: '10.244.2.53', podIPs: [{ ip: '10.244.2.53' }], message: 'hunter2' },
    },
  ],
}
const CONFIG =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cilium-config, namespace: kube-system}\ndata:\n  enable-bpf-masquerade: "true"\n  routing-mode: native\n'

/** A kubectl that serves recorded answers and writes down what it was asked. */
function standIn(
  name: string,
  answers: readonly (readonly [pattern: string, file: string | null, error?: string])[],
): string {
  const home = join(folder, name)
  mkdirSync(home, { recursive: true })
  const cases = answers.map(([pattern, text, error], i) => {
    const file = join(home, `answer-${i}`)
    writeFileSync(file, text ?? '')
    return text === null ? `  ${pattern}) echo '${error}' >&2; exit 1;;` : `  ${pattern}) cat '${file}';;`
  })
  const script = join(home, 'kubectl')
  writeFileSync(
    script,
    `#!/bin/sh\necho "$*" >> '${home}/asked'\ncase "$*" in\n${cases.join('\n')}\n  *) echo "Error from server (NotFound): not found" >&2; exit 1;;\nesac\n`,
  )
  chmodSync(script, 0o755)
  return script
}

const whole = () =>
  standIn('whole', [
    ['"get nodes "*', JSON.stringify(NODES)],
    ['"get pods --all-namespaces"*', JSON.stringify(PODS)],
    ['"get configmap cilium-config"*', CONFIG],
    ['"get pods --namespace kube-system --selector"*', 'cilium-abcde\tkind-worker\n../../evil\tnode\n'],
    ['*"iptables-save -c"*', '*nat\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n'],
    ['*"ipset list"*', null, 'sh: ipset: not found'],
    ['"get services"*', null, 'Error from server (Forbidden): services is forbidden'],
  ])

describe('collect', () => {
  test('writes what --cluster reads', async () => {
    const out = join(folder, 'out')
    const { status, stdout, stderr } = await runCli(['collect', '-o', out, '--kubectl', whole()])
    expect(status).toBe(0)
    expect(readdirSync(out).sort()).toEqual(['cilium-config.yaml', 'nodes.json', 'pods.json'])
    expect(stdout).toContain(`3 files in ${out}; use it with --cluster ${out}`)
    expect(stdout).toContain('not in this cluster: ')
    expect(stderr).toContain('service addresses: Error from server (Forbidden)')
    const cluster = await loadCluster({ paths: [out] })
    expect(cluster.addressBook.lookup('10.244.2.53')).toMatchObject({
      kind: 'pod',
      name: 'default/curl',
      node: 'kind-worker',
    })
    expect(cluster.settings.enableBpfMasquerade.value).toBe(true)
  })

  test('never asks for a Secret and keeps no secret of a pod', async () => {
    const out = join(folder, 'clean')
    await runCli(['collect', '--agents', '-o', out, '--kubectl', whole()])
    for (const file of ['nodes.json', 'pods.json'])
      expect(readFileSync(join(out, file), 'utf8')).not.toMatch(/hunter2|noise/)
    expect(readFileSync(join(folder, 'whole/asked'), 'utf8')).not.toMatch(/secret/i)
  })

  test('--agents adds the dumps of each node under its name, and outlives what fails', async () => {
    const out = join(folder, 'agents')
    const { status, stderr } = await runCli(['collect', '--agents', '-o', out, '--kubectl', whole()])
    expect(status).toBe(0)
    expect(readdirSync(join(out, 'agents'))).toEqual(['kind-worker'])
    expect(existsSync(join(out, 'agents/kind-worker/iptables-save.txt'))).toBe(true)
    expect(stderr).toContain('the members of the node set of kind-worker: sh: ipset: not found')
    expect(readdirSync(folder)).not.toContain('evil')
  })

  test('names the context it was given', async () => {
    await runCli(['collect', '-o', join(folder, 'context'), '--kubectl', whole(), '--context', 'staging'])
    expect(readFileSync(join(folder, 'whole/asked'), 'utf8')).toContain('--context staging get nodes')
  })

  test.each([
    ['no kubectl', ['--kubectl', 'no-such-kubectl'], /"no-such-kubectl" is not on the PATH/],
    [
      'no answer at all',
      ['--kubectl', standIn('dead', [['*', null, 'connection refused']])],
      /Nothing could be collected: .*connection refused/,
    ],
  ])('%s is status 2', async (name, argv, message) => {
    const { status, stderr } = await runCli(['collect', '-o', join(folder, `x-${name.replaceAll(' ', '')}`), ...argv])
    expect(stderr).toMatch(message)
    expect(status).toBe(2)
  })

  test('does not write into a folder with other files', async () => {
    const home = join(folder, 'home')
    mkdirSync(home)
    writeFileSync(join(home, 'thesis.doc'), '')
    const { status, stderr } = await runCli(['collect', '-o', home, '--kubectl', whole()])
    expect(status).toBe(2)
    expect(stderr).toContain('thesis.doc')
  })

  test('takes what a collection before left behind, whole or not, and leaves nothing half-written itself', async () => {
    const out = join(folder, 'again')
    mkdirSync(out)
    writeFileSync(join(out, 'nodes.json'), 'old')
    writeFileSync(join(out, '.pods.json.4711.tmp'), '{"cut')
    const { status } = await runCli(['collect', '-o', out, '--kubectl', whole()])
    expect(status).toBe(0)
    expect(JSON.parse(readFileSync(join(out, 'nodes.json'), 'utf8'))).toMatchObject({ kind: 'NodeList' })
    expect(readdirSync(out).filter((name) => name.endsWith('.tmp'))).toEqual(['.pods.json.4711.tmp'])
  })

  test.each([
    ['the folder is a file', (home: string) => writeFileSync(home, '')],
    [
      'a folder in it is a file',
      (home: string) => {
        mkdirSync(home)
        writeFileSync(join(home, 'agents'), '')
      },
    ],
  ])('is status 2 where %s', async (name, prepare) => {
    const out = join(folder, name.replaceAll(' ', '-'))
    prepare(out)
    const { status, stderr } = await runCli(['collect', '--agents', '-o', out, '--kubectl', whole()])
    expect([status, stderr]).toEqual([2, expect.stringContaining(`${out}`)])
    expect(stderr).toContain('cannot be written')
  })
})
