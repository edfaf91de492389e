import type { CaptureInterface } from '../capture/record.ts'
import type { CaptureSummary } from '../flow/flow-run.ts'
import type { AuditContext } from './context.ts'
import { isNodeDevice, type Side, seesAllDevices, sideOfDevice } from './device-side.ts'
import type { PointClaim } from './point-claim.ts'
import { pointFromFileName } from './point-file-name.ts'
import type { CaptureHints } from './point-hints.ts'
import { pointFromPrompt } from './point-prompt.ts'
import type { CapturePoint } from './verdict.ts'

/**
 * Where each interface of a capture was taken, by the strongest source that tells: what the user declared, the shell
 * prompt, names of interfaces, the addresses and TTLs in the capture, the file's name. Where nothing tells, the capture
 * counts as taken past the SNAT point, and the point says that this was assumed.
 *
 * @param declared - Point given by `--at` or `captures.yaml`, `null` where none was.
 * @param hints - What the packets of the capture show, see {@link CaptureHints}.
 * @returns One point for each interface of the capture, in their order; at least one.
 */
export function resolvePoints(
  capture: CaptureSummary,
  declared: PointClaim | null,
  hints: CaptureHints,
  context: AuditContext,
): CapturePoint[] {
  const interfaces: readonly (CaptureInterface | null)[] = capture.interfaces.length > 0 ? capture.interfaces : [null]
  return interfaces.map((captured) => {
    const prompt = captured === null ? null : pointFromPrompt(captured, context.cluster)
    // A host of a name that the cluster does not know is outside, unless its own packets show what it is.
    const isContradicted = prompt?.kind === 'external' && hints.place !== null
    const claim =
      declared ??
      (isContradicted ? null : prompt) ??
      fromDevices(capture, hints) ??
      hints.place ??
      pointFromFileName(capture, context.cluster)
    const device = declared?.interface ?? captured?.name ?? claim?.interface ?? null
    const cooked = captured !== null && seesAllDevices(device, captured.linkType)
    if (claim === null) return assumedPoint(device, cooked, hints)
    const { kind, name, basis } = claim
    return { kind, name, interface: device, side: sideOf(kind, device, cooked), basis, assumed: false }
  })
}

function sideOf(kind: CapturePoint['kind'], device: string | null, cooked: boolean): Side {
  if (kind === 'pod') return 'before'
  if (kind === 'external') return 'after'
  if (cooked) return 'both'
  return device === null ? 'after' : sideOfDevice(device)
}

// One device that only nodes have tells the machine for all interfaces of the capture; its name comes from the packets.
function fromDevices(capture: CaptureSummary, hints: CaptureHints): PointClaim | null {
  if (!capture.interfaces.some(({ name }) => name !== null && isNodeDevice(name))) return null
  return { kind: 'node', name: hints.node, interface: null, basis: 'interface' }
}

function assumedPoint(device: string | null, cooked: boolean, hints: CaptureHints): CapturePoint {
  const place = { kind: 'unknown', name: null, interface: device } as const
  if (cooked) return { ...place, side: 'both', basis: 'interface', assumed: false }
  if (hints.podHops === 'none') return { ...place, side: 'before', basis: 'ttl', assumed: false }
  if (hints.podHops === 'some') return { ...place, side: 'after', basis: 'ttl', assumed: false }
  return { ...place, side: 'after', basis: 'assumed', assumed: true }
}
