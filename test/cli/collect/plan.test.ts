import { expect, test } from 'vitest'
import { agentSteps, clusterSteps } from '../../../src/cli/collect/plan.ts'

const READS = new Set(['get', 'exec'])

test('only reads, and asks for no Secret', () => {
  const steps = [...clusterSteps('kube-system'), ...agentSteps({ pod: 'cilium-x', node: 'n1' }, 'kube-system')]
  expect(steps.length).toBeGreaterThan(15)
  for (const { args } of steps) {
    expect(READS.has(args[0] ?? '')).toBe(true)
    expect(args.join(' ')).not.toMatch(/secret/i)
  }
})

test('writes each step to a file of its own, dumps of a node under its name', () => {
  const agents = ['n1', 'n2'].flatMap((node) => agentSteps({ pod: `cilium-${node}`, node }, 'cilium'))
  const files = [...clusterSteps('cilium'), ...agents].map(({ file }) => file)
  expect(new Set(files).size).toBe(files.length)
  expect(files).toEqual(expect.arrayContaining(['nodes.json', 'cilium-config.yaml', 'agents/n2/iptables-save.txt']))
})

test('asks in the namespace that Cilium runs in, and for pods in all', () => {
  const argsOf = (file: string) => clusterSteps('cilium').find((step) => step.file === file)?.args
  expect(argsOf('cilium-config.yaml')?.join(' ')).toBe('get configmap cilium-config --namespace cilium -o yaml')
  expect(argsOf('pods.json')).toContain('--all-namespaces')
  expect(argsOf('nodes.json')).not.toContain('--all-namespaces')
})

test('takes for granted what every Cilium has, and nothing else', () => {
  const wanted = clusterSteps('kube-system').filter(({ optional }) => !optional)
  expect(wanted.map(({ file }) => file)).toEqual(
    expect.arrayContaining(['nodes.json', 'pods.json', 'ciliumnodes.json']),
  )
  const optional = clusterSteps('kube-system').filter((step) => step.optional)
  expect(optional.map(({ file }) => file)).toEqual(
    expect.arrayContaining(['ip-masq-agent.yaml', 'ciliumegressgatewaypolicies.json']),
  )
})
