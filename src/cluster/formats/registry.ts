import { agentConfigJson, agentConfigText } from './agent-config.ts'
import { agentEndpointJson, agentEndpointText } from './agent-endpoint-list.ts'
import { agentIpJson, agentIpText } from './agent-ip-list.ts'
import { agentNodeJson, agentNodeText } from './agent-node-list.ts'
import { bpfCtJson, bpfCtText } from './bpf-ct.ts'
import { bpfEgressJson, bpfEgressText } from './bpf-egress.ts'
import { bpfEndpointJson, bpfEndpointText } from './bpf-endpoint.ts'
import { bpfIpcacheJson, bpfIpcacheText } from './bpf-ipcache.ts'
import { bpfIpmasqJson, bpfIpmasqText } from './bpf-ipmasq.ts'
import { bpfNatJson, bpfNatText } from './bpf-nat.ts'
import { ciliumEndpoint, ciliumEndpointSlice } from './cilium-endpoint.ts'
import { ciliumNode } from './cilium-node.ts'
import { ciliumNodeConfig } from './cilium-node-config.ts'
import { configMap } from './config-map.ts'
import { configView } from './config-view.ts'
import { conntrackList } from './conntrack.ts'
import { egressGatewayPolicy, egressNatPolicy } from './egress-gateway-policy.ts'
import { endpointSlice, endpoints } from './endpoint-slice.ts'
import type { ObjectFormat, StructuredFormat, TextFormat } from './format.ts'
import { helmCommand } from './helm-command.ts'
import { helmMetadata, helmValues, helmValuesHeaded } from './helm-values.ts'
import { hubbleFlow } from './hubble.ts'
import { ipAddrBrief, ipAddrJson, ipAddrText } from './ip-addr.ts'
import { masqFile } from './ip-masq-agent.ts'
import { loadBalancerIpPool, podIpPool } from './ip-pool.ts'
import { ipRouteJson, ipRouteText } from './ip-route.ts'
import { ipsetList, ipsetSave } from './ipset.ts'
import { iptablesRules, iptablesSave } from './iptables.ts'
import { ciliumEndpointTable, ciliumNodeTable, nodeTable, podTable, serviceTable } from './kubectl-tables.ts'
import { node } from './node.ts'
import { describedConfig, plainConfig } from './plain-config.ts'
import { pod } from './pod.ts'
import { service } from './service.ts'
import { statusJson } from './status-json.ts'
import { statusText } from './status-text.ts'
import { workload } from './workload.ts'

const OBJECTS: readonly ObjectFormat[] = [
  node,
  ciliumNode,
  pod,
  configMap,
  service,
  endpointSlice,
  endpoints,
  ciliumEndpoint,
  ciliumEndpointSlice,
  egressGatewayPolicy,
  egressNatPolicy,
  podIpPool,
  loadBalancerIpPool,
  ciliumNodeConfig,
  workload,
]

/** Formats of Kubernetes objects by `kind`. */
export const OBJECT_FORMATS: ReadonlyMap<string, ObjectFormat> = new Map(
  OBJECTS.flatMap((format) => format.objects.map((kind) => [kind, format] as const)),
)

/** JSON and YAML that is no Kubernetes object; the first that matches reads it. Order of `cluster-metadata-formats.md` §1. */
export const STRUCTURED_FORMATS: readonly StructuredFormat[] = [
  hubbleFlow,
  bpfNatJson,
  bpfCtJson,
  agentNodeJson,
  agentIpJson,
  agentEndpointJson,
  ipAddrJson,
  ipRouteJson,
  bpfIpmasqJson,
  bpfEgressJson,
  statusJson,
  agentConfigJson,
  bpfIpcacheJson,
  bpfEndpointJson,
  masqFile,
  plainConfig,
  helmMetadata,
  helmValues,
]

/** Plain text, in the order of `cluster-metadata-formats.md` §1; the first that matches reads it. */
export const TEXT_FORMATS: readonly TextFormat[] = [
  helmValuesHeaded,
  helmCommand,
  iptablesSave,
  iptablesRules,
  ipsetList,
  ipsetSave,
  ipAddrText,
  ipRouteText,
  conntrackList,
  bpfNatText,
  bpfCtText,
  bpfIpcacheText,
  bpfIpmasqText,
  bpfEndpointText,
  agentNodeText,
  agentIpText,
  agentEndpointText,
  bpfEgressText,
  statusText,
  agentConfigText,
  describedConfig,
  ipAddrBrief,
  podTable,
  nodeTable,
  ciliumNodeTable,
  ciliumEndpointTable,
  serviceTable,
  configView,
]
