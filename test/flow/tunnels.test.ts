import { expect, test } from 'vitest'
import { Conversation } from '../support/flow-conversation.ts'
import { flowOf, flowsOf, tcpView } from '../support/flow-packets.ts'

const outer = ['172.18.0.2', '172.18.0.3'] as const

test('an inner flow is keyed alone and keeps the outer pair of its first packet', () => {
  const talk = new Conversation()
    .syn({ outer, vni: 4711 })
    .synAck({ outer: ['172.18.0.3', '172.18.0.2'], vni: 9 })
    .ack('client', { outer, vni: 4711 })
  const flow = flowOf(talk.packets)
  expect(flow.tunnel).toEqual({ kind: 'vxlan', vni: 4711, outerSource: '172.18.0.2', outerDestination: '172.18.0.3' })
  expect(flow).toMatchObject({ forward: { packets: 2, duplicates: 0 }, reverse: { packets: 1 } })
})

test('a tunnel without an identifier has none, and outer addresses may be IPv6', () => {
  const view = tcpView({ src: '10.0.0.1:1', dst: '10.0.0.2:2', flags: 'S', outer: ['fd00::1', 'fd00::2'] })
  expect(flowOf([view]).tunnel).toMatchObject({ vni: null, outerSource: 'fd00::1', outerDestination: 'fd00::2' })
})

test('flows outside tunnels have none, also with the words of one that had', () => {
  const tunnelled = tcpView({ src: '10.0.0.1:1', dst: '10.0.0.2:2', flags: 'S', outer })
  const plain = tcpView({ src: '10.0.0.1:3', dst: '10.0.0.2:2', flags: 'S' })
  expect(flowsOf([tunnelled, plain], { maxFlows: 1 }).map(({ tunnel }) => tunnel?.kind ?? null)).toEqual([
    'vxlan',
    null,
  ])
})
