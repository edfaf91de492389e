import { UsageError } from '../core/errors.ts'

/** Where a capture was taken, as `--at` or a `captures.yaml` says. */
export interface PointSpec {
  readonly kind: 'node' | 'pod' | 'external'
  /** Node name, `namespace/name` of a pod, name of an outside host; `null` where only the kind is given. */
  readonly name: string | null
  /** Network interface of a node, `null` where none is given. */
  readonly interface: string | null
}

const FORMS = 'node/<name>[:interface], pod/<namespace>/<name> or external[/<name>]'

/** Names of Kubernetes objects and hosts; container names of Docker have underscores. */
const NAME = '[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?'
/** Linux allows 15 octets without a space or a slash. */
const INTERFACE = '[^\\s/:]{1,15}'

const NODE = new RegExp(`^node/(?<name>${NAME})(?::(?<device>${INTERFACE}))?$`)
const POD = new RegExp(`^pod/(?<name>${NAME}/${NAME})$`)
const EXTERNAL = new RegExp(`^external(?:/(?<name>${NAME}))?$`)

/**
 * Reads a capture point: `node/kind-worker`, `node/kind-worker:eth0`, `pod/default/curl`, `external`, `external/nginx`.
 *
 * @throws {UsageError} when the text is none; the message names the forms.
 */
export function parsePointSpec(text: string): PointSpec {
  const node = NODE.exec(text)?.groups
  if (node) return { kind: 'node', name: node.name ?? null, interface: node.device ?? null }
  const pod = POD.exec(text)?.groups
  if (pod) return { kind: 'pod', name: pod.name ?? null, interface: null }
  const external = EXTERNAL.exec(text)
  if (external) return { kind: 'external', name: external.groups?.name ?? null, interface: null }
  throw new UsageError(`"${text}" is no capture point: write ${FORMS}`)
}

/** Capture points given on the command line. */
export interface GivenPoints {
  /** For every capture without one of its own. */
  readonly all: string | null
  /** By capture, as written in front of the equals sign. */
  readonly byFile: ReadonlyMap<string, string>
}

/**
 * Reads the values of `--at`: `point`, or `file=point`. A file name may hold equals signs, a point may not.
 *
 * @throws {UsageError} for what is no point, and where two points are given for the same.
 */
export function parseGivenPoints(values: readonly string[]): GivenPoints {
  let all: string | null = null
  const byFile = new Map<string, string>()
  for (const value of values) {
    const equals = value.lastIndexOf('=')
    const file = equals < 0 ? null : value.slice(0, equals)
    const point = value.slice(equals + 1)
    parsePointSpec(point)
    const before: string | null = file === null ? all : (byFile.get(file) ?? null)
    if (before !== null && before !== point) {
      throw new UsageError(`--at gives two points for one capture, "${before}" and "${point}": give one, or file=point`)
    }
    if (file === null) all = point
    else byFile.set(file, point)
  }
  return { all, byFile }
}
