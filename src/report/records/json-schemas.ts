import * as z from 'zod'
import { EXPECTATIONS_SCHEMA } from '../../audit/expectations.ts'
import { CAPTURES_YAML_SCHEMA } from '../../capture/captures-yaml.ts'
import { RECORD_SCHEMAS } from './schemas.ts'

/**
 * JSON Schemas (draft 2020-12) by the name of their file, made from the zod definitions that validate: of every record, and of
 * the two kinds of file that people write.
 */
export function jsonSchemas(): Record<string, object> {
  const records = Object.entries(RECORD_SCHEMAS).map(([name, schema]) => {
    // Readers must bear fields of later versions, so that the published schema does not forbid them as the tests do.
    return [name, open(jsonSchema(name, schema))] as const
  })
  return {
    ...(Object.fromEntries(records) as Record<string, object>),
    expectations: jsonSchema('expectations file', EXPECTATIONS_SCHEMA),
    captures: jsonSchema('captures.yaml', CAPTURES_YAML_SCHEMA),
  }
}

function jsonSchema(title: string, schema: z.ZodType): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return { $schema, title: `masqcheck ${title}`, ...rest }
}

function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key, inner]) => !(key === 'additionalProperties' && inner === false))
  return Object.fromEntries(entries.map(([key, inner]) => [key, open(inner)]))
}
