import { describe, expect, test } from 'vitest'
import type { Pairing } from '../../../src/audit/connection/pairing.ts'
import { ReversePath } from '../../../src/audit/connection/reverse-path.ts'
import type { Sighting } from '../../../src/audit/sighting.ts'
import type { CapturePoint } from '../../../src/audit/verdict.ts'
import { TcpFlag } from '../../../src/core/tcp-flags.ts'
import type { IcmpError } from '../../../src/flow/flow.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import { aFlow, anIcmpError, aSample, type FlowFacts } from '../../support/audit-flows.ts'
import { IN_POD, ON_NODE, OUTSIDE } from '../../support/audit-points.ts'

const { addressBook } = aCluster(FIXTURE)

function sighting(facts: FlowFacts, point: CapturePoint): Sighting {
  const flow = aFlow(facts)
  const [source, destination] = [flow.source, flow.destination].map(({ ip }) => addressBook.lookup(ip))
  if (source === undefined || destination === undefined) throw new Error('no parties')
  return { flow, source, destination, point, replySide: null }
}
const NODE_SIDE: FlowFacts = { id: 2, tuple: '172.18.0.2:40000 > 1.1.1.1:443', isn: 10, reverseIsn: 20 }
const POD_SIDE: FlowFacts = { id: 1, tuple: '10.244.1.10:40000 > 1.1.1.1:443', isn: 10 }

/** `kind confidence` of the sign that a translated flow's answers were lost; `none` where there is none. */
function sign(
  facts: FlowFacts,
  options: { at?: CapturePoint; pod?: Sighting; others?: readonly FlowFacts[] } = {},
): string {
  const seen = sighting(facts, options.at ?? OUTSIDE)
  const pairing: Pairing | null =
    options.pod === undefined
      ? null
      : { connection: '1', original: options.pod, translated: [seen], unchanged: [], confidence: 'high' }
  const paths = new ReversePath([seen.flow, ...(options.others ?? []).map(aFlow)])
  const evidence = paths.evidence(seen, pairing)
  return evidence === null ? 'none' : `${evidence.kind} ${evidence.confidence}`
}

function reset(synTtl: number | null, resetTtl: number | null, history = 'ShR'): FlowFacts {
  return {
    ...NODE_SIDE,
    history,
    samples: [
      aSample({ flags: TcpFlag.Syn, seq: 10, ttl: synTtl }),
      aSample({ record: 2, forward: false, flags: TcpFlag.Syn | TcpFlag.Ack, seq: 20, ack: 11 }),
      aSample({ record: 3, flags: TcpFlag.Rst, seq: 11, ttl: resetTtl }),
    ],
  }
}

describe('a reset after the answer', () => {
  const rows: [string, FlowFacts, string][] = [
    ['from nearer than the SYN: the node stack sent it', reset(61, 62), 'ttl high'],
    ['from as far as the SYN: its sender sent it', reset(61, 61), 'none'],
    ['from farther', reset(61, 60), 'none'],
    ['without TTLs', reset(null, null), 'none'],
    ['of a connection that was acknowledged', reset(61, 62, 'ShADR'), 'none'],
  ]
  test.each(rows)('%s', (_, facts, expected) => {
    expect(sign(facts)).toBe(expected)
  })

  test('and the same SYN again: its sender heard neither', () => {
    const facts = reset(null, null)
    expect(sign(facts, { others: [facts] })).toBe('sibling-flows high')
    expect(sign(facts, { others: [{ ...facts, isn: 99 }] })).toBe('none')
    expect(sign(facts, { others: [{ ...facts, capture: 1 }] })).toBe('none')
  })
})

describe('an answer that the opener does not act on', () => {
  const unheard: FlowFacts = { ...NODE_SIDE, history: 'Sh', syns: 3 }
  const pod = (facts: Partial<FlowFacts> = {}): Sighting =>
    sighting({ ...POD_SIDE, answered: false, syns: 3, ...facts }, IN_POD)

  test('the pod repeats its SYN', () => {
    expect(sign(unheard, { pod: pod() })).toBe('paired-sighting high')
    expect(sign(unheard, { pod: pod({ syns: 1 }) })).toBe('none')
  })

  test('the pod has the answer, and so nothing was lost on the way back', () => {
    expect(sign(unheard, { pod: pod({ answered: true, history: 'Sh' }), at: ON_NODE })).toBe('none')
  })

  test("the node's own device shows it alone, less surely; further away the answer may be lost before the node", () => {
    expect(sign(unheard, { at: ON_NODE })).toBe('sibling-flows medium')
    expect(sign(unheard, { at: OUTSIDE })).toBe('none')
    expect(sign({ ...unheard, history: 'ShA' }, { at: ON_NODE })).toBe('none')
  })

  test('no answer at all is no sign', () => {
    expect(sign({ ...NODE_SIDE, answered: false, syns: 5 }, { at: ON_NODE, pod: pod() })).toBe('none')
  })
})

test.each<[string, Partial<IcmpError>, string]>([
  ['the node refuses the answer', {}, 'sibling-flows medium'],
  ['somebody else refuses it', { from: '1.1.1.1' }, 'none'],
  ['the node reports another failure', { code: 1 }, 'none'],
  ['the refusal quotes what was asked', { quotesForward: true }, 'none'],
])('a datagram: %s', (_, error, expected) => {
  const tuple = '172.18.0.2:40000 > 1.1.1.1:5300'
  expect(sign({ tuple, protocol: 'udp', icmpErrors: [anIcmpError(error)] })).toBe(expected)
})

test('"fragmentation needed" that the pod, which goes on repeating, did not get', () => {
  const tooBig = anIcmpError({ code: 4, from: '172.18.0.1', to: '172.18.0.2', quotesForward: true, mtu: 1400 })
  const facts: FlowFacts = { ...NODE_SIDE, icmpErrors: [tooBig] }
  const pod = (more: Partial<FlowFacts>, point = IN_POD): Sighting => sighting({ ...POD_SIDE, ...more }, point)
  expect(sign(facts, { pod: pod({ retransmissions: 3 }) })).toBe('paired-sighting medium')
  expect(sign(facts, { pod: pod({ retransmissions: 0 }) })).toBe('none')
  expect(sign(facts, { pod: pod({ retransmissions: 3, icmpErrors: [tooBig] }) })).toBe('none')
  expect(sign(facts, { pod: pod({ retransmissions: 3 }, { ...ON_NODE, interface: 'lxc1' }) })).toBe('none')
})
