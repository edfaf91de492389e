import { isMap, isScalar, isSeq, parseAllDocuments } from 'yaml'
import { mutate } from './mutate.ts'
import type { Random } from './random.ts'

/** What a browser or a terminal must never get to see as it stands. */
export const MARKUP = '<img src=x onerror=alert(1)>'

/** Names that every object has without being given them. */
const PROTOTYPE_NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'then']

/** Texts in the place of a name, an address or a number. */
const WORDS: readonly string[] = [
  '',
  ' ',
  '-',
  '0',
  '-1',
  '1e309',
  'NaN',
  '65536',
  '4294967296',
  '99999999999999999999999999',
  'null',
  'true',
  '~',
  '[]',
  '{}',
  '"',
  "'",
  '\\',
  '*a',
  '&a',
  '!!binary x',
  '0.0.0.0',
  '0.0.0.0/0',
  '::',
  '::/0',
  '10.244.2.53',
  '10.244.0.0/33',
  'fe80::1%eth0',
  '::ffff:10.244.2.53',
  '../../etc/passwd',
  '/',
  '@',
  '=',
  '--node',
  'é\u0301\u{1f980}',
  '\u001b]0;title\u0007\u001b[31mred',
  '\u202egnp.exe',
  '\u200b\u2028\u0085',
  '\u0000',
  '\r',
  MARKUP,
  ']]></script><script>',
  '::error file=x::y',
  '%s%n%0a',
  'x'.repeat(20_000),
  '1'.repeat(20_000),
  '10.0.0.0/8,'.repeat(30),
  ...PROTOTYPE_NAMES,
]

/** Stands for brackets too deep for `JSON.stringify`. */
const DEEP = '@deep@'
const DEPTHS = [100, 3_000, 20_000]

type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain }

function anyValue(random: Random): Plain {
  const kinds: readonly (() => Plain)[] = [
    () => null,
    () => random.chance(50),
    () => random.pick([0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308]),
    () => random.pick(WORDS),
    () => random.pick(WORDS),
    () => [],
    () => ({}),
    () => Array.from({ length: random.below(5) }, () => random.pick(WORDS)),
    () => keyed(random.pick(PROTOTYPE_NAMES), random.pick(WORDS)),
    () => [null, [], {}, keyed(random.pick(PROTOTYPE_NAMES), 1)],
    () => DEEP,
  ]
  return random.pick(kinds)()
}

/** A mapping whose key is its own even where every object inherits one of that name. */
function keyed(key: string, value: Plain): { [key: string]: Plain } {
  return withKey({}, key, value)
}

function withKey(target: { [key: string]: Plain }, key: string, value: Plain): { [key: string]: Plain } {
  return Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

/** One place of a tree. */
interface Slot {
  readonly parent: Plain[] | { [key: string]: Plain }
  readonly key: string
}

function slotsOf(tree: Plain, slots: Slot[] = []): Slot[] {
  if (tree === null || typeof tree !== 'object') return slots
  for (const [key, value] of Object.entries(tree)) {
    slots.push({ parent: tree, key })
    slotsOf(value, slots)
  }
  return slots
}

const TREE_CHANGES: readonly ((slot: Slot, slots: readonly Slot[], random: Random) => void)[] = [
  ({ parent, key }, _slots, random) => put(parent, key, anyValue(random)),
  ({ parent, key }, _slots, random) => put(parent, key, anyValue(random)),
  ({ parent, key }) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1)
    else delete parent[key]
  },
  ({ parent, key }, slots, random) => {
    const other = random.pick(slots)
    put(parent, key, structuredClone(valueAt(other)))
  },
  ({ parent, key }, _slots, random) => {
    if (Array.isArray(parent)) return
    const value = valueAt({ parent, key })
    delete parent[key]
    withKey(parent, random.pick([...PROTOTYPE_NAMES, 'kind', 'items', '']), value)
  },
  ({ parent, key }) => {
    if (!Array.isArray(parent)) return
    const value = valueAt({ parent, key })
    for (let i = 0; i < 300; i++) parent.push(value)
  },
]

function valueAt({ parent, key }: Slot): Plain {
  return (Array.isArray(parent) ? parent[Number(key)] : parent[key]) ?? null
}

function put(parent: Slot['parent'], key: string, value: Plain): void {
  if (Array.isArray(parent)) parent[Number(key)] = value
  else withKey(parent, key, value)
}

/** A JSON or YAML text with values, keys and whole branches exchanged; `undefined` where it is neither. */
function changeTree(text: string, random: Random): string | undefined {
  const documents = treesOf(text)
  if (documents === undefined) return undefined
  const tree = { documents }
  const slots = slotsOf(tree).slice(1)
  for (let i = 1 + random.below(4); i > 0 && slots.length > 0; i--) {
    random.pick(TREE_CHANGES)(random.pick(slots), slots, random)
  }
  const depth = random.pick(DEPTHS)
  const deep = random.chance(50)
    ? `${'['.repeat(depth)}${']'.repeat(depth)}`
    : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
  const indent = random.pick([0, 4])
  return documents
    .map((each) => JSON.stringify(each, null, indent).replaceAll(JSON.stringify(DEEP), deep))
    .join(random.pick(['\n', '\n---\n']))
}

function treesOf(text: string): Plain[] | undefined {
  try {
    return [JSON.parse(text) as Plain]
  } catch {
    if (!/^(?:apiVersion|kind|[a-zA-Z]+):/m.test(text)) return undefined
    const parsed = parseAllDocuments(text)
    if (!Array.isArray(parsed) || parsed.some(({ errors }) => errors.length > 0)) return undefined
    const trees = parsed.filter(({ contents }) => isMap(contents) || isSeq(contents) || isScalar(contents))
    return trees.length === 0 ? undefined : trees.map((document) => document.toJS() as Plain)
  }
}

const LINE_CHANGES: readonly ((lines: string[], random: Random) => void)[] = [
  (lines, random) => lines.splice(random.below(lines.length), 1 + random.below(3)),
  (lines, random) => lines.splice(random.below(lines.length), 0, random.pick(lines)),
  (lines, random) => lines.splice(random.below(lines.length), 0, ...Array<string>(2_000).fill(random.pick(lines))),
  (lines, random) => {
    const at = random.below(lines.length)
    const other = random.below(lines.length)
    const line = lines[at] ?? ''
    lines[at] = lines[other] ?? ''
    lines[other] = line
  },
  exchangeWord,
  exchangeWord,
  exchangeWord,
]

/** Puts another text where one stood between blanks, brackets or signs. */
function exchangeWord(lines: string[], random: Random): void {
  const at = random.below(lines.length)
  const words = (lines[at] ?? '').split(/([\s,;:="'()[\]{}]+)/)
  words[2 * random.below((words.length + 1) >> 1)] = random.pick(WORDS)
  lines[at] = words.join('')
}

function changeLines(text: string, random: Random): string {
  const lines = text.split('\n')
  for (let i = 1 + random.below(4); i > 0 && lines.length > 0; i--) random.pick(LINE_CHANGES)(lines, random)
  return lines.join('\n')
}

/** A damaged copy of a file of metadata: octets, lines or, of JSON and YAML, values changed. */
export function mutateMetadata(octets: Uint8Array, others: readonly Uint8Array[], random: Random): Uint8Array {
  const isArchive = octets[0] === 0x50 && octets[1] === 0x4b
  if (isArchive || random.chance(20)) return mutate(octets, others, random)
  const text = new TextDecoder().decode(octets)
  const changed = random.chance(60) ? changeTree(text, random) : undefined
  return new TextEncoder().encode(changed ?? changeLines(text, random))
}
