import { expect, test } from 'vitest'
import { SharedMemory } from '../../../src/core/shared-memory.ts'
import { compile, link } from '../../../src/flow/fast-path/compile.ts'
import { CODE } from '../../../src/flow/fast-path/frames.generated.ts'
import { MAX_FLOWS } from '../../../src/flow/flow-index.ts'
import * as record from '../../../src/flow/flow-record.ts'
import { FlowStore } from '../../../src/flow/flow-store.ts'
import { IDLE_UNANSWERED } from '../../../src/flow/flow-times.ts'
import { MAX_SAMPLES_A_SIDE } from '../../../src/flow/samples.ts'
import { stateOf, TcpState } from '../../../src/flow/tcp-state.ts'

const { Kind, SideBit } = record
/** Octets of a word. */
const WORD = 4

/** Words of `flow-record.ts`, which the compiled code knows by the same names as offsets in octets. */
const WORDS: Readonly<Record<string, number>> = {
  KEY_A: record.KEY_A,
  KEY_B: record.KEY_B,
  PORTS: record.PORTS,
  KIND: record.KIND,
  PENDING_END: record.PENDING_END,
  PENDING_TIME: record.PENDING_TIME,
  LAST_TIME: record.LAST_TIME,
  SIDES: record.SIDES,
  PACKETS: record.PACKETS,
  BITS: record.BITS,
  IP_BYTES: record.IP_BYTES,
  MAX: record.MAX,
  ACKED: record.ACKED,
  START: record.START,
  RTT_MIN: record.RTT_MIN,
  LAST_DIGEST: record.LAST_DIGEST,
  LAST_MICROS: record.LAST_MICROS,
  TTL_HOME: record.TTL_HOME,
}

const EXPECTED: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Object.entries(WORDS).map(([name, at]) => [name, at * WORD])),
  FLOW_OCTETS: record.HOT_WORDS * WORD,
  SIDE_OCTETS: record.SIDE_WORDS * WORD,
  SEGMENT_SHIFT: Math.log2(flowsOfASegment()),
  ENTRY_BITS: Math.log2(MAX_FLOWS + 1),
  IPV6: Kind.Ipv6,
  KEY_MASK: Kind.KeyMask,
  PENDING_FORWARD: Kind.PendingForward,
  PENDING_REVERSE: Kind.PendingReverse,
  HAS_CLOSED: Kind.HasClosed,
  SYN_TIMED: Kind.SynTimed,
  HANDSHAKE_TIMED: Kind.HandshakeTimed,
  IRREGULAR: Kind.Irregular,
  OPEN_MASK: stateOf(-1) & ~(TcpState.Partial ^ TcpState.Established),
  OPEN: TcpState.Partial & TcpState.Established,
  SHOWN_ACK: SideBit.ShownAck,
  LETTER_ACK: SideBit.LetterAck,
  LETTER_DATA: SideBit.LetterData,
  SIDE_ACKED: SideBit.Acked,
  MAX_SAMPLES_A_SIDE,
  IDLE_UNANSWERED,
}

/** The store begins another segment where a flow's words begin at 0 again. */
function flowsOfASegment(): number {
  const store = new FlowStore()
  store.allocate()
  for (;;) {
    const flow = store.allocate()
    if (store.base === 0) return flow
  }
}

/** Constants of the module have names in capitals; those of a batch are no one else's. */
function constantsOf(exports: object): Record<string, number> {
  const constants: Record<string, number> = {}
  for (const [name, value] of Object.entries(exports)) {
    if (value instanceof WebAssembly.Global && /^[A-Z\d_]+$/.test(name) && !name.includes('BATCH')) {
      constants[name] = Number(value.value)
    }
  }
  return constants
}

test('the compiled code has the layout of a flow that TypeScript has, word by word and bit by bit', () => {
  const memory = SharedMemory.create()
  if (memory === null) throw new Error('no shared memory on this machine')
  const constants = constantsOf(link<object>(compile(CODE), memory))
  expect(Object.keys(constants).length).toBeGreaterThan(30)
  expect(constants).toEqual(EXPECTED)
})
