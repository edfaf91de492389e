import { type Cidr, cidrContains, parseCidr } from '../../core/cidr.ts'
import { MasqcheckError } from '../../core/errors.ts'
import { compareIp, parseIp } from '../../core/ip.ts'
import { nearest } from '../../core/nearest.ts'
import type { FlowRecord } from '../records/types.ts'
import { type WhereField, whereFields } from './fields.ts'
import { parser } from './grammar.generated.ts'
import { matchesPattern } from './pattern.ts'

interface Name {
  readonly name: string
  readonly at: number
}

interface Literal {
  readonly text: string
  readonly quoted: boolean
  readonly at: number
}

type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '!~'

/** What the grammar makes of a text. */
type Node =
  | { readonly kind: 'or' | 'and'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'not'; readonly operand: Node }
  | { readonly kind: 'compare'; readonly field: Name; readonly operator: Operator; readonly value: Literal }
  | { readonly kind: 'in'; readonly field: Name; readonly negated: boolean; readonly values: readonly Literal[] }
  | { readonly kind: 'is'; readonly field: Name }

type Predicate = (record: FlowRecord) => boolean
type Test = (value: unknown) => boolean

/** Longer expressions are no question a person asks. */
const MAX_LENGTH = 10_000

/**
 * Compiles an expression of `--where` into a test of flow records.
 *
 * Fields are the dotted paths of the record (`source.kind`, `nat.verdict`) and short names (`src`, `dport`, `state`). A name that means either side
 * (`port`, `ip`, `kind`) holds when one of them does, and `!=` when none is equal. A field that is `null` compares equal to
 * `null` only. `~` is a case-insensitive substring, or a pattern with `*` and `?`; `in` takes CIDRs and lists.
 *
 * @throws {MasqcheckError} `WHERE_BAD`, with a second and third line that point at the column.
 */
export function compileWhere(text: string): Predicate {
  if (text.length > MAX_LENGTH) throw bad(text.slice(0, 60), 0, `it is longer than ${MAX_LENGTH} characters`)
  return new Compiler(text).compile(parse(text))
}

function parse(text: string): Node {
  try {
    return parser.parse(text) as Node
  } catch (error) {
    const { location, message } = error as Error & { location?: { start: { offset: number } } }
    throw bad(text, location?.start.offset ?? 0, message.replace(/\.$/, ''))
  }
}

class Compiler {
  readonly #text: string
  readonly #fields = whereFields()

  constructor(text: string) {
    this.#text = text
  }

  compile(node: Node): Predicate {
    switch (node.kind) {
      case 'or': {
        const [left, right] = [this.compile(node.left), this.compile(node.right)]
        return (record) => left(record) || right(record)
      }
      case 'and': {
        const [left, right] = [this.compile(node.left), this.compile(node.right)]
        return (record) => left(record) && right(record)
      }
      case 'not': {
        const operand = this.compile(node.operand)
        return (record) => !operand(record)
      }
      case 'is':
        return some(
          this.#field(node.field),
          (value) => value !== null && value !== false && value !== 0 && value !== '',
        )
      case 'in': {
        const field = this.#field(node.field)
        const tests = node.values.map((value) => this.#memberTest(field, value))
        const member = some(field, (value) => tests.some((test) => test(value)))
        return node.negated ? (record) => !member(record) : member
      }
      case 'compare':
        return this.#compare(this.#field(node.field), node.operator, node.value)
    }
  }

  #field({ name, at }: Name): WhereField {
    const field = this.#fields.get(name)
    if (field) return field
    const near = nearest(name, [...this.#fields.keys()])
    throw bad(
      this.#text,
      at,
      `"${name}" is no field of a flow${near === null ? '; such are source.kind, destination.ip, tcp.connState, nat.verdict' : `: did you mean ${near}?`}`,
    )
  }

  #compare(field: WhereField, operator: Operator, value: Literal): Predicate {
    if (operator === '!=' || operator === '!~') {
      const same = this.#compare(field, operator === '!=' ? '==' : '~', value)
      return (record) => !same(record)
    }
    if (operator === '~') {
      const { text } = value
      return some(field, (found) => found !== null && matchesPattern(String(found), text))
    }
    if (operator === '==') return some(field, this.#equalTest(field, value))
    return some(field, this.#orderTest(field, operator, value))
  }

  #equalTest(field: WhereField, value: Literal): Test {
    if (value.text === 'null' && !value.quoted) return (found) => found === null
    if (field.type === 'boolean') {
      if (value.text !== 'true' && value.text !== 'false') throw bad(this.#text, value.at, 'true or false is wanted')
      const wanted = value.text === 'true'
      return (found) => found === wanted
    }
    if (field.type === 'number') {
      const wanted = this.#number(value)
      return (found) => found === wanted
    }
    if (field.type === 'ip') {
      // Text captures printed with names hold those in place of addresses.
      const wanted = parseIp(value.text) ?? value.text
      if (value.text.includes('/')) throw bad(this.#text, value.at, 'a CIDR is asked for with "in"')
      return (found) => found === wanted
    }
    this.#checkWord(field, value)
    return (found) => found === value.text
  }

  #orderTest(field: WhereField, operator: '<' | '<=' | '>' | '>=', value: Literal): Test {
    const holds = (order: number): boolean =>
      operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : order >= 0
    if (field.type === 'number') {
      const wanted = this.#number(value)
      return (found) => typeof found === 'number' && holds(found - wanted)
    }
    if (field.type === 'ip') {
      const wanted = parseIp(value.text)
      if (wanted === undefined) throw bad(this.#text, value.at, 'an IP address is wanted')
      return (found) => typeof found === 'string' && parseIp(found) !== undefined && holds(compareIp(found, wanted))
    }
    if (field.type === 'boolean' || field.words !== null) {
      throw bad(this.#text, value.at, `the field has no order: compare it with == or !=`)
    }
    // Times are RFC 3339 in UTC, which orders as text.
    return (found) => typeof found === 'string' && holds(found < value.text ? -1 : found > value.text ? 1 : 0)
  }

  #memberTest(field: WhereField, value: Literal): Test {
    if (field.type !== 'ip' || !value.text.includes('/')) return this.#equalTest(field, value)
    const cidr: Cidr | undefined = parseCidr(value.text)
    if (cidr === undefined) throw bad(this.#text, value.at, `"${value.text}" is no CIDR such as 10.0.0.0/8`)
    return (found) => typeof found === 'string' && parseIp(found) !== undefined && cidrContains(cidr, found)
  }

  #number(value: Literal): number {
    const number = value.quoted || value.text.trim() === '' ? Number.NaN : Number(value.text)
    if (Number.isNaN(number)) throw bad(this.#text, value.at, 'a number is wanted')
    return number
  }

  #checkWord(field: WhereField, value: Literal): void {
    if (field.words === null || field.words.includes(value.text)) return
    throw bad(this.#text, value.at, `"${value.text}" never occurs there: it is one of ${field.words.join(', ')}`)
  }
}

/** Holds when one of the field's values passes; a path that leads nowhere (`tcp` of a UDP flow) has the value `null`. */
function some(field: WhereField, test: Test): Predicate {
  return (record) => field.paths.some((path) => anyAt(record, path, 0, test))
}

function anyAt(value: unknown, path: readonly string[], depth: number, test: Test): boolean {
  if (Array.isArray(value)) return value.some((each) => anyAt(each, path, depth, test))
  const key = path[depth]
  if (key === undefined) return test(value ?? null)
  if (typeof value !== 'object' || value === null) return test(null)
  return anyAt((value as Record<string, unknown>)[key], path, depth + 1, test)
}

function bad(text: string, at: number, what: string): MasqcheckError {
  const line = text.replaceAll(/[\t\r\n]/g, ' ')
  return new MasqcheckError('WHERE_BAD', `--where, column ${at + 1}: ${what}\n  ${line}\n  ${' '.repeat(at)}^`)
}
