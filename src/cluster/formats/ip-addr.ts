import * as z from 'zod'
import { parseIp } from '../../core/ip.ts'
import { dumpOf, type FactStore, type InputEntry, type NodeClue } from '../facts.ts'
import { readFields } from '../fields.ts'
import { lineSource, numberedLines, type Section } from '../section.ts'
import type { NodeDevice } from '../snapshot.ts'
import { isListOf, type Outcome, type StructuredFormat, type TextFormat } from './format.ts'

type Address = NodeDevice['addresses'][number]
interface OpenDevice extends NodeDevice {
  readonly addresses: Address[]
}

const HEAD = /^(\d+): ([^\s:]+): <[^>]*>.*? mtu (\d+)/
const INET = /^\s+inet6? ([0-9a-fA-F.:]+)(?:\/(\d+))?(.*)$/

/** `ip addr`, `ip a`, `ip -4 addr show dev …`. */
export const ipAddrText: TextFormat = {
  matches: ({ text }) => /^\d+: \S+: <[A-Z_,-]*> mtu /m.test(text),
  read(section, store, entry) {
    const devices: OpenDevice[] = []
    for (const { text, line } of numberedLines(section)) {
      const head = HEAD.exec(text)
      if (head !== null) {
        devices.push({
          name: deviceName(head[2] ?? ''),
          ifindex: Number(head[1]),
          mtu: Number(head[3]),
          addresses: [],
          source: lineSource(section, line),
        })
        continue
      }
      const inet = INET.exec(text)
      const address = inet === null ? undefined : textAddress(inet)
      if (address !== undefined) devices.at(-1)?.addresses.push(address)
    }
    return addDevices(devices, section, store, entry)
  },
}

/** `inet 172.17.0.4/16 brd 172.17.255.255 scope global secondary eth0`; without a prefix for point-to-point peers. */
function textAddress([, text = '', prefix, rest = '']: RegExpExecArray): Address | undefined {
  const ip = parseIp(text)
  if (ip === undefined) return undefined
  return {
    ip,
    prefix: prefix === undefined ? fullPrefix(ip) : Number(prefix),
    scope: scopeOf(/ scope (\w+)/.exec(rest)?.[1] ?? ''),
    secondary: / secondary\b/.test(rest),
  }
}

const BRIEF = /^(\S+)\s+(?:UP|DOWN|UNKNOWN|LOWERLAYERDOWN|DORMANT|NOTPRESENT|TESTING)\s*(.*)$/

/** `ip -br addr`: device, state, addresses; no scopes. */
export const ipAddrBrief: TextFormat = {
  matches: ({ text }) => /^\S+\s+(?:UP|DOWN|UNKNOWN)\s+[0-9a-fA-F.:]+\/\d+/m.test(text),
  read(section, store, entry) {
    const devices = numberedLines(section).flatMap(({ text, line }): NodeDevice[] => {
      const [, name, list = ''] = BRIEF.exec(text) ?? []
      if (name === undefined) return []
      // A point-to-point device shows the other end's address behind its own.
      const addresses = list
        .replace(/\speer\s\S+/g, '')
        .split(/\s+/)
        .flatMap((word): Address[] => {
          const [address = '', prefix] = word.split('/')
          const ip = parseIp(address)
          if (ip === undefined) return []
          const scope = ip.startsWith('127.') || ip === '::1' ? 'host' : /^fe[89ab]/.test(ip) ? 'link' : 'unknown'
          return [{ ip, prefix: prefix === undefined ? fullPrefix(ip) : Number(prefix), scope, secondary: false }]
        })
      return [{ name: deviceName(name), ifindex: null, mtu: null, addresses, source: lineSource(section, line) }]
    })
    return addDevices(devices, section, store, entry)
  },
}

const DEVICES = z.array(
  z.object({
    ifindex: z.number().nullish(),
    ifname: z.string().nullish(),
    mtu: z.number().nullish(),
    addr_info: z
      .array(
        z.object({
          local: z.string().nullish(),
          prefixlen: z.number().nullish(),
          scope: z.string().nullish(),
          secondary: z.boolean().nullish(),
        }),
      )
      .nullish(),
  }),
)

/** `ip -j addr`; older iproute2 pads a filtered list with empty objects. */
export const ipAddrJson: StructuredFormat = {
  matches: (value) =>
    Array.isArray(value) &&
    isListOf(
      value.filter((device) => Object.keys(device ?? {}).length > 0),
      (device) => 'ifname' in device && 'addr_info' in device,
    ),
  read({ section, item, entry }, store) {
    const devices = readFields(DEVICES, item).flatMap(({ ifname, ifindex, mtu, addr_info: infos }, i): NodeDevice[] => {
      if (!ifname) return []
      const addresses = (infos ?? []).flatMap(({ local, prefixlen, scope, secondary }): Address[] => {
        const ip = parseIp(local ?? '')
        if (ip === undefined) return []
        return [{ ip, prefix: prefixlen ?? fullPrefix(ip), scope: scopeOf(scope ?? ''), secondary: secondary ?? false }]
      })
      const line = item.lineOf([i])
      const source = line === null ? { file: section.file } : { file: section.file, line }
      return [{ name: ifname, ifindex: ifindex ?? null, mtu: mtu ?? null, addresses, source }]
    })
    return addDevices(devices, section, store, entry)
  },
}

const fullPrefix = (ip: string): number => (ip.includes(':') ? 128 : 32)

/** `eth0@if49` is eth0 and its peer. */
const deviceName = (text: string): string => text.split('@')[0] ?? text

function scopeOf(word: string): Address['scope'] {
  return word === 'global' || word === 'site' || word === 'link' || word === 'host' ? word : 'unknown'
}

function addDevices(devices: readonly NodeDevice[], section: Section, store: FactStore, entry: InputEntry): Outcome {
  store.dumps.push({ ...dumpOf(entry, section.hint, deviceClues(devices)), content: { kind: 'devices', devices } })
  return { kind: 'ip-addr', taken: [[devices.length, 'device']] }
}

/** The address of cilium_host first, then any other that is not every host's. */
function deviceClues(devices: readonly NodeDevice[]): NodeClue[] {
  const own = [...devices].sort((a, b) => Number(b.name === 'cilium_host') - Number(a.name === 'cilium_host'))
  return own.flatMap(({ addresses }) =>
    addresses
      .filter(({ scope }) => scope !== 'host' && scope !== 'link')
      .map(({ ip }) => ({ kind: 'address', ip }) as const),
  )
}
