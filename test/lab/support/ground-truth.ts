import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Namespace } from './namespaces.ts'

/** One connection as the kernel's connection tracking recorded it: the tuple as sent, and the source it left with. */
export interface TrackedConnection {
  readonly protocol: string
  readonly source: string
  readonly destination: string
  /** Ports; the echo identifier twice for ICMP. */
  readonly sourcePort: number
  readonly destinationPort: number
  readonly translatedSource: string
  readonly translatedPort: number
}

const EVENT = /\[NEW\]\s+(\S+)\s.*?src=(\S+) dst=(\S+) (.*?)src=(\S+) dst=(\S+) (.*)$/

/**
 * Follows `conntrack -E` of a node: every translation is kept, also of connections the table has forgotten since.
 *
 * @returns A function that stops following and gives what was seen.
 */
export async function followConntrack(node: Namespace): Promise<() => Promise<TrackedConnection[]>> {
  const process = node.spawn('conntrack', ['-E', '-e', 'NEW', '-b', '8388608'])
  let text = ''
  process.stdout?.on('data', (chunk: Buffer) => {
    text += String(chunk)
  })
  await sleep(50)
  return async () => {
    await sleep(100)
    const ended = once(process, 'exit')
    process.kill('SIGINT')
    await ended
    return text.split('\n').flatMap(parseEvent)
  }
}

function parseEvent(line: string): TrackedConnection[] {
  const match = EVENT.exec(line)
  if (!match) return []
  const [, protocol = '', source = '', destination = '', original = '', , translatedSource = '', reply = ''] = match
  const number = (text: string, key: string): number => Number(new RegExp(`\\b${key}=(\\d+)`).exec(text)?.[1] ?? 0)
  const echo = protocol === 'icmp'
  return [
    {
      protocol,
      source,
      destination,
      sourcePort: number(original, echo ? 'id' : 'sport'),
      destinationPort: number(original, echo ? 'id' : 'dport'),
      translatedSource,
      translatedPort: number(reply, echo ? 'id' : 'dport'),
    },
  ]
}
