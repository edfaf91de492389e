/**
 * A line of the log files that Docker keeps (json-file driver, `/var/lib/docker/containers/…-json.log`), as the line that
 * `docker logs -t` prints: time, then what the container wrote. Any other line is returned unchanged.
 *
 * @see https://docs.docker.com/engine/logging/drivers/json-file/
 */
export function unwrapDockerLog(line: string): string {
  // Nearly every other line fails this.
  if (!line.startsWith('{"') || !line.includes('"log":')) return line
  const entry = parse(line)
  if (typeof entry?.log !== 'string' || typeof entry.time !== 'string') return line
  return `${entry.time} ${entry.log.replace(/[\r\n]+$/, '').replaceAll('\n', ' ')}`
}

function parse(line: string): { readonly log?: unknown; readonly time?: unknown } | undefined {
  try {
    return JSON.parse(line)
  } catch {
    // Cut off, or not JSON after all.
    return undefined
  }
}
