import { expect, test } from 'vitest'
import { Conversation } from '../support/flow-conversation.ts'
import { flowsOf, icmpView, udpView } from '../support/flow-packets.ts'

const question = () => udpView({ src: '10.0.0.1:5000', dst: '10.0.0.2:53', length: 30, at: 1 })

test('an ICMP error is tied to the flow it quotes, and is a flow itself', () => {
  const error = icmpView({
    src: '10.0.0.254',
    dst: '10.0.0.1',
    type: 3,
    code: 4,
    mtu: 1400,
    length: 36,
    at: 1.5,
    record: 2,
    quote: { src: '10.0.0.1:5000', dst: '10.0.0.2:53', protocol: 17 },
  })
  const [flow, own] = flowsOf([question(), error])
  expect(flow?.icmpErrors).toEqual([
    {
      type: 3,
      code: 4,
      family: 4,
      from: '10.0.0.254',
      to: '10.0.0.1',
      quotesForward: true,
      mtu: 1400,
      timeSec: 1,
      timeNsec: 500_000_000,
      record: 2,
    },
  ])
  expect(flow?.forward.packets).toBe(1)
  expect(own).toMatchObject({ protocol: 1, source: { ip: '10.0.0.254' }, icmpErrors: [] })
})

test('an error that quotes an answer belongs to the reverse direction', () => {
  const talk = new Conversation().handshake()
  const error = icmpView({
    src: '10.0.0.9',
    dst: '10.0.0.2',
    type: 11,
    at: 100.1,
    quote: { src: '10.0.0.2:80', dst: '10.0.0.1:40000' },
  })
  expect(flowsOf([...talk.packets, error])[0]?.icmpErrors[0]).toMatchObject({ quotesForward: false, type: 11 })
})

test('an error that quotes an echo is tied to its exchange', () => {
  const echo = icmpView({ src: '10.0.0.1', dst: '10.0.0.2', type: 8, id: 77, length: 56 })
  const error = icmpView({
    src: '10.0.0.9',
    dst: '10.0.0.1',
    type: 3,
    code: 1,
    quote: { src: '10.0.0.1:77', dst: '10.0.0.2', protocol: 1 },
  })
  expect(flowsOf([echo, error])[0]?.icmpErrors).toHaveLength(1)
})

test('an error that quotes a flow of IPv6 is tied to it', () => {
  const udp = udpView({ src: '[fd00::1]:5000', dst: '[fd00::2]:53', length: 10 })
  const error = icmpView({
    src: 'fd00::9',
    dst: 'fd00::1',
    type: 2,
    mtu: 1280,
    quote: { src: '[fd00::1]:5000', dst: '[fd00::2]:53', protocol: 17 },
  })
  expect(flowsOf([udp, error])[0]?.icmpErrors[0]).toMatchObject({ family: 6, from: 'fd00::9', mtu: 1280 })
})

test('an error that quotes nothing known, or comes when the flow has ended, is tied to nothing', () => {
  const quote = { src: '10.0.0.1:5000', dst: '10.0.0.2:53', protocol: 17 }
  const stranger = icmpView({
    src: '10.0.0.9',
    dst: '10.0.0.1',
    type: 3,
    quote: { ...quote, src: '10.0.0.1:5001' },
    at: 2,
  })
  const late = icmpView({ src: '10.0.0.9', dst: '10.0.0.1', type: 3, quote, at: 100 })
  expect(flowsOf([question(), stranger, late])[0]?.icmpErrors).toEqual([])
})

test('a copy of an error is not a second one, and eight are kept', () => {
  const error = (number: number, ifindex: number) =>
    icmpView({
      src: '10.0.0.9',
      dst: '10.0.0.1',
      type: 3,
      code: 1,
      length: 28 + number,
      at: 1.1 + number / 1000,
      ifindex,
      quote: { src: '10.0.0.1:5000', dst: '10.0.0.2:53', protocol: 17 },
    })
  expect(flowsOf([question(), error(1, 0), error(1, 4)])[0]?.icmpErrors).toHaveLength(1)
  const many = Array.from({ length: 20 }, (_, i) => error(i, 0))
  expect(flowsOf([question(), ...many])[0]?.icmpErrors).toHaveLength(8)
})
