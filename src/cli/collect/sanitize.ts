/**
 * Leaves of a list of Kubernetes objects what masqcheck reads. Environment variables, commands, volumes and annotations of
 * pods hold passwords often enough that they must not get into a folder people attach to a ticket.
 *
 * @param text - Output of `kubectl get … -o json`.
 * @returns JSON text; the input itself where it is no list.
 */
export function sanitizeList(text: string): string {
  const list = JSON.parse(text) as { items?: unknown[] }
  if (!Array.isArray(list.items)) return text
  return `${JSON.stringify({ ...list, items: list.items.map(sanitizeObject) }, null, 1)}\n`
}

type Json = Record<string, unknown>

/** Annotations that carry addresses of Cilium's own. */
const KEPT_ANNOTATION = /^(?:network\.cilium\.io|ipam\.cilium\.io|io\.cilium)\b/

function sanitizeObject(object: unknown): unknown {
  if (!isObject(object)) return object
  const metadata = isObject(object.metadata) ? sanitizeMetadata(object.metadata) : object.metadata
  const kept = { ...object, metadata }
  return object.kind === 'Pod' ? sanitizePod(kept) : kept
}

function sanitizeMetadata({ managedFields: _, annotations, ...rest }: Json): Json {
  if (!isObject(annotations)) return rest
  const kept = Object.entries(annotations).filter(([key]) => KEPT_ANNOTATION.test(key))
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) }
}

function sanitizePod(pod: Json): Json {
  const spec = isObject(pod.spec) ? pod.spec : {}
  const status = isObject(pod.status) ? pod.status : {}
  return {
    ...pod,
    spec: {
      ...pick(spec, ['nodeName', 'hostNetwork']),
      containers: (Array.isArray(spec.containers) ? spec.containers : [])
        .filter(isObject)
        .map((container) => pick(container, ['name', 'ports'])),
    },
    status: pick(status, ['phase', 'podIP', 'podIPs', 'hostIP', 'hostIPs']),
  }
}

function pick(object: Json, keys: readonly string[]): Json {
  return Object.fromEntries(keys.filter((key) => object[key] !== undefined).map((key) => [key, object[key]]))
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
