import { expect, test } from 'vitest'
import { IdleFlows } from '../../src/flow/eviction.ts'
import { LAST_TIME } from '../../src/flow/flow-record.ts'
import { FlowStore } from '../../src/flow/flow-store.ts'
import fc from '../support/property.ts'

test('IdleFlows.take() gives the flow heard of least lately, whatever happened since it last looked', () => {
  const step = fc.record({ take: fc.boolean(), touch: fc.nat(), time: fc.integer({ min: 0, max: 1000 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const store = new FlowStore()
      const idle = new IdleFlows()
      const last = new Map<number, number>()
      let now = 0
      const hear = (flow: number) => {
        store.seek(flow)
        store.setDouble(store.base + LAST_TIME, now)
        last.set(flow, now)
      }
      for (let i = 0; i < 40; i++) hear(store.allocate())
      for (const { take, touch, time } of steps) {
        now += time
        const flows = [...last.keys()]
        hear(flows[touch % flows.length] as number)
        if (!take) continue
        const flow = idle.take(store)
        expect(last.get(flow)).toBe(Math.min(...last.values()))
        store.release(flow)
        last.delete(flow)
        hear(store.allocate())
      }
    }),
    { numRuns: 100 },
  )
})
