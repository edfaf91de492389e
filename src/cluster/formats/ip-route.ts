import * as z from 'zod'
import { parseCidr } from '../../core/cidr.ts'
import { parseIp } from '../../core/ip.ts'
import { dumpOf, type FactStore, type InputEntry, type NodeClue } from '../facts.ts'
import { readFields } from '../fields.ts'
import { lineSource, numberedLines, type Section } from '../section.ts'
import type { NodeRoute } from '../snapshot.ts'
import { isListOf, type Outcome, type StructuredFormat, type TextFormat } from './format.ts'

const ROUTE = /^(?:unicast )?(default|[0-9a-fA-F.:]+(?:\/\d+)?) (.*\b(?:via|dev) .*)$/

/** `ip route`, `ip -6 route`, of one table. Local, broadcast and blackhole routes say nothing about a packet's way out. */
export const ipRouteText: TextFormat = {
  matches: ({ text }) =>
    /^(?:default|[\d.]+(?:\/\d+)?|[0-9a-fA-F]*:[0-9a-fA-F:]*(?:\/\d+)?) (?:via|dev|nhid) /m.test(text),
  read(section, store, entry) {
    const routes = numberedLines(section).flatMap(({ text, line }): NodeRoute[] => {
      const [, destination, rest = ''] = ROUTE.exec(text.trimEnd()) ?? []
      if (destination === undefined) return []
      const after = (word: string): string | undefined => new RegExp(`\\b${word} (\\S+)`).exec(rest)?.[1]
      return routeOf(
        { destination, via: after('via'), device: after('dev'), src: after('src') },
        lineSource(section, line),
      )
    })
    return addRoutes(routes, section, store, entry)
  },
}

const ROUTES = z.array(
  z.object({
    dst: z.string().nullish(),
    gateway: z.string().nullish(),
    via: z.object({ host: z.string().nullish() }).nullish(),
    dev: z.string().nullish(),
    prefsrc: z.string().nullish(),
    type: z.string().nullish(),
  }),
)

/** `ip -j route`. */
export const ipRouteJson: StructuredFormat = {
  matches: (value) =>
    isListOf(value, (route) => typeof route.dst === 'string' && ('dev' in route || 'nexthops' in route)),
  read({ section, item, entry }, store) {
    const routes = readFields(ROUTES, item).flatMap(({ dst, gateway, via, dev, prefsrc, type }, i): NodeRoute[] => {
      if (!dst || (type && type !== 'unicast')) return []
      const line = item.lineOf([i])
      const source = line === null ? { file: section.file } : { file: section.file, line }
      const gatewayText = gateway ?? via?.host
      return routeOf({ destination: dst, via: gatewayText, device: dev, src: prefsrc }, source)
    })
    return addRoutes(routes, section, store, entry)
  },
}

interface RouteTexts {
  readonly destination: string
  readonly via: string | null | undefined
  readonly device: string | null | undefined
  readonly src: string | null | undefined
}

function routeOf({ destination, via, device, src }: RouteTexts, source: NodeRoute['source']): NodeRoute[] {
  const cidr = destination === 'default' ? null : parseCidr(destination, { bareAddress: true })
  if (cidr === undefined) return []
  return [
    {
      destination: cidr,
      device: device ?? null,
      via: parseIp(via ?? '') ?? null,
      src: parseIp(src ?? '') ?? null,
      source,
    },
  ]
}

function addRoutes(routes: readonly NodeRoute[], section: Section, store: FactStore, entry: InputEntry): Outcome {
  store.dumps.push({ ...dumpOf(entry, section.hint, routeClues(routes)), content: { kind: 'routes', routes } })
  return { kind: 'ip-route', taken: [[routes.length, 'route']] }
}

/** The source of connected routes is the node; a pod's own route, or its pod CIDR without a next node, tells the pod CIDR. */
function routeClues(routes: readonly NodeRoute[]): NodeClue[] {
  const sources = routes.flatMap(({ src }) => (src === null ? [] : [{ kind: 'address', ip: src } as const]))
  const local = routes.flatMap(({ destination, device }) =>
    destination !== null && /^(?:lxc|cilium_host)/.test(device ?? '')
      ? [{ kind: 'pod-cidr', cidr: destination } as const]
      : [],
  )
  return [...sources, ...local]
}
