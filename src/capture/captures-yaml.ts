import { dirname, resolve } from 'node:path'
import { isNode, LineCounter, parseDocument } from 'yaml'
import * as z from 'zod'
import { type CapturesYaml, capturesYamlError } from './captures-yaml-file.ts'
import { parsePointSpec } from './point.ts'

/** Aliases one file may resolve to; more is an expansion attack. */
const MAX_ALIASES = 100

const Point = z.string().superRefine((text, context) => {
  try {
    parsePointSpec(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) })
  }
})

const TimeZone = z.string().refine(isTimeZone, {
  error: ({ input }) => `"${String(input)}" is no time zone: write an IANA name such as Europe/Berlin`,
})

const Paths = z.union([z.string().min(1), z.array(z.string().min(1))])

const Entry = z.strictObject({
  file: z.string().min(1),
  point: Point.optional(),
  cluster: Paths.optional(),
  timezone: TimeZone.optional(),
  description: z.string().optional(),
})

const File = z.strictObject({
  captures: z.array(Entry),
  cluster: Paths.optional(),
  timezone: TimeZone.optional(),
})

/** The form of a `captures.yaml`; the JSON Schema that editors complete it with is made from it. */
export const CAPTURES_YAML_SCHEMA: z.ZodType = File

/**
 * Reads a `captures.yaml`.
 *
 * @param path - Its path as the user knows it: for messages, and for what is relative to its folder.
 * @throws {MasqcheckError} `CAPTURES_YAML_BAD`, with the line and what to write instead.
 */
export function parseCapturesYaml(text: string, path: string): CapturesYaml {
  const { value, lineOf } = parseYaml(text, path)
  const result = File.safeParse(value)
  if (!result.success) {
    const [issue] = result.error.issues
    throw capturesYamlError(path, lineOf(issue?.path ?? []), describeIssue(issue))
  }
  const { captures, cluster, timezone } = result.data
  const folder = dirname(path)
  const absolute = (paths: string | readonly string[] = []): string[] =>
    [paths].flat().map((each) => resolve(folder, each))
  return {
    path,
    folder,
    cluster: absolute(cluster),
    timeZone: timezone ?? null,
    captures: captures.map((entry, i) => ({
      file: entry.file,
      line: lineOf(['captures', i]),
      point: entry.point ?? null,
      cluster: absolute(entry.cluster ?? cluster),
      timeZone: entry.timezone ?? timezone ?? null,
      description: entry.description ?? null,
    })),
  }
}

function parseYaml(text: string, path: string): { value: unknown; lineOf: (path: readonly PropertyKey[]) => number } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error) throw capturesYamlError(path, lines.linePos(error.pos[0]).line, error.message)
  // The line of the nearest node that is there: a missing key has none of its own.
  const lineOf = (steps: readonly PropertyKey[]): number => {
    for (let depth = steps.length; depth > 0; depth--) {
      const node: unknown = document.getIn(steps.slice(0, depth), true)
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  try {
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }), lineOf }
  } catch (cause) {
    throw capturesYamlError(path, 1, cause instanceof Error ? cause.message : String(cause))
  }
}

function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'It is not valid'
  if (issue.code === 'unrecognized_keys') {
    const allowed = issue.path.length === 0 ? Object.keys(File.shape) : Object.keys(Entry.shape)
    return `Unknown key "${issue.keys[0]}": write one of ${allowed.join(', ')}`
  }
  const place = issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `
  return `${place}${issue.message}`
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
