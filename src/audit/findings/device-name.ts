import type { Vantage } from '../../flow/flow.ts'
import type { AnalysedCapture } from '../analysis.ts'
import type { AuditContext } from '../context.ts'

/** Name of the device that packets were seen at: by the node's interface number where the capture has it, else by interface. */
export function deviceNameOf(
  { ifindex, interfaceIndex }: Vantage,
  nodeName: string | null,
  capture: Pick<AnalysedCapture, 'interfaces'> | undefined,
  context: AuditContext,
): string | null {
  for (const device of context.node(nodeName)?.devices?.values() ?? []) {
    if (ifindex !== 0 && device.ifindex === ifindex) return device.name
  }
  return capture?.interfaces[interfaceIndex]?.name ?? null
}
