import { expect, test } from 'vitest'
import { IpProtocol } from '../../src/core/protocol.ts'
import { ServerPortTable } from '../../src/flow/server-ports.ts'
import { flowOf, tcpView, udpView } from '../support/flow-packets.ts'

test('a service listens on the ports of its own protocol', () => {
  const ports = new ServerPortTable({ tcp: [9999], udp: [7777] })
  expect([ports.has(IpProtocol.Tcp, 443), ports.has(IpProtocol.Tcp, 9999), ports.has(IpProtocol.Udp, 7777)]).toEqual([
    true,
    true,
    true,
  ])
  expect([ports.has(IpProtocol.Tcp, 7777), ports.has(IpProtocol.Udp, 9999), ports.has(IpProtocol.Udp, 80)]).toEqual([
    false,
    false,
    false,
  ])
})

test('other protocols and port 0 have no servers', () => {
  const ports = new ServerPortTable()
  expect([ports.has(IpProtocol.Sctp, 80), ports.has(IpProtocol.Icmp, 53), ports.has(IpProtocol.Tcp, 0)]).toEqual([
    false,
    false,
    false,
  ])
})

test('a conversation without a beginning has the server for its destination', () => {
  const reply = tcpView({ src: '10.0.0.2:443', dst: '10.0.0.1:40000', length: 9 })
  expect(flowOf([reply])).toMatchObject({ source: { ip: '10.0.0.1' }, originKnown: false, history: '^d' })
  const answer = udpView({ src: '10.0.0.2:53', dst: '10.0.0.1:40000', length: 9 })
  expect(flowOf([answer]).source.ip).toBe('10.0.0.1')
})

test('a service port of the cluster counts as well as a well-known one', () => {
  const reply = () => tcpView({ src: '10.0.0.2:31999', dst: '10.0.0.1:31000', length: 9 })
  expect(flowOf([reply()]).source.ip).toBe('10.0.0.2')
  const serverPorts = new ServerPortTable({ tcp: [31_999] })
  expect(flowOf([reply()], { serverPorts }).source.ip).toBe('10.0.0.1')
})
