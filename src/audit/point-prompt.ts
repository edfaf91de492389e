import type { CaptureInterface } from '../capture/record.ts'
import type { ClusterSnapshot, Pod } from '../cluster/snapshot.ts'
import { isNodeDevice } from './device-side.ts'
import type { PointClaim } from './point-claim.ts'

// Docker and containerd give a container its short id as host name. A kind node has a name, a pod the pod's.
const CONTAINER_ID = /^[0-9a-f]{12}$/
const KUBECTL_EXEC = /\bkubectl\b.*?\sexec\b(?<args>.*?)(?:\s--\s|$)/
const DOCKER_EXEC = /\b(?:docker|podman|nerdctl)\s+exec\s+(?:-\S+\s+)*(?<name>[\w.-]+)/
const OTHER_NAMESPACE = /\b(?:nsenter|ip\s+netns\s+exec|crictl\s+exec)\b/
const NAMESPACE_OPTION = /(?:^|\s)(?:-n|--namespace)[= ](?<namespace>[\w-]+)/

/**
 * The place a shell prompt and its command line name: a node or a pod of the cluster, or, where the cluster has no
 * machine of that name, an outside host. `null` without a prompt, and where the command entered a namespace that the
 * prompt says nothing about.
 */
export function pointFromPrompt(captured: CaptureInterface, cluster: ClusterSnapshot): PointClaim | null {
  const command = captured.command ?? ''
  const entered = enteredPlace(command, cluster)
  if (entered !== undefined) return entered
  const place = captured.host === null ? null : placeOfHost(captured.host, cluster)
  // A host that has a pod's link or Cilium's own devices is a node, whatever name its prompt gives it.
  const isNode = captured.name !== null && isNodeDevice(captured.name)
  return place?.kind === 'external' && isNode ? null : place
}

/** @returns `undefined` where the command runs on the prompt's own host. */
function enteredPlace(command: string, cluster: ClusterSnapshot): PointClaim | null | undefined {
  const kubectl = KUBECTL_EXEC.exec(command)
  if (kubectl) return execTarget(command, kubectl.groups?.args ?? '', cluster)
  const docker = DOCKER_EXEC.exec(command)?.groups?.name
  if (docker !== undefined) return placeOfHost(docker, cluster)
  return OTHER_NAMESPACE.test(command) ? null : undefined
}

function execTarget(command: string, args: string, cluster: ClusterSnapshot): PointClaim | null {
  const namespace = NAMESPACE_OPTION.exec(command)?.groups?.namespace ?? 'default'
  const name = args
    .replace(NAMESPACE_OPTION, ' ')
    .replace(/\s(?:-c|--container)[= ]\S+/g, ' ')
    .split(/\s+/)
    .find((word) => word !== '' && !word.startsWith('-'))
    ?.replace(/^pods?\//, '')
  if (name === undefined || name.includes('/')) return null
  const pod = cluster.pods.find((candidate) => candidate.name === name && candidate.namespace === namespace)
  return pod === undefined
    ? { kind: 'pod', name: `${namespace}/${name}`, interface: null, basis: 'prompt' }
    : placeOfPod(pod)
}

function placeOfHost(host: string, cluster: ClusterSnapshot): PointClaim | null {
  const node = findNode(host, cluster)
  if (node !== undefined) return { kind: 'node', name: node, interface: null, basis: 'prompt' }
  const pods = cluster.pods.filter((pod) => pod.name === host)
  if (pods.length === 1 && pods[0]) return placeOfPod(pods[0])
  // Where no list of pods was given, a name that is no node's may be a pod's.
  const arePodsNamed = cluster.podsKnown || cluster.pods.length > 0
  if ((cluster.nodesKnown && arePodsNamed) || CONTAINER_ID.test(host)) {
    return { kind: 'external', name: host, interface: null, basis: 'prompt' }
  }
  return null
}

// A pod on the host network sees the node's devices.
function placeOfPod(pod: Pod): PointClaim {
  if (pod.hostNetwork) return { kind: 'node', name: pod.node, interface: null, basis: 'prompt' }
  return { kind: 'pod', name: `${pod.namespace}/${pod.name}`, interface: null, basis: 'prompt' }
}

/** The node a host name means: its own name, or the same first label where only one node has it. */
export function findNode(host: string, cluster: ClusterSnapshot): string | undefined {
  if (cluster.nodesByName.has(host)) return host
  const label = firstLabel(host)
  const matches = cluster.nodes.filter((node) => firstLabel(node.name) === label)
  return matches.length === 1 ? matches[0]?.name : undefined
}

function firstLabel(name: string): string {
  return name.split('.', 1)[0] ?? name
}
