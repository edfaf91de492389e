/** Assumed where nothing tells the version; the seed's, and what most clusters of the reference run. */
export const ASSUMED_VERSION = '1.17'

/** Releases whose rules are known, `cilium-masquerade.md`; others are judged by the nearest. */
export const OLDEST_VERSION = '1.10'
export const NEWEST_VERSION = '1.19'

/** `x.y` of a release text such as `v1.17.6-cee.1`; `undefined` where it is none. */
export function minorVersion(text: string): string | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\D|$)/.exec(text.trim())
  return match === null ? undefined : `${match[1]}.${match[2]}`
}

/** Whether version `x.y` is `floor` or newer. */
export function isAtLeast(version: string, floor: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [floorMajor = 0, floorMinor = 0] = floor.split('.').map(Number)
  return major > floorMajor || (major === floorMajor && minor >= floorMinor)
}
