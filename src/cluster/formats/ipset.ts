import { type Cidr, parseCidr } from '../../core/cidr.ts'
import { describeValue } from '../../core/describe-value.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import { dumpOf, type FactStore, type InputEntry } from '../facts.ts'
import { lineSource, numberedLines, type Section } from '../section.ts'
import type { IpsetDump } from '../snapshot.ts'
import { count, type Outcome, type TextFormat } from './format.ts'

interface OpenSet {
  readonly name: string
  readonly source: SourceRef
  type: string
  family: 4 | 6
  readonly members: Cidr[]
  /** False where only the head of the set was printed (`ipset list -terse`). */
  listed: boolean
}

/** `ipset list`: one set or all, separated by blank lines. */
export const ipsetList: TextFormat = {
  matches: ({ text }) => /^Name: \S+\s*\nType: (?:hash|list|bitmap):/m.test(text),
  read(section, store, entry) {
    const sets: OpenSet[] = []
    let inMembers = false
    for (const { text, line } of numberedLines(section)) {
      const [, field = '', value = ''] = /^(Name|Type|Header|Members):\s*(.*?)\s*$/.exec(text) ?? []
      const set = sets.at(-1)
      if (field === 'Name') {
        sets.push({ name: value, source: lineSource(section, line), type: '', family: 4, members: [], listed: false })
        inMembers = false
      } else if (set === undefined) continue
      else if (field === 'Type') set.type = value
      else if (field === 'Header') set.family = /\bfamily inet6\b/.test(value) ? 6 : 4
      else if (field === 'Members') {
        inMembers = true
        set.listed = true
      } else if (inMembers) addMember(set, text.trim().split(/\s/)[0] ?? '', section, line, store)
    }
    return finish(sets, section, store, entry)
  },
}

/** `ipset save`, `ipset list -o save`: `create NAME hash:ip family inet …` and `add NAME MEMBER`. */
export const ipsetSave: TextFormat = {
  matches: ({ text }) => /^(?:create \S+ (?:hash|list|bitmap):|add \S+ [\da-fA-F.:]+(?:\/\d+)?\s*$)/m.test(text),
  read(section, store, entry) {
    const sets = new Map<string, OpenSet>()
    for (const { text, line } of numberedLines(section)) {
      const [verb, name = '', third = '', ...rest] = text.trim().split(/\s+/)
      const known = sets.get(name)
      if (verb === 'create') {
        const family = rest.join(' ').includes('family inet6') ? 6 : 4
        sets.set(name, { name, source: lineSource(section, line), type: third, family, members: [], listed: true })
      } else if (verb === 'add') {
        // A grepped dump may lack the `create` line.
        const family = third.includes(':') ? 6 : 4
        const set = known ?? {
          name,
          source: lineSource(section, line),
          type: 'hash:ip',
          family,
          members: [],
          listed: true,
        }
        sets.set(name, set)
        addMember(set, third, section, line, store)
      }
    }
    return finish([...sets.values()], section, store, entry)
  },
}

function addMember(set: OpenSet, text: string, section: Section, line: number, store: FactStore): void {
  const cidr = parseCidr(text, { bareAddress: true })
  if (cidr !== undefined) set.members.push(cidr)
  // Other sets of a node (kube-proxy's, Calico's) hold ports and names; only Cilium's must be addresses.
  else if (set.name.startsWith('cilium_')) {
    store.warnings.push({
      code: 'metadata-bad-value',
      file: section.file,
      line,
      message: `ipset ${set.name}: Found ${describeValue(text)}, wanted an IP address; left out`,
    })
  }
}

function finish(all: readonly OpenSet[], section: Section, store: FactStore, entry: InputEntry): Outcome {
  const sets: IpsetDump[] = all.filter(({ listed }) => listed)
  store.dumps.push({
    ...dumpOf(entry, section.hint, []),
    content: { kind: 'ipset', sets },
  })
  const note = sets.map(({ name, members }) => `${name}: ${count(members.length, 'member')}`).join(', ')
  return { kind: 'ipset-list', note: note === '' ? 'no members shown' : note }
}
