import { ciliumNode } from './cilium-node.ts'
import { configMap } from './config-map.ts'
import { configView } from './config-view.ts'
import type { ObjectFormat, StructuredFormat, TextFormat } from './format.ts'
import { masqFile } from './ip-masq-agent.ts'
import { ipsetList, ipsetSave } from './ipset.ts'
import { node } from './node.ts'
import { pod } from './pod.ts'

const OBJECTS: readonly ObjectFormat[] = [node, ciliumNode, pod, configMap]

/** Formats of Kubernetes objects by `kind`. */
export const OBJECT_FORMATS: ReadonlyMap<string, ObjectFormat> = new Map(
  OBJECTS.flatMap((format) => format.objects.map((kind) => [kind, format] as const)),
)

/** JSON and YAML that is no Kubernetes object; the first that matches reads it. */
export const STRUCTURED_FORMATS: readonly StructuredFormat[] = [masqFile]

/** Plain text, in the order of `cluster-metadata-formats.md` §1; the first that matches reads it. */
export const TEXT_FORMATS: readonly TextFormat[] = [ipsetList, ipsetSave, configView]
