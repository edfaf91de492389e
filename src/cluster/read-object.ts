import { describeValue } from '../core/describe-value.ts'
import { ClusterMetadataError } from '../core/errors.ts'
import type { FactStore, NodeHint } from './facts.ts'
import { placeText } from './fields.ts'
import type { ObjectOutcome } from './formats/format.ts'
import { OBJECT_FORMATS } from './formats/registry.ts'
import type { ManifestItem } from './manifest.ts'

/**
 * Reads one Kubernetes object by its kind.
 *
 * @throws {ClusterMetadataError} where it is not shaped as its kind is.
 */
export function readObject(item: ManifestItem, store: FactStore, hint: NodeHint): ObjectOutcome {
  if (item.value === null || typeof item.value !== 'object' || Array.isArray(item.value)) {
    throw new ClusterMetadataError(item.file, `Found ${describeValue(item.value)}, wanted object`, placeText(item, []))
  }
  const format = OBJECT_FORMATS.get(item.kind)
  if (format !== undefined) return format.read(item, store, hint)
  const kind = item.kind === '' ? 'object' : kebabCase(item.kind)
  const why = item.kind === '' ? 'it has no kind' : `nothing about masquerading in a ${item.kind}`
  return { kind, unused: why }
}

/** `CiliumNode` as `cilium-node`, `CiliumPodIPPool` as `cilium-pod-ip-pool`. */
export function kebabCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase()
}
