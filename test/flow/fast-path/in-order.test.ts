import { expect, test } from 'vitest'
import { FastPath } from '../../../src/flow/fast-path/fast-path.ts'
import type { Flow } from '../../../src/flow/flow.ts'
import { FlowTable } from '../../../src/flow/flow-table.ts'
import type { PacketView } from '../../../src/packet/packet-view.ts'
import { Conversation, type Speaker } from '../../support/flow-conversation.ts'
import fc from '../../support/property.ts'

function run(packets: readonly PacketView[], fastPath?: FastPath): Flow[] {
  const flows: Flow[] = []
  const table = new FlowTable({ capture: 0, timeKind: 'absolute', fastPath, onFlow: (flow) => flows.push(flow) })
  for (const packet of packets) table.add(packet)
  table.end()
  return flows
}

const speaker = fc.constantFrom<Speaker>('client', 'server')
const step = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant('data' as const), speaker, fc.integer({ min: 1, max: 1460 })) },
  { weight: 8, arbitrary: fc.tuple(fc.constant('ack' as const), speaker, fc.constant(0)) },
  fc.tuple(fc.constant('lose' as const), speaker, fc.integer({ min: 1, max: 1460 })),
  fc.tuple(fc.constant('again' as const), speaker, fc.constant(0)),
  fc.tuple(fc.constant('wait' as const), speaker, fc.constantFrom(0.01, 40, 350, 9000)),
  fc.tuple(fc.constant('ttl' as const), speaker, fc.integer({ min: 1, max: 255 })),
  fc.tuple(fc.constant('window' as const), speaker, fc.constant(0)),
  fc.tuple(fc.constant('elsewhere' as const), speaker, fc.constant(0)),
  fc.tuple(fc.constant('fin' as const), speaker, fc.constant(0)),
)

test('applyInOrder() does exactly what the long way does', () => {
  const fastPath = FastPath.create()
  if (fastPath === undefined) throw new Error('no WebAssembly')
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 10, maxLength: 80 }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      (steps, isn) => {
        const talk = new Conversation({
          clientIsn: isn,
          serverIsn: 2 ** 32 - 300,
          common: { tsVal: 7, ttl: 64 },
        }).handshake()
        for (let i = 0; i < 5; i++) talk.data('client', 10).data('server', 20)
        for (const [act, who, n] of steps) {
          if (act === 'data' || act === 'lose') talk[act](who, n)
          else if (act === 'ack' || act === 'fin') talk[act](who)
          else if (act === 'ttl') talk.ack(who, { ttl: n })
          else if (act === 'window') talk.ack(who, { window: 0 })
          else if (act === 'elsewhere') talk.data(who, 5, { ifindex: 3 })
          else if (act === 'wait') talk.wait(n)
          else talk.again()
        }
        expect(run(talk.packets, fastPath)).toEqual(run(talk.packets))
      },
    ),
    { numRuns: 300 },
  )
})
