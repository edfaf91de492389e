import * as z from 'zod'
import { parseCidr } from '../../core/cidr.ts'
import { parseIp } from '../../core/ip.ts'
import { dumpOf, type FactStore, type InputEntry } from '../facts.ts'
import { readFields } from '../fields.ts'
import type { Section } from '../section.ts'
import type { InstalledState } from '../snapshot.ts'
import { isListOf, type Outcome, type StructuredFormat, type TextFormat } from './format.ts'
import { readTable } from './table.ts'

type Entries = NonNullable<InstalledState['egressEntries']>

const isHeader = (text: string): boolean => /^Source IP\s+Destination CIDR\s+Egress IP\s+Gateway IP/.test(text)

/** `cilium-dbg bpf egress list`: egress gateway policies as the node's datapath has them. */
export const bpfEgressText: TextFormat = {
  matches: ({ text }) => text.split('\n').some(isHeader),
  read(section, store, entry) {
    const entries = readTable(section, isHeader).flatMap((row) =>
      entryOf(row.cell('Source IP'), row.cell('Destination CIDR'), row.cell('Egress IP'), row.cell('Gateway IP')),
    )
    return addEntries(entries, section, store, entry)
  },
}

const ROWS = z.array(
  z.object({ SourceIP: z.string(), DestCIDR: z.string(), EgressIP: z.string(), GatewayIP: z.string() }),
)

/** `-o json`. */
export const bpfEgressJson: StructuredFormat = {
  matches: (value) => isListOf(value, (row) => 'SourceIP' in row && 'DestCIDR' in row && 'GatewayIP' in row),
  read({ section, item, entry }, store) {
    const entries = readFields(ROWS, item).flatMap(({ SourceIP, DestCIDR, EgressIP, GatewayIP }) =>
      entryOf(SourceIP, DestCIDR, EgressIP, GatewayIP),
    )
    return addEntries(entries, section, store, entry)
  },
}

/** `Excluded CIDR` stands where the gateway would; `0.0.0.0` says that this node is not the gateway. */
function entryOf(sourceText: string, block: string, egress: string, gateway: string): Entries {
  const source = parseIp(sourceText)
  const destination = parseCidr(block)
  if (source === undefined || destination === undefined) return []
  const egressIp = egress === '0.0.0.0' || egress === '::' ? null : (parseIp(egress) ?? null)
  const excluded = /^Excluded/i.test(gateway)
  return [{ source, destination, egressIp, gatewayIp: parseIp(gateway) ?? null, ...(excluded ? { excluded } : {}) }]
}

function addEntries(entries: Entries, section: Section, store: FactStore, entry: InputEntry): Outcome {
  store.dumps.push({ ...dumpOf(entry, section.hint, []), content: { kind: 'egress', entries } })
  return { kind: 'bpf-egress-list', taken: [[entries.length, 'entry']] }
}
