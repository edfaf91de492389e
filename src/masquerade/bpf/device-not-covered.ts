import { isLocalDevice } from '../device-pattern.ts'
import { coveredDevices } from '../node-devices.ts'
import { describeDevice } from '../out-device.ts'
import { type MasqueradeRule, no, preserve, yes } from '../rule.ts'

/** The program runs on selected devices only; by any other a packet leaves as it is, and no iptables rule steps in. */
export const deviceNotCovered: MasqueradeRule = {
  id: 'device-not-covered',
  source: 'cilium/cilium@v1.17.6 pkg/datapath/loader attachNetworkDevices()',
  decide(facts) {
    const covered = coveredDevices(facts.settings, facts.node)
    const source = facts.settings.devices.source
    const { name, candidates } = facts.device
    const where = describeDevice(facts.device)
    if (name !== null && isLocalDevice(name)) return no(`${name} delivers inside the node`)
    if (name !== null) {
      if (covered.covers(name)) return no(`leaves by ${where}: covered (${covered.basis})`, { source })
      return yes(preserve(facts), `leaves by ${where}, where the program does not run (${covered.basis})`, { source })
    }
    const known = covered.patterns.length === 0 || candidates.length > 0
    const uncovered = candidates.filter((candidate) => !covered.covers(candidate))
    if (candidates.length > 0 && uncovered.length === candidates.length) {
      return yes(preserve(facts), `leaves by ${where}, none of them covered (${covered.basis})`, { source })
    }
    if (known && uncovered.length === 0) return no(`leaves by ${where}: covered (${covered.basis})`, { source })
    const other = uncovered.length > 0 ? uncovered.join(' or ') : `a device other than ${covered.patterns.join(', ')}`
    return no(`leaves by ${where}: taken as covered (${covered.basis})`, {
      source,
      assumptions: ['output device not known (ip route): taken as one that masquerades'],
      otherwise: [{ outcome: preserve(facts), rule: 'device-not-covered', when: `the packet leaves by ${other}` }],
    })
  },
}
