import { expect, test } from 'vitest'
import { pointFromPrompt } from '../../src/audit/point-prompt.ts'
import type { CaptureInterface } from '../../src/capture/record.ts'
import { buildCluster } from '../../src/cluster/build-cluster.ts'

const cluster = buildCluster([], {
  given: { nodes: ['kind-worker=172.17.0.4'], pods: ['default/web-0@kind-worker=10.244.2.7'] },
})

function captured(some: Partial<CaptureInterface>): CaptureInterface {
  return {
    name: 'eth0',
    description: null,
    linkType: -1,
    snapLength: 0,
    timeKind: 'time-of-day',
    section: 0,
    host: null,
    command: null,
    filter: null,
    ...some,
  }
}

test.each([
  [{ host: 'kind-worker' }, 'node', 'kind-worker'],
  [{ host: 'kind-worker.example.org' }, 'node', 'kind-worker'],
  [{ host: 'web-0' }, 'pod', 'default/web-0'],
  [{ host: '49b71dac045f' }, 'external', '49b71dac045f'],
  [{ host: 'laptop' }, 'external', 'laptop'],
])('pointFromPrompt(%j) is %s %s', (some, kind, name) => {
  expect(pointFromPrompt(captured(some), cluster)).toMatchObject({ kind, name })
})

test.each(['lxc1', 'lxc4f2a1b6c0', 'cilium_host', 'cilium_vxlan'])(
  'pointFromPrompt() takes no host with a device %s for an outside one',
  (name) => {
    expect(pointFromPrompt(captured({ host: 'node', name }), cluster)).toBeNull()
  },
)
