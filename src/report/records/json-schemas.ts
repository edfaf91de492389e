import { z } from 'zod'
import { RECORD_SCHEMAS } from './schemas.ts'

/** JSON Schemas (draft 2020-12) of all records by the name of their file, made from the zod definitions. */
export function jsonSchemas(): Record<string, object> {
  return Object.fromEntries(Object.entries(RECORD_SCHEMAS).map(([name, schema]) => [name, jsonSchema(name, schema)]))
}

function jsonSchema(name: string, schema: z.ZodType): object {
  const { $schema, ...rest } = z.toJSONSchema(schema)
  // Readers must bear fields of later versions, so that the published schema does not forbid them as the tests do.
  return open({ $schema, title: `masqcheck ${name}`, ...rest }) as object
}

function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key, inner]) => !(key === 'additionalProperties' && inner === false))
  return Object.fromEntries(entries.map(([key, inner]) => [key, open(inner)]))
}
