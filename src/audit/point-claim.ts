import type { CapturePoint } from './verdict.ts'

/** A place as some source tells it; `null` members are left to weaker sources. */
export interface PointClaim {
  readonly kind: CapturePoint['kind']
  readonly name: string | null
  readonly interface: string | null
  readonly basis: string
}
