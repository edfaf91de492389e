import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FileSource } from '../../../src/capture/source.ts'
import { IpProtocol } from '../../../src/core/protocol.ts'
import type { Flow, FlowDirection } from '../../../src/flow/flow.ts'
import { readFlows } from '../../../src/flow/read-flows.ts'
import { HAS_TEXT_CORPUS, type Rendering, readCorpus, renderingsOf, TEXT_CORPUS } from '../../support/text-corpus.ts'

/** Texts that cannot give their capture's flows, with the reason. */
const EXCEPTIONS: readonly { readonly capture: RegExp; readonly rendering: RegExp; readonly reason: string }[] = [
  {
    capture: /^(bigtcp-ipv4|ipv4_tcp_http_xml_tso)$/,
    rendering: /^(?!X ).* (3\.8\.3|3\.9\.8|4\.[0-3]\.0|4\.9\.3|4\.99\.3)$/,
    reason: 'IP total length 0: printed as "bad-len 0" and nothing more before 4.99.5',
  },
  {
    capture: /^(geneve|syn-tunnels|syn-vxlan-8472)$/,
    rendering: /(3\.8\.3|3\.9\.8|4\.0\.0|4\.3\.0)$/,
    reason: 'versions that do not decode the tunnel',
  },
  { capture: /^wccp_redirect_gre$/, rendering: /^(?!X)/, reason: 'tcpdump does not know the WCCP redirect header' },
  {
    capture: /^bgp-bgp_capabilities_print-oobr-1$/,
    rendering: /^(?!v|X)/,
    reason: 'the first fragment of a datagram that never ends: without -v it looks whole',
  },
  {
    capture: /^timestamp_invalid_micro$/,
    rendering: /^(?!ttttt )/,
    reason: 'a fraction of more than a second: no time can be made of what is printed',
  },
  {
    capture: /^(kday4|mptcp-tcprst|pptp)$/,
    rendering: /^(n|nn-tt|S|e) /,
    reason: 'copies of a packet and repeated ones are told apart by the IP ID, which is not printed without -v',
  },
  {
    capture: /^syn-fragments$/,
    rendering: /^(n|nn-tt|S|e|names) /,
    reason: 'without -v fragments cannot be joined: the payload of later ones seems to be missing',
  },
  {
    capture: /^syn-loss-wrap-rst$/,
    rendering: /4\.0\.0$/,
    reason: '4.0.0 prints no sequence number of segments with payload',
  },
  {
    capture: /^syn-short-snaplen$/,
    rendering: /4\.0\.0$/,
    reason: '4.0.0 prints no length behind options that were cut',
  },
]

describe.skipIf(!HAS_TEXT_CORPUS)('every text of the corpus gives the flows of its capture', () => {
  const captures = HAS_TEXT_CORPUS ? readCorpus() : []
  const used = new Set<string>()

  test.each(captures.map(({ name, file }) => [name, file]))('%s', async (name, file) => {
    const flows = await tcpFlows(file)
    const differences: string[] = []
    for (const rendering of renderingsOf(name)) {
      // -q prints neither flags nor numbers, so no direction and no state; see the test of corpus.test.ts for its segments.
      if (/^(e?q|N)$/.test(rendering.flags)) continue
      const carried = carriedBy(rendering)
      const expected = flows.map((flow) => describeFlow(flow, carried))
      const found = (await tcpFlows(rendering.file)).map((flow) => describeFlow(flow, carried))
      const wanted = /^names$/.test(rendering.flags) ? expected.map(withoutAddresses) : expected
      const shown = /^names$/.test(rendering.flags) ? found.map(withoutAddresses) : found
      if (JSON.stringify(wanted) === JSON.stringify(shown)) continue
      const excused = EXCEPTIONS.find((exception) => applies(exception, rendering))
      if (excused) used.add(excused.reason)
      else differences.push(`${rendering.file}: ${shown.join(' | ')} instead of ${wanted.join(' | ')}`)
    }
    expect(differences).toEqual([])
  })

  test('every exception is needed', () => {
    expect(EXCEPTIONS.filter(({ reason }) => !used.has(reason)).map(({ reason }) => reason)).toEqual([])
  })
})

async function tcpFlows(file: string): Promise<Flow[]> {
  const flows: Flow[] = []
  const source = { files: [new FileSource(join(TEXT_CORPUS, file))] }
  await readFlows([source], {}, (flow) => {
    if (flow.protocol === IpProtocol.Tcp) flows.push(flow)
  })
  return flows.sort((a, b) => a.id - b.id)
}

function describeFlow(flow: Flow, carried: Carried): string {
  const { source, destination, forward, reverse, connState, tcp, originKnown, tunnel } = flow
  const facts = [
    `${source.ip} ${source.port} > ${destination.ip} ${destination.port}`,
    `${describeSide(forward, carried)} / ${describeSide(reverse, carried)}`,
    `${connState} ${tcp?.history} ${originKnown}`,
  ]
  const micros =
    (flow.endSec - flow.startSec) * 1e6 + Math.floor(flow.endNsec / 1000) - Math.floor(flow.startNsec / 1000)
  if (carried.times) facts.push(`${micros} us`)
  if (tunnel !== null && carried.addresses) {
    facts.push(`in ${tunnel.kind} ${tunnel.vni} ${tunnel.outerSource} > ${tunnel.outerDestination}`)
  }
  return facts.join(', ')
}

function describeSide(side: FlowDirection, { lengths, ttl }: Carried): string {
  const { packets, duplicates, payloadBytes, retransmissions, outOfOrder, missedBytes } = side
  const numbers = [packets, duplicates, payloadBytes, retransmissions, outOfOrder, missedBytes, side.isn]
  numbers.push(side.zeroWindows, side.syns, side.resets, side.mss, side.windowScale, side.acknowledgedBytes)
  if (lengths) numbers.push(side.ipBytes)
  if (ttl) numbers.push(side.minTtl, side.maxTtl)
  return numbers.join(' ')
}

/** What a text carries beyond the numbers of TCP. */
interface Carried {
  /** IP lengths: -v prints them, a dump holds them. */
  readonly lengths: boolean
  readonly ttl: boolean
  /** To the microsecond, and not in steps that were rounded one by one. */
  readonly times: boolean
  readonly addresses: boolean
}

function carriedBy({ flags }: Rendering): Carried {
  const isWhole = /^(?:v|vv|t-v|X|xx|evXX)$/.test(flags)
  return {
    lengths: isWhole,
    ttl: isWhole,
    times: !/^(?:t|t-v|num-t-e|ttt)$/.test(flags),
    addresses: flags !== 'names',
  }
}

function withoutAddresses(flow: string): string {
  return flow.replace(/^\S+ (\d+) > \S+ /, '$1 ')
}

function applies({ capture, rendering }: (typeof EXCEPTIONS)[number], text: Rendering): boolean {
  return capture.test(text.capture) && rendering.test(`${text.flags} ${text.version}`)
}
