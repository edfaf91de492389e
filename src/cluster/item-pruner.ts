/** Fields of Kubernetes objects that no format reads and that make up most of a real pod or node. */
export const UNREAD_FIELDS: readonly string[] = [
  'managedFields',
  'ownerReferences',
  'volumes',
  'volumeMounts',
  'volumesAttached',
  'env',
  'envFrom',
  'conditions',
  'containerStatuses',
  'initContainers',
  'initContainerStatuses',
  'ephemeralContainers',
  'ephemeralContainerStatuses',
  'tolerations',
  'affinity',
  'topologySpreadConstraints',
  'securityContext',
  'resources',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'images',
  'nodeInfo',
]

/** By length and first octet, so that nearly every key of a text is told apart at a glance. */
const BY_SHAPE: ReadonlyMap<number, readonly Uint8Array[]> = shapes()

function shapes(): Map<number, Uint8Array[]> {
  const encoder = new TextEncoder()
  const found = new Map<number, Uint8Array[]>()
  for (const name of UNREAD_FIELDS) {
    const octets = encoder.encode(name)
    const shape = octets.length * 256 + (octets[0] ?? 0)
    found.set(shape, [...(found.get(shape) ?? []), octets])
  }
  return found
}

/**
 * Leaves out of a large list's items what nobody reads, before anything is decoded or parsed: parsing is most of the time
 * a list of a million pods takes. What is left out reads as `null`.
 */
export class ItemPruner {
  private start = 0
  /** Pairs of offsets, start and end of each part left out, in order. */
  private holes: number[] = []

  /** Begins an item at an offset. */
  begin(start: number): void {
    this.start = start
    this.holes = []
  }

  /** Whether the octets are the name of a field that may be left out. */
  isUnread(bytes: Uint8Array, from: number, to: number): boolean {
    const names = BY_SHAPE.get((to - from) * 256 + (bytes[from] ?? 0))
    return names?.some((name) => name.every((octet, i) => bytes[from + i] === octet)) ?? false
  }

  leaveOut(from: number, to: number): void {
    this.holes.push(from, to)
  }

  /** Text of the item that ends at `end`. */
  text(bytes: Uint8Array, end: number, decoder: { decode(bytes: Uint8Array): string }): string {
    let text = ''
    let from = this.start
    for (let i = 0; i < this.holes.length; i += 2) {
      text += `${decoder.decode(bytes.subarray(from, this.holes[i]))}null`
      from = this.holes[i + 1] ?? end
    }
    return text + decoder.decode(bytes.subarray(from, end))
  }
}
