import * as z from 'zod'
import { flowSchema } from '../records/schemas.ts'

/** What values a field holds; decides which comparisons make sense. */
export type FieldType = 'ip' | 'number' | 'string' | 'boolean'

/** A field of the flow record that expressions may name. */
export interface WhereField {
  readonly type: FieldType
  /** Paths of the values, arrays flattened; several for names such as `port` that mean either side. */
  readonly paths: readonly (readonly string[])[]
  /** The words the field can hold, where they are few and fixed. */
  readonly words: readonly string[] | null
  /** A record may hold any number of it. */
  readonly isList: boolean
}

/** Short names for what people ask for most; those with several paths hold when either does. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  src: ['source.ip'],
  dst: ['destination.ip'],
  ip: ['source.ip', 'destination.ip'],
  host: ['source.ip', 'destination.ip'],
  sport: ['source.port'],
  dport: ['destination.port'],
  port: ['source.port', 'destination.port'],
  name: ['source.name', 'destination.name'],
  pod: ['source.name', 'destination.name'],
  node: ['source.node', 'destination.node'],
  kind: ['source.kind', 'destination.kind'],
  proto: ['protocol'],
  verdict: ['nat.verdict'],
  code: ['nat.code'],
  rule: ['nat.expected.rule'],
  expected: ['nat.expected.action'],
  observed: ['nat.observed.action'],
  confidence: ['nat.observed.confidence'],
  connection: ['nat.connection'],
  state: ['tcp.connState'],
  history: ['tcp.history'],
  duration: ['durationSeconds'],
  interface: ['point.interface'],
}

const IP_FIELDS: ReadonlySet<string> = new Set([
  'ip',
  'address',
  'addresses',
  'from',
  'to',
  'outerSource',
  'outerDestination',
])

/** The same in every flow record. */
const LEFT_OUT: ReadonlySet<string> = new Set(['record'])

interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
}

/** Every field by the name it goes by in an expression: dotted paths of the record, and the short names. */
export function whereFields(): ReadonlyMap<string, WhereField> {
  const fields = new Map<string, WhereField>()
  collect(z.toJSONSchema(flowSchema, { io: 'output', reused: 'inline' }) as JsonSchema, [], fields)
  for (const [alias, targets] of Object.entries(ALIASES)) {
    const known = targets.flatMap((target) => fields.get(target) ?? [])
    const [first] = known
    if (first) fields.set(alias, { ...first, paths: known.flatMap(({ paths }) => paths) })
  }
  return fields
}

function collect(schema: JsonSchema, path: readonly string[], fields: Map<string, WhereField>, isList = false): void {
  const alternatives = schema.anyOf ?? [schema]
  for (const each of alternatives) {
    if (each.properties) {
      for (const [key, inner] of Object.entries(each.properties)) {
        if (path.length > 0 || !LEFT_OUT.has(key)) collect(inner, [...path, key], fields, isList)
      }
    } else if (each.items) {
      collect(each.items, path, fields, true)
    } else {
      const type = typeOf(each, path)
      if (type !== null && !fields.has(path.join('.')))
        fields.set(path.join('.'), { type, paths: [path], words: wordsOf(each), isList })
    }
  }
}

function typeOf(schema: JsonSchema, path: readonly string[]): FieldType | null {
  const types = [schema.type ?? (schema.enum || schema.const !== undefined ? 'string' : 'null')].flat()
  const type = types.find((each) => each !== 'null')
  if (type === 'integer' || type === 'number') return 'number'
  if (type === 'boolean') return 'boolean'
  if (type !== 'string') return null
  return IP_FIELDS.has(path.at(-1) ?? '') ? 'ip' : 'string'
}

function wordsOf(schema: JsonSchema): readonly string[] | null {
  const words = schema.enum?.filter((word) => typeof word === 'string')
  return words && words.length > 0 ? words : null
}
