/** A Cilium release, as far as it is known. */
export interface CiliumVersion {
  readonly major: number
  readonly minor: number
  /** `null` where only `x.y` is known. */
  readonly patch: number | null
  readonly text: string
}

const FALLBACK: CiliumVersion = { major: 1, minor: 17, patch: null, text: '1.17' }

/** Reads `1.17`, `v1.16.4` or `1.18.0-rc.1`; text that is no version counts as 1.17. */
export function parseCiliumVersion(text: string): CiliumVersion {
  const match = /^v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?/.exec(text.trim())
  if (match === null) return FALLBACK
  return {
    major: Number(match[1]),
    minor: Number(match[2]),
    patch: match[3] === undefined ? null : Number(match[3]),
    text: match[0].replace(/^v/, ''),
  }
}

/** Whether a release is `major.minor` or later. */
export function atLeast(version: CiliumVersion, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor)
}
