import type { NodeDevice } from '../../cluster/snapshot.ts'
import { cidrContains, makeCidr } from '../../core/cidr.ts'
import type { IpText } from '../../core/ip.ts'
import type { PacketFacts } from '../facts.ts'
import { anyListedAddress, type ChosenAddress, chosen } from '../node-address.ts'
import { knownDevices, nativeDevices, usableAddresses } from '../node-devices.ts'

/**
 * The address that the iptables target MASQUERADE takes: of the output device, the first primary one whose subnet holds
 * the next hop, else the first primary one.
 *
 * @see Linux net/ipv4/devinet.c inet_select_addr()
 */
export function kernelMasqueradeAddress(facts: PacketFacts): ChosenAddress {
  const node = facts.node
  const devices = node === null ? null : knownDevices(node)
  if (node === null || devices === null) return anyListedAddress(node, facts.family)
  const device = facts.device.name === null ? undefined : devices.get(facts.device.name)
  if (device !== undefined) return onDevice(device, facts) ?? anyListedAddress(node, facts.family)
  if (facts.device.name !== null) return anyListedAddress(node, facts.family)
  const choices = nativeDevices(node, facts.family).flatMap((native) => onDevice(native, facts) ?? [])
  const addresses = [...new Set(choices.flatMap((choice) => choice.addresses))]
  if (addresses.length === 0) return anyListedAddress(node, facts.family)
  return {
    address: addresses.length === 1 ? (addresses[0] ?? null) : null,
    addresses,
    basis: `address of the device it leaves by on ${node.name}`,
    assumptions: addresses.length === 1 ? [] : ['output device not known: an address of each device is accepted'],
    otherwise: [],
  }
}

function onDevice(device: NodeDevice, facts: PacketFacts): ChosenAddress | undefined {
  const primary = usableAddresses(device, facts.family).filter((address) => !address.secondary)
  const first = primary[0]
  if (first === undefined) return undefined
  const basis = `address of ${device.name} on ${facts.node?.name}`
  const hop = facts.device.nextHop ?? facts.query.destination
  const onLink = primary.find(
    (address) => address.prefix > 0 && cidrContains(makeCidr(address.ip, address.prefix), hop),
  )
  if (primary.length === 1 || onLink !== undefined) return chosen((onLink ?? first).ip, basis)
  const others = primary.map((address): IpText => address.ip)
  return chosen(first.ip, `${basis}, first of ${others.length}`, {
    addresses: others,
    assumptions: [`next hop not known (ip route): any address of ${device.name} is accepted`],
  })
}
